package scaling_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

func TestDecideBudget(t *testing.T) { check(t, budgetCases()) }

// budgetCases are streams that were resharded often.
func budgetCases() []decideCase {
	up, down := asked(scaling.Up, 4, 0.9), asked(scaling.Down, 4, 0.1)
	after := func(in input, h scaling.Operations) input {
		in.h = h
		return in
	}
	doubled := []scaling.ReasonCode{scaling.UtilizationMeasured, scaling.Doubled}
	halved := []scaling.ReasonCode{scaling.UtilizationMeasured, scaling.Halved}
	leaves := func(hours int) time.Time { // when an operation some hours before noon leaves the window
		return noon().Add(-time.Duration(hours)*time.Hour + 24*time.Hour + time.Minute)
	}
	return []decideCase{
		{name: "a ninth use leaves one for a scale-up", in: after(up, hoursAgo(1, 9)), target: 8, codes: doubled},
		{
			name: "ten are used up", in: after(up, hoursAgo(1, 10)), target: 4,
			codes: append(doubled[:2:2], scaling.HoldBudgetExhausted), retry: leaves(10),
		},
		{
			name: "ten are used up for a scale-down too, and the reserve must grow back first", in: after(down, hoursAgo(1, 10)), target: 4,
			codes: append(halved[:2:2], scaling.HoldBudgetExhausted), retry: leaves(7),
		},
		{name: "six leave one for a scale-down", in: after(down, hoursAgo(1, 6)), target: 2, codes: halved},
		{
			name: "seven leave the reserve alone", in: after(down, hoursAgo(1, 7)), target: 4,
			codes: append(halved[:2:2], scaling.HoldReserveKept), retry: leaves(7),
		},
		{
			name: "nine leave one of the reserve", in: after(down, hoursAgo(1, 9)), target: 4,
			codes: append(halved[:2:2], scaling.HoldReserveKept), retry: leaves(7),
		},
		{
			name: "a raised limit", in: after(up, hoursAgo(1, 12)).with(func(in *input) { in.s.OperationLimit = 20 }),
			target: 8, codes: doubled,
		},
		{
			name:   "outside calls count as ours do",
			in:     after(up, append(hoursAgo(1, 9), scaling.Operation{At: noon().Add(-20 * time.Hour), Actor: "arn:aws:iam::123456789012:user/ops"})),
			target: 4, codes: append(doubled[:2:2], scaling.HoldBudgetExhausted), retry: leaves(20),
		},
		{
			name: "bounds do not go over the budget", in: after(asked(scaling.Hold, 4, 0.5), hoursAgo(1, 10)).with(func(in *input) { in.s.MinShards = 8 }),
			target: 4, codes: []scaling.ReasonCode{scaling.BelowMinShards, scaling.HoldBudgetExhausted}, retry: leaves(10),
		},
		{
			name: "an operation from a clock ahead of ours is waited for", in: after(up, operations(-30*time.Second)),
			target: 4, codes: append(doubled[:2:2], scaling.HoldCooldown), retry: noon().Add(30 * time.Second),
		},
	}
}

// The window is stepped through around its edge: the tenth operation keeps an eleventh away for
// 24 hours, the exact edge included, and for the margin after it.
func TestDecideAtTheEdgeOfTheWindow(t *testing.T) {
	const margin = time.Minute
	for _, step := range []struct {
		after   time.Duration // since the oldest of ten operations
		allowed bool
	}{
		{0, false},
		{23 * time.Hour, false},
		{24*time.Hour - time.Nanosecond, false},
		{24 * time.Hour, false},
		{24*time.Hour + time.Nanosecond, false},
		{24*time.Hour + margin - time.Nanosecond, false},
		{24*time.Hour + margin, true},
		{25 * time.Hour, true},
		{1000 * time.Hour, true},
	} {
		in := asked(scaling.Up, 4, 0.9)
		in.h = operations(make([]time.Duration, 10)...) // ten at one instant
		in.now = noon().Add(step.after)
		in.o.Traffic = shifted(in.o.Traffic, step.after)
		d := in.decide()
		if allowed := d.Direction == scaling.Up; allowed != step.allowed {
			t.Errorf("%v after the operations: scale-up %v, want %v (%v)", step.after, allowed, step.allowed, d.Reasons)
		}
		if free := noon().Add(24*time.Hour + margin); !step.allowed && !d.RetryAt.Equal(free) {
			t.Errorf("%v after the operations: retry at %v, want %v", step.after, d.RetryAt, free)
		}
	}
}

// shifted is the same traffic some time later.
func shifted(t scaling.Traffic, by time.Duration) scaling.Traffic {
	samples := make([]scaling.Sample, len(t.Samples))
	for i, s := range t.Samples {
		s.At = s.At.Add(by)
		samples[i] = s
	}
	t.From, t.To, t.Samples = t.From.Add(by), t.To.Add(by), samples
	return t
}

// Each direction waits for its own cooldown since the last operation, whichever way that went
// and whoever made it.
func TestDecideCooldown(t *testing.T) {
	for _, step := range []struct {
		since    time.Duration
		up, down bool // allowed
	}{
		{-time.Minute, false, false}, // the other clock is ahead
		{0, false, false},
		{2*time.Minute - time.Nanosecond, false, false},
		{2 * time.Minute, true, false},
		{10*time.Minute - time.Nanosecond, true, false},
		{10 * time.Minute, true, true},
		{12 * time.Hour, true, true},
	} {
		for _, dir := range []scaling.Direction{scaling.Up, scaling.Down} {
			in, cooldown, want := asked(scaling.Up, 4, 0.9), 2*time.Minute, step.up
			if dir == scaling.Down {
				in, cooldown, want = asked(scaling.Down, 4, 0.1), 10*time.Minute, step.down
			}
			in.s.ScaleUpCooldown, in.s.ScaleDownCooldown = 2*time.Minute, 10*time.Minute
			in.h = operations(step.since)
			d := in.decide()
			if got := d.Direction == dir; got != want {
				t.Errorf("%v after an operation: scale %v is %v, want %v (%v)", step.since, dir, got, want, d.Reasons)
			}
			if until := noon().Add(-step.since + cooldown); !want && (d.Reasons.Last() != scaling.HoldCooldown || !d.RetryAt.Equal(until)) {
				t.Errorf("%v after an operation: hold for %v until %v, want %v until %v", step.since, d.Reasons.Last(), d.RetryAt, scaling.HoldCooldown, until)
			}
		}
	}
}

// Without a cooldown only the budget spaces operations.
func TestDecideWithoutCooldown(t *testing.T) {
	in := asked(scaling.Up, 4, 0.9)
	in.h = operations(0)
	if d := in.decide(); d.Direction != scaling.Up {
		t.Errorf("a default scale-up waits: %v", d.Reasons)
	}
}

// A budget without any slot for a direction has no time at which it is free.
func TestDecideBudgetThatIsNeverFree(t *testing.T) {
	in := asked(scaling.Down, 4, 0.1)
	in.s.OperationLimit, in.s.ScaleUpReserve = 2, 2 // Validate refuses this
	if d := in.decide(); d.Direction != scaling.Hold || !d.RetryAt.IsZero() {
		t.Errorf("got %v, retry at %v; want a hold for good", d.Direction, d.RetryAt)
	}
}
