package scaling_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// decideCase is one input and the decision it must get.
type decideCase struct {
	name   string
	in     input
	target int                  // equal to the open shards for a hold
	codes  []scaling.ReasonCode // the whole trail
	retry  time.Time            // of a hold
}

func check(t *testing.T, cases []decideCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := c.in.decide()
			open := c.in.o.Stream.OpenShards
			want := scaling.Hold
			if c.target > open {
				want = scaling.Up
			} else if c.target < open {
				want = scaling.Down
			}
			if d.Direction != want || d.From != open || d.Target != c.target {
				t.Errorf("got %v from %d to %d, want %v from %d to %d; reasons: %v", d.Direction, d.From, d.Target, want, open, c.target, d.Reasons)
			}
			equal(t, "reason codes", codes(d.Reasons), c.codes)
			if !d.RetryAt.Equal(c.retry) {
				t.Errorf("retry at %v, want %v", d.RetryAt, c.retry)
			}
			if !d.At.Equal(c.in.now) {
				t.Errorf("decided at %v, want %v", d.At, c.in.now)
			}
		})
	}
}

func TestDecideSizes(t *testing.T)         { check(t, sizeCases()) }
func TestDecideAccountQuota(t *testing.T)  { check(t, quotaCases()) }
func TestDecideNotScalable(t *testing.T)   { check(t, notScalableCases()) }
func TestDecideOutsideBounds(t *testing.T) { check(t, boundsCases()) }

// sizeCases are what double-halve asks for, inside the stream's own bounds.
func sizeCases() []decideCase {
	up := func(open int) input { return asked(scaling.Up, open, 0.9) }
	down := func(open int) input { return asked(scaling.Down, open, 0.1) }
	bounds := func(in input, least, most int) input {
		in.s.MinShards, in.s.MaxShards = least, most
		return in
	}
	doubled := []scaling.ReasonCode{scaling.UtilizationMeasured, scaling.Doubled}
	halved := []scaling.ReasonCode{scaling.UtilizationMeasured, scaling.Halved}
	return []decideCase{
		{name: "1 doubles to 2", in: up(1), target: 2, codes: doubled},
		{name: "3 doubles to 6", in: up(3), target: 6, codes: doubled},
		{name: "4 doubles to 8", in: up(4), target: 8, codes: doubled},
		{name: "5000 doubles to the service's most", in: up(5000), target: 10_000, codes: doubled},
		{name: "2 halves to 1", in: down(2), target: 1, codes: halved},
		{name: "3 halves upward to 2", in: down(3), target: 2, codes: halved},
		{name: "4 halves to 2", in: down(4), target: 2, codes: halved},
		{name: "5 halves upward to 3", in: down(5), target: 3, codes: halved},
		{name: "9999 halves upward to 5000", in: down(9999), target: 5000, codes: halved},
		{
			name: "the maximum cuts a doubling short", in: bounds(up(4), 1, 7), target: 7,
			codes: append(doubled[:2:2], scaling.CappedAtMaxShards),
		},
		{
			name: "the service's most cuts a doubling short", in: up(9000), target: 10_000,
			codes: append(doubled[:2:2], scaling.CappedAtMaxShards),
		},
		{
			name: "at the maximum", in: bounds(up(8), 1, 8), target: 8,
			codes: append(doubled[:2:2], scaling.CappedAtMaxShards, scaling.HoldAtMaxShards),
		},
		{
			name: "at the service's most", in: up(scaling.MaxStreamShards), target: scaling.MaxStreamShards,
			codes: []scaling.ReasonCode{scaling.UtilizationMeasured, scaling.HoldAtMaxShards},
		},
		{
			name: "the minimum cuts a halving short", in: bounds(down(8), 6, 100), target: 6,
			codes: append(halved[:2:2], scaling.CappedAtMinShards),
		},
		{
			name: "at the minimum", in: bounds(down(8), 8, 100), target: 8,
			codes: append(halved[:2:2], scaling.CappedAtMinShards, scaling.HoldAtMinShards),
		},
		{
			name: "one shard cannot halve", in: down(1), target: 1,
			codes: []scaling.ReasonCode{scaling.UtilizationMeasured, scaling.HoldAtMinShards},
		},
		{
			name: "nobody asks", in: asked(scaling.Hold, 4, 0.9), target: 4,
			codes: []scaling.ReasonCode{scaling.HoldNoAlarm},
		},
	}
}

// boundsCases are streams that somebody else, or a new setting, put outside their bounds.
func boundsCases() []decideCase {
	var cases []decideCase
	for _, alarm := range []scaling.Direction{scaling.Hold, scaling.Up, scaling.Down} {
		bounds := func(open, least, most int) input {
			return asked(alarm, open, 0.5).with(func(in *input) { in.s.MinShards, in.s.MaxShards = least, most })
		}
		name := func(what string) string { return what + ", alarm " + alarm.String() }
		cases = append(cases,
			decideCase{
				name: name("below the minimum, within reach"), in: bounds(5, 8, 100), target: 8,
				codes: []scaling.ReasonCode{scaling.BelowMinShards},
			},
			decideCase{
				name: name("below the minimum, out of reach"), in: bounds(3, 8, 100), target: 6,
				codes: []scaling.ReasonCode{scaling.BelowMinShards, scaling.CappedAtDouble},
			},
			decideCase{
				name: name("above the maximum, within reach"), in: bounds(9, 1, 7), target: 7,
				codes: []scaling.ReasonCode{scaling.AboveMaxShards},
			},
			decideCase{
				name: name("above the maximum, out of reach"), in: bounds(9, 1, 2), target: 5,
				codes: []scaling.ReasonCode{scaling.AboveMaxShards, scaling.CappedAtHalf},
			},
			decideCase{
				name: name("below the minimum, one shard out of reach"), in: bounds(3, 7, 100), target: 6,
				codes: []scaling.ReasonCode{scaling.BelowMinShards, scaling.CappedAtDouble},
			},
			decideCase{
				name: name("above the maximum, one shard out of reach"), in: bounds(9, 1, 4), target: 5,
				codes: []scaling.ReasonCode{scaling.AboveMaxShards, scaling.CappedAtHalf},
			},
			// "Scale a stream with more than 10000 shards down unless the result is less than
			// 10000 shards": API reference of UpdateShardCount.
			decideCase{
				name: name("above the service's most"), in: bounds(15_000, 1, 10_000), target: 9_999,
				codes: []scaling.ReasonCode{scaling.AboveMaxShards, scaling.CappedAtMaxShards},
			},
			decideCase{
				name: name("so far above that half is still too many"), in: bounds(30_000, 1, 10_000), target: 15_000,
				codes: []scaling.ReasonCode{scaling.AboveMaxShards, scaling.CappedAtMaxShards, scaling.CappedAtHalf},
			},
		)
	}
	return cases
}

// readAgo makes the account's figures so old.
func readAgo(age time.Duration) func(*input) {
	return func(in *input) { in.o.Account.At = noon().Add(-age) }
}

// quotaCases are streams in accounts with little room.
func quotaCases() []decideCase {
	account := func(limit, used int) input {
		return asked(scaling.Up, 4, 0.9).with(func(in *input) {
			in.o.Account = scaling.Account{ShardLimit: limit, OpenShards: used, At: noon()}
		})
	}
	doubled := []scaling.ReasonCode{scaling.UtilizationMeasured, scaling.Doubled}
	return []decideCase{
		{name: "room enough", in: account(100, 96), target: 8, codes: doubled},
		{name: "room for a part", in: account(100, 97), target: 7, codes: append(doubled[:2:2], scaling.CappedAtQuota)},
		{
			name: "no room", in: account(100, 100), target: 4,
			codes: append(doubled[:2:2], scaling.CappedAtQuota, scaling.HoldShardQuota), retry: noon().Add(15 * time.Minute),
		},
		{
			name: "above the quota already", in: account(100, 120), target: 4,
			codes: append(doubled[:2:2], scaling.CappedAtQuota, scaling.HoldShardQuota), retry: noon().Add(15 * time.Minute),
		},
		{
			name: "room that the stream has taken since it was read",
			in: account(100, 97).with(func(in *input) {
				in.h = scaling.Operations{{At: noon().Add(-time.Hour), From: 2, To: 4, Direction: scaling.Up}}
				in.o.Account.At = noon().Add(-61 * time.Minute)
			}), target: 4, codes: append(doubled[:2:2], scaling.CappedAtQuota, scaling.HoldAccountStale), retry: noon().Add(15 * time.Minute),
		},
		{
			name: "all the room, which the stream has taken since it was read",
			in: account(100, 98).with(func(in *input) {
				in.h = scaling.Operations{{At: noon().Add(-10 * time.Minute), From: 2, To: 4, Direction: scaling.Up}}
				in.o.Account.At = noon().Add(-11 * time.Minute)
			}), target: 4, codes: append(doubled[:2:2], scaling.CappedAtQuota, scaling.HoldShardQuota), retry: noon().Add(15 * time.Minute),
		},
		{name: "old figures with room enough", in: account(100, 96).with(readAgo(time.Hour)), target: 8, codes: doubled},
		{name: "figures that are almost old", in: account(100, 97).with(readAgo(15 * time.Minute)), target: 7, codes: append(doubled[:2:2], scaling.CappedAtQuota)},
		{
			name: "old figures with room for a part", in: account(100, 97).with(readAgo(15*time.Minute + time.Second)), target: 4,
			codes: append(doubled[:2:2], scaling.CappedAtQuota, scaling.HoldAccountStale), retry: noon().Add(15 * time.Minute),
		},
		{
			name: "old figures, with the concurrency read just now",
			in:   account(100, 97).with(func(in *input) { in.o.Account.ShardsAt = noon().Add(-time.Hour) }), target: 4,
			codes: append(doubled[:2:2], scaling.CappedAtQuota, scaling.HoldAccountStale), retry: noon().Add(15 * time.Minute),
		},
		{name: "quota unknown", in: account(0, 500), target: 8, codes: doubled},
		{
			name: "shrinking needs no room",
			in: asked(scaling.Down, 4, 0.1).with(func(in *input) {
				in.o.Account = scaling.Account{ShardLimit: 100, OpenShards: 100}
			}),
			target: 2, codes: []scaling.ReasonCode{scaling.UtilizationMeasured, scaling.Halved},
		},
	}
}

// notScalableCases are streams that nothing is done with, however loud the alarm.
func notScalableCases() []decideCase {
	stream := func(change func(*scaling.Summary)) input {
		return asked(scaling.Up, 4, 0.9).with(func(in *input) { change(&in.o.Stream) })
	}
	status := func(status scaling.StreamStatus) input {
		return stream(func(s *scaling.Summary) { s.Status = status })
	}
	hold := func(code scaling.ReasonCode) []scaling.ReasonCode { return []scaling.ReasonCode{code} }
	soon := noon().Add(time.Minute)
	return []decideCase{
		{
			name: "disabled", in: asked(scaling.Up, 4, 0.9).with(func(in *input) { in.s.Mode = scaling.ModeDisabled }),
			target: 4, codes: hold(scaling.HoldDisabled),
		},
		{name: "on-demand", in: stream(func(s *scaling.Summary) { s.Mode = scaling.ModeOnDemand }), target: 4, codes: hold(scaling.HoldOnDemand), retry: soon},
		{name: "updating", in: status(scaling.StatusUpdating), target: 4, codes: hold(scaling.HoldStreamBusy), retry: soon},
		{name: "creating", in: status(scaling.StatusCreating), target: 4, codes: hold(scaling.HoldStreamBusy), retry: soon},
		{name: "deleting", in: status(scaling.StatusDeleting), target: 4, codes: hold(scaling.HoldStreamBusy), retry: soon},
		{name: "a status of tomorrow", in: status("RESTING"), target: 4, codes: hold(scaling.HoldStreamBusy), retry: soon},
		{name: "no open shards", in: stream(func(s *scaling.Summary) { s.OpenShards = 0 }), target: 0, codes: hold(scaling.HoldNoOpenShards), retry: soon},
		{name: "a negative count", in: stream(func(s *scaling.Summary) { s.OpenShards = -3 }), target: -3, codes: hold(scaling.HoldNoOpenShards), retry: soon},
	}
}

// A dry run says what would have been done, and looks again in an hour.
func TestDryRun(t *testing.T) {
	d := scaling.Decision{
		At: noon(), Direction: scaling.Up, From: 4, Target: 8, Utilization: 0.9, Limit: scaling.LimitBytes,
		Reasons: scaling.Trail{{Code: scaling.Doubled}},
	}
	d.Reasons = append(make(scaling.Trail, 0, 8), d.Reasons...)
	before := cmp.Diff(d, scaling.Decision{})
	dry := d.DryRun()
	again := d.DryRun()
	equal(t, "the decision afterwards", cmp.Diff(d, scaling.Decision{}), before)
	equal(t, "twice", again, dry)
	want := d
	want.Direction, want.Target, want.RetryAt = scaling.Hold, 4, noon().Add(time.Hour)
	want.Reasons = scaling.Trail{{Code: scaling.Doubled}, {Code: scaling.HoldDryRun, Detail: "would scale from 4 to 8"}}
	equal(t, "dry run", dry, want)
}
