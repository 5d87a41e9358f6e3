package ledger_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// seen is what the service says of the stream of enrolled.
func seen(open int) scaling.Summary {
	return scaling.Summary{
		Name: "orders", ARN: "arn:aws:kinesis:eu-west-1:123456789012:stream/orders", CreatedAt: noon().AddDate(0, -1, 0),
		Status: scaling.StatusActive, Mode: scaling.ModeProvisioned, OpenShards: open,
	}
}

// inFlight is a stream with an operation from 4 to 8 that came this far, claimed at noon.
func inFlight(t tester, outcome ledger.Outcome) ledger.Item {
	t.Helper()
	s := enrolled(4)
	s.Operations = operations(time.Hour)
	claimed, _ := granted(t, s)
	if outcome == ledger.OutcomeAccepted {
		claimed, _ = claimed.Accepted(noon().Add(time.Second))
	}
	if outcome == ledger.OutcomeUnknown {
		claimed, _ = claimed.OutcomeIsUnknown(noon().Add(time.Second), "timeout")
	}
	return claimed
}

func TestSettle(t *testing.T) {
	const intended, accepted, unknown = ledger.OutcomeIntended, ledger.OutcomeAccepted, ledger.OutcomeUnknown
	busy := func(sum scaling.Summary) scaling.Summary {
		sum.Status = scaling.StatusUpdating
		return sum
	}
	remade := func(sum scaling.Summary) scaling.Summary {
		sum.CreatedAt = noon().Add(time.Minute)
		return sum
	}
	byHand := func(s *ledger.Item) {
		*s, _, _ = s.External(scaling.Operation{At: noon().Add(4 * time.Minute), From: 8, To: 4, Actor: "arn:ops"}, "event", "", noon().Add(5*time.Minute))
	}
	for _, c := range []struct {
		name    string
		came    ledger.Outcome
		before  func(*ledger.Item)
		sum     scaling.Summary
		after   time.Duration  // since the claim; the lease ends after 40 seconds
		outcome ledger.Outcome // empty: still in flight
		due     time.Duration  // when it is looked at again
		slots   int            // operations in the window afterwards; one more than ours is there
	}{
		{"claimed, and its owner may be about to act", intended, nil, seen(4), 39 * time.Second, "", 40 * time.Second, 2},
		{"claimed, and its owner acts", intended, nil, busy(seen(4)), 39 * time.Second, "", 40 * time.Second, 2},
		{"claimed, and its owner died", intended, nil, seen(4), 40 * time.Second, ledger.OutcomeNotApplied, 40 * time.Second, 1},
		{"claimed, acted upon, and its owner died", intended, nil, seen(8), 3 * time.Minute, ledger.OutcomeCompleted, 3 * time.Minute, 2},
		{"claimed, and only looked at long after", intended, nil, seen(4), 15 * time.Minute, ledger.OutcomeSuperseded, 15 * time.Minute, 2},
		{"claimed, and another size", intended, nil, seen(5), time.Minute, ledger.OutcomeSuperseded, time.Minute, 2},
		{"unknown, and perhaps on its way", unknown, nil, seen(4), 39 * time.Second, "", 40 * time.Second, 2},
		{"unknown, and updating", unknown, nil, busy(seen(4)), time.Minute, "", time.Minute + nextLook, 2},
		{"unknown, and done", unknown, nil, seen(8), time.Minute, ledger.OutcomeCompleted, time.Minute, 2},
		{"unknown, and nothing done", unknown, nil, seen(4), time.Minute, ledger.OutcomeNotApplied, time.Minute, 1},
		{"unknown, and resharded back", unknown, byHand, seen(4), 6 * time.Minute, ledger.OutcomeSuperseded, 6 * time.Minute, 3},
		{"unknown, and only looked at long after", unknown, nil, seen(4), 15 * time.Minute, ledger.OutcomeSuperseded, 15 * time.Minute, 2},
		{"accepted, and not to be seen yet", accepted, nil, seen(4), 2 * time.Second, "", 2*time.Second + nextLook, 2},
		{"accepted, and still not to be seen", accepted, nil, seen(4), 15*time.Minute - time.Second, "", 15*time.Minute - time.Second + nextLook, 2},
		{"accepted, and never seen", accepted, nil, seen(4), 15 * time.Minute, ledger.OutcomeSuperseded, 15 * time.Minute, 2},
		{"accepted, and updating for hours", accepted, nil, busy(seen(6)), 3 * time.Hour, "", 3*time.Hour + nextLook, 2},
		{"accepted, and done", accepted, nil, seen(8), 5 * time.Minute, ledger.OutcomeCompleted, 5 * time.Minute, 2},
		{"accepted, and another size", accepted, nil, seen(16), 5 * time.Minute, ledger.OutcomeSuperseded, 5 * time.Minute, 2},
		{"accepted, and the stream was made again", accepted, nil, remade(seen(8)), 5 * time.Minute, ledger.OutcomeStreamGone, 5 * time.Minute, 2},
		{"unknown, and the stream is being made again", unknown, nil, remade(busy(seen(0))), 5 * time.Minute, ledger.OutcomeStreamGone, 5 * time.Minute, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, now := inFlight(t, c.came), noon().Add(c.after)
			if c.before != nil {
				c.before(&s)
			}
			unchanged := untouched(t, s)
			settled, entries, done := s.Settle(c.sum, now)
			unchanged()
			if done != (c.outcome != "") || done != (settled.InFlight == nil) || len(entries) != map[bool]int{true: 1}[done] {
				t.Fatalf("done %v, in flight %v, entries %v; want %q", done, settled.InFlight, entries, c.outcome)
			}
			equal(t, "due", settled.DueAt, noon().Add(c.due))
			equal(t, "slots", settled.Operations.Used(now), c.slots)
			equal(t, "fence", settled.Fence, s.Fence)
			if !done {
				return
			}
			entry := entries[0]
			equal(t, "outcome", entry.Outcome, c.outcome)
			if entry.ID != "op-8" || !entry.At.Equal(noon()) || entry.From != 4 || entry.To != 8 {
				t.Errorf("the entry is not the one of the claim: %+v", entry)
			}
			if completed := c.outcome == ledger.OutcomeCompleted; completed != (entry.Duration == c.after) || completed != (entry.Duration != 0) {
				t.Errorf("%s after %v has duration %v", c.outcome, c.after, entry.Duration)
			}
			if settled.LeaseOwner != "" || !settled.LeaseUntil.IsZero() {
				t.Errorf("a lease is left: %s until %v", settled.LeaseOwner, settled.LeaseUntil)
			}
		})
	}
}

func TestSettleNothing(t *testing.T) {
	s := enrolled(4)
	settled, entries, done := s.Settle(seen(9), noon())
	if !done || entries != nil {
		t.Errorf("done %v, entries %v", done, entries)
	}
	equalStream(t, settled, s)
}

// Both alarms are armed again when an operation ends: what they ask for may be allowed now.
func TestSettleArmsAlarmsAgain(t *testing.T) {
	now := noon().Add(5 * time.Minute)
	settled, _, _ := inFlight(t, ledger.OutcomeAccepted).Settle(seen(8), now)
	equal(t, "up", settled.Up.RetryAt, now)
	equal(t, "down", settled.Down.RetryAt, now)
	equal(t, "open shards", settled.OpenShards, 8)
}

// A reshard by somebody else while ours was in flight is counted too, once ours is settled, and
// its alarms are then made for the size that is there.
func TestSettleLeavesForeignReshardsToBeNoticed(t *testing.T) {
	for _, c := range []struct {
		name string
		came ledger.Outcome
		open int // as seen at last
		from int // what the other one started from, as far as we know
	}{
		{"ours went through, somebody went on", ledger.OutcomeAccepted, 16, 8},
		{"ours went through, somebody went back", ledger.OutcomeAccepted, 4, 8},
		{"nobody knows about ours", ledger.OutcomeUnknown, 6, 4},
	} {
		now := noon().Add(20 * time.Minute)
		s, _, _ := inFlight(t, c.came).Settle(seen(c.open), now)
		s, entries := s.Noticed(seen(c.open), now)
		if len(entries) != 1 || entries[0].Kind != ledger.KindExternal || entries[0].From != c.from || entries[0].To != c.open {
			t.Errorf("%s: entries %+v", c.name, entries)
		}
		equal(t, c.name+": open shards", s.OpenShards, c.open)
		equal(t, c.name+": slots", s.Operations.Used(now), 3)
	}
}

func TestNoticed(t *testing.T) {
	now := noon().Add(time.Hour)
	for _, c := range []struct {
		name   string
		change func(*ledger.Item, *scaling.Summary)
		entry  bool // somebody else's reshard is in the history
		open   int  // open shards in the item afterwards
	}{
		{"nothing new", func(*ledger.Item, *scaling.Summary) {}, false, 4},
		{"more shards", func(_ *ledger.Item, sum *scaling.Summary) { sum.OpenShards = 6 }, true, 6},
		{"fewer shards", func(_ *ledger.Item, sum *scaling.Summary) { sum.OpenShards = 3 }, true, 3},
		{"the first look", func(s *ledger.Item, _ *scaling.Summary) { s.OpenShards = 0 }, false, 4},
		{"still updating", func(_ *ledger.Item, sum *scaling.Summary) {
			sum.OpenShards, sum.Status = 6, scaling.StatusUpdating
		}, false, 4},
		{"no shards reported", func(_ *ledger.Item, sum *scaling.Summary) { sum.OpenShards = 0 }, false, 4},
		{"the service sized an on-demand stream", func(_ *ledger.Item, sum *scaling.Summary) {
			sum.OpenShards, sum.Mode = 6, scaling.ModeOnDemand
		}, false, 6},
		{"ours is in flight", func(s *ledger.Item, sum *scaling.Summary) {
			sum.OpenShards, s.InFlight = 8, &ledger.Entry{To: 8}
		}, false, 4},
		{"the newest operation explains it", func(s *ledger.Item, sum *scaling.Summary) {
			sum.OpenShards, s.Operations = 8, scaling.Operations{{At: noon(), To: 8}}
		}, false, 8},
		{"an older one does not", func(s *ledger.Item, sum *scaling.Summary) {
			sum.OpenShards, s.Operations = 8, scaling.Operations{{At: noon(), To: 4}, {At: noon().Add(-1), To: 8}}
		}, true, 8},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, sum := enrolled(4), seen(4)
			c.change(&s, &sum)
			unchanged := untouched(t, s)
			noticed, entries := s.Noticed(sum, now)
			unchanged()
			equal(t, "open shards", noticed.OpenShards, c.open)
			equal(t, "slots taken", noticed.Operations.Used(now)-s.Operations.Used(now), map[bool]int{true: 1}[c.entry])
			if changed := noticed.OpenShards != s.OpenShards; changed != noticed.Up.RetryAt.Equal(now) || changed != noticed.Down.RetryAt.Equal(now) {
				t.Errorf("the alarms are to be armed again at %v and %v", noticed.Up.RetryAt, noticed.Down.RetryAt)
			}
			if !c.entry {
				equal(t, "entries", len(entries), 0)
				return
			}
			equal(t, "entries", entries, []ledger.Entry{{
				Stream: "orders", At: now, ID: entries[0].ID, Kind: ledger.KindExternal, Direction: entries[0].Direction,
				From: 4, To: c.open, Actor: "unknown: seen on the stream", Detail: "resharded by somebody else",
			}})
			if (entries[0].Direction == scaling.Up) != (c.open > 4) || noticed.DueAt.IsZero() {
				t.Errorf("direction %v, due at %v", entries[0].Direction, noticed.DueAt)
			}
		})
	}
}

// handmade is a reshard by a person at a time after noon.
func handmade(after time.Duration, to int) scaling.Operation {
	return scaling.Operation{At: noon().Add(after), Direction: scaling.Up, From: 4, To: to, Actor: "arn:aws:iam::123456789012:user/ops"}
}

func TestExternal(t *testing.T) {
	s := enrolled(4)
	s.Operations = operations(time.Hour)
	unchanged := untouched(t, s)
	op := handmade(-time.Minute, 8)
	op.Fence = 99 // nobody else's call has a fence of ours
	counted, entry, isNew := s.External(op, "event-1", "UpdateShardCount", noon())
	unchanged()
	op.Fence = 0
	if !isNew {
		t.Error("not new")
	}
	equal(t, "operations", counted.Operations, append(scaling.Operations{op}, s.Operations...))
	equal(t, "entry", entry, ledger.Entry{
		Stream: "orders", At: op.At, ID: "event-1", Kind: ledger.KindExternal, Direction: scaling.Up, From: 4, To: 8,
		Actor: op.Actor, Detail: "UpdateShardCount",
	})
	equal(t, "due", counted.DueAt, noon())
}

// The same call is reported by its event, by its event once more, and by the size that is seen.
// It takes one slot, whatever the order; other calls take theirs.
func TestExternalCountsEachCallOnce(t *testing.T) {
	type report struct {
		event *scaling.Operation
		seen  int
		at    time.Duration
	}
	event := func(op scaling.Operation, at time.Duration) report { return report{event: &op, at: at} }
	size := func(open int, at time.Duration) report { return report{seen: open, at: at} }
	first, back, again := handmade(0, 8), handmade(5*time.Minute, 4), handmade(8*time.Minute, 8)
	for _, c := range []struct {
		name    string
		reports []report
		slots   int
	}{
		{"event alone", []report{event(first, time.Minute)}, 1},
		{"event twice", []report{event(first, time.Minute), event(first, time.Hour)}, 1},
		{"event, then seen", []report{event(first, time.Minute), size(8, 2*time.Minute)}, 1},
		{"seen, then event", []report{size(8, 2*time.Minute), event(first, 15*time.Minute)}, 1},
		{"seen, then event twice", []report{size(8, 2*time.Minute), event(first, 15*time.Minute), event(first, 16*time.Minute)}, 1},
		{"seen, and an event of another day", []report{size(8, 2*time.Minute), event(handmade(-5*time.Hour, 8), 15*time.Minute)}, 2},
		{"there and back by events", []report{event(first, time.Minute), event(back, 6*time.Minute)}, 2},
		{"there, back and there by events", []report{event(first, time.Minute), event(back, 6*time.Minute), event(again, 9*time.Minute)}, 3},
		{
			"there and back, seen there again, the first event once more, then the last event",
			[]report{
				event(first, time.Minute), size(8, 2*time.Minute), event(back, 6*time.Minute), size(4, 7*time.Minute),
				size(8, 9*time.Minute), event(first, 10*time.Minute), event(again, 11*time.Minute),
			},
			3,
		},
	} {
		s := enrolled(4)
		for _, r := range c.reports {
			unchanged := untouched(t, s)
			var next ledger.Item
			if r.event != nil {
				next, _, _ = s.External(*r.event, "event", "UpdateShardCount", noon().Add(r.at))
			} else {
				next, _ = s.Noticed(seen(r.seen), noon().Add(r.at))
			}
			unchanged()
			s = next
		}
		if got := s.Operations.Used(noon().Add(time.Hour)); got != c.slots {
			t.Errorf("%s: %d slots, want %d: %v", c.name, got, c.slots, s.Operations)
		}
	}
}

// An operation of ours is never taken for somebody else's report of the same size.
func TestExternalLeavesOursAlone(t *testing.T) {
	claimed, _ := granted(t, enrolled(4))
	counted, _, isNew := claimed.External(handmade(0, 8), "event", "UpdateShardCount", noon())
	if !isNew || counted.Operations.Used(noon()) != 2 {
		t.Errorf("new %v, operations %v", isNew, counted.Operations)
	}
}

// A lost answer may hide a refusal: after the third call in a row of which nothing came, the next waits longer each time.
func TestCallsOfWhichNothingComesAreMadeLessOften(t *testing.T) {
	for n, wait := range map[int64]time.Duration{1: 0, 2: 0, 3: 5 * time.Minute, 4: 10 * time.Minute, 5: 15 * time.Minute, 9: 15 * time.Minute} {
		s := inFlight(t, ledger.OutcomeUnknown)
		s.FailedClaims = n - 1
		now := noon().Add(time.Minute)
		settled, _, done := s.Settle(seen(4), now)
		if !done || !settled.Up.RetryAt.Equal(now.Add(wait)) || !settled.Down.RetryAt.Equal(now.Add(wait)) {
			t.Errorf("after %d in a row: asked again at %s and %s, want after %s", n, settled.Up.RetryAt, settled.Down.RetryAt, wait)
		}
	}
}
