package ledger_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// enrolled is the item of an enrolled stream of open shards that nothing has happened to.
func enrolled(open int) ledger.Item {
	return ledger.Item{
		Name: "orders", ARN: "arn:aws:kinesis:eu-west-1:123456789012:stream/orders", CreatedAt: noon().AddDate(0, -1, 0),
		Status: ledger.Enrolled, Settings: halving(), SettingsRevision: 1,
		Tags: scaling.Layer{"mode": "enabled"}, Overrides: scaling.Layer{"min-shards": "1"},
		OpenShards: open, Fence: 7,
	}
}

// wish is a claim at noon for an operation, asked for by the direction's alarm.
func wish(dir scaling.Direction, from, target int) ledger.Claim {
	return ledger.Claim{
		Decision: scaling.Decision{
			At: noon(), Direction: dir, From: from, Target: target, Utilization: 0.9, Limit: scaling.LimitBytes,
			Reasons: scaling.Trail{{Code: scaling.Doubled}},
		},
		Asked: dir, Alarm: scaling.AlarmName("orders", dir), TransitionAt: noon().Add(-time.Minute),
		Owner: "scaler/1", LeaseUntil: noon().Add(40 * time.Second),
	}
}

// granted is the stream after a claim to double it that must be granted, and its history entry.
func granted(t tester, s ledger.Item) (ledger.Item, ledger.Entry) {
	t.Helper()
	claimed, entry, err := s.Claim(wish(scaling.Up, s.OpenShards, 2*s.OpenShards))
	if err != nil {
		t.Fatalf("claim: %v", err)
	}
	return claimed, entry
}

// untouched returns a check that a stream is still as it is now.
func untouched(t tester, s ledger.Item) func() {
	t.Helper()
	before := s.Clone()
	return func() {
		t.Helper()
		if diff := cmp.Diff(before, s); diff != "" {
			t.Errorf("the call changed the stream it was made on:\n%s", diff)
		}
	}
}

// equalStream compares two streams, with what every step may change put first.
func equalStream(t tester, got, want ledger.Item) {
	t.Helper()
	equal(t, "stream", got, want)
}

func TestClaimGranted(t *testing.T) {
	s := enrolled(4)
	s.Down.RetryAt, s.Up.RetryAt = noon().Add(time.Hour), noon().Add(-time.Minute)
	s.Operations = operations(time.Hour)
	unchanged := untouched(t, s)
	c := wish(scaling.Up, 4, 8)
	claimed, entry, err := s.Claim(c)
	if err != nil {
		t.Fatal(err)
	}
	unchanged()

	wantEntry := ledger.Entry{
		Stream: "orders", At: noon(), ID: "op-8", Kind: ledger.KindOperation, Direction: scaling.Up, From: 4, To: 8,
		Reasons: c.Decision.Reasons, Utilization: 0.9, Limit: scaling.LimitBytes, Alarm: "orders-scale-up",
		TransitionAt: noon().Add(-time.Minute), Actor: "scaler/1", Fence: 8, Outcome: ledger.OutcomeIntended,
	}
	equal(t, "entry", entry, wantEntry)
	want := s.Clone()
	want.Fence = 8
	want.LeaseOwner, want.LeaseUntil, want.DueAt = "scaler/1", c.LeaseUntil, c.LeaseUntil
	want.Up = ledger.Watch{Handled: c.TransitionAt}
	want.Operations = append(scaling.Operations{{At: noon(), Direction: scaling.Up, From: 4, To: 8, Fence: 8, Actor: "scaler/1"}}, want.Operations...)
	want.InFlight = &wantEntry
	equalStream(t, claimed, want)
	if !claimed.InFlightUnder(8) || claimed.InFlightUnder(7) || s.InFlightUnder(7) {
		t.Error("the operation is not in flight under the new fence alone")
	}
}

// The alarm that asked is not always that of the direction: a stream above its maximum shrinks
// when its scale-up alarm speaks. The transition that counts as handled is that of the asker.
func TestClaimMarksTheAlarmThatAsked(t *testing.T) {
	c := wish(scaling.Down, 9, 7)
	c.Asked, c.Alarm = scaling.Up, "orders-scale-up"
	claimed, _, err := enrolled(9).Claim(c)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "up", claimed.Up.Handled, c.TransitionAt)
	equal(t, "down", claimed.Down, ledger.Watch{})
}

func TestClaimRefused(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*ledger.Item, *ledger.Claim)
		want   error // nil: granted
	}{
		{"unenrolled", func(s *ledger.Item, _ *ledger.Claim) { s.Status = ledger.Unenrolled }, ledger.ErrNotEnrolled},
		{"suspended", func(s *ledger.Item, _ *ledger.Claim) { s.Status = ledger.Suspended }, ledger.ErrNotEnrolled},
		{"never heard of", func(s *ledger.Item, _ *ledger.Claim) { *s = ledger.Item{Name: "orders"} }, ledger.ErrNotEnrolled},
		{"an operation is in flight", func(s *ledger.Item, _ *ledger.Claim) { s.InFlight = &ledger.Entry{Fence: 7} }, ledger.ErrConflict},
		{"somebody holds the lease", func(s *ledger.Item, _ *ledger.Claim) { s.LeaseUntil = noon().Add(1) }, ledger.ErrConflict},
		{"the lease ends now", func(s *ledger.Item, _ *ledger.Claim) { s.LeaseUntil = noon() }, nil},
		{"the transition was handled", func(s *ledger.Item, c *ledger.Claim) { s.Up.Handled = c.TransitionAt }, ledger.ErrHandled},
		{"a later one was", func(s *ledger.Item, c *ledger.Claim) { s.Up.Handled = c.TransitionAt.Add(time.Second) }, ledger.ErrHandled},
		{"an earlier one was", func(s *ledger.Item, c *ledger.Claim) { s.Up.Handled = c.TransitionAt.Add(-1) }, nil},
		{"one of the other direction was", func(s *ledger.Item, c *ledger.Claim) { s.Down.Handled = c.TransitionAt.Add(time.Hour) }, nil},
		{"the asking alarm's was, that of the direction was not", func(s *ledger.Item, c *ledger.Claim) {
			*c = wish(scaling.Down, 9, 7)
			c.Asked, s.Up.Handled = scaling.Up, c.TransitionAt
		}, ledger.ErrHandled},
		{"no time of transition", func(_ *ledger.Item, c *ledger.Claim) { c.TransitionAt = time.Time{} }, ledger.ErrHandled},
		{"the budget is used up", func(s *ledger.Item, _ *ledger.Claim) { s.Operations = hoursAgo(1, 10) }, ledger.ErrBudget},
		{"nine are used", func(s *ledger.Item, _ *ledger.Claim) { s.Operations = hoursAgo(1, 9) }, nil},
		{"the reserve is all that is left", func(s *ledger.Item, c *ledger.Claim) {
			s.Operations = hoursAgo(1, 7)
			*c = wish(scaling.Down, 4, 2)
		}, ledger.ErrBudget},
	} {
		s, claim := enrolled(4), wish(scaling.Up, 4, 8)
		c.change(&s, &claim)
		unchanged := untouched(t, s)
		next, entry, err := s.Claim(claim)
		unchanged()
		if !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
		if c.want != nil && (!cmp.Equal(next, s) || !cmp.Equal(entry, ledger.Entry{})) {
			t.Errorf("%s: a refused claim gives a stream or an entry", c.name)
		}
	}
}

// The service took the call: the lease is over, the operation is looked for by the reconciler's next run.
func TestAccepted(t *testing.T) {
	claimed, intended := granted(t, enrolled(4))
	unchanged := untouched(t, claimed)
	later := noon().Add(2 * time.Second)
	accepted, entry := claimed.Accepted(later)
	unchanged()
	intended.Outcome = ledger.OutcomeAccepted
	equal(t, "entry", entry, intended)
	want := claimed.Clone()
	want.InFlight.Outcome = ledger.OutcomeAccepted
	want.LeaseOwner, want.LeaseUntil, want.DueAt = "", time.Time{}, later.Add(nextLook)
	want.Operations[0].At = later // the slot is the service's: it counts from the acceptance
	equalStream(t, accepted, want)
}

// An acceptance that a pause put off is recorded after somebody else's operations. Ours moves to
// its place among them: what is asked of the history relies on the order.
func TestALateAcceptanceKeepsOperationsNewestFirst(t *testing.T) {
	const late = 2 * time.Hour
	for _, c := range []struct {
		name   string
		others []time.Duration // since the claim of ours to 8; the n-th is to 101 shards, 102 and so on
		want   []int           // the sizes that the operations led to, newest first
	}{
		{"nobody else", nil, []int{8}},
		{"one before the claim", []time.Duration{-time.Hour}, []int{8, 101}},
		{"one between claim and acceptance", []time.Duration{time.Hour}, []int{8, 101}},
		{"one at the acceptance", []time.Duration{late}, []int{101, 8}},
		{"one after the acceptance", []time.Duration{late + time.Second}, []int{101, 8}},
		{"some of each", []time.Duration{-time.Hour, time.Hour, 90 * time.Minute, 3 * time.Hour}, []int{104, 8, 103, 102, 101}},
	} {
		s, _ := granted(t, enrolled(4))
		for i, after := range c.others {
			s, _, _ = s.External(handmade(after, 101+i), "event", "UpdateShardCount", noon().Add(after))
		}
		unchanged := untouched(t, s)
		accepted, _ := s.Accepted(noon().Add(late))
		unchanged()
		var got []int
		for _, op := range accepted.Operations {
			got = append(got, op.To)
		}
		equal(t, c.name, got, c.want)
		newest, _ := accepted.Operations.Newest()
		equal(t, c.name+": newest", newest.To, c.want[0])
		free := accepted.Operations.FreeAt(noon().Add(late), len(c.want))
		equal(t, c.name+": free", free, accepted.Operations[len(c.want)-1].At.Add(window))
	}
}

// Nobody knows whether the service took the call. The request may still be on its way, so the
// lease keeps everybody's hands off until it ends.
func TestOutcomeIsUnknown(t *testing.T) {
	claimed, intended := granted(t, enrolled(4))
	unchanged := untouched(t, claimed)
	unknown, entry := claimed.OutcomeIsUnknown(noon().Add(2*time.Second), "timeout")
	unchanged()
	intended.Outcome, intended.Detail = ledger.OutcomeUnknown, "timeout"
	equal(t, "entry", entry, intended)
	want := claimed.Clone()
	want.InFlight.Outcome, want.InFlight.Detail = ledger.OutcomeUnknown, "timeout"
	want.DueAt = noon().Add(2*time.Second + nextLook)
	equalStream(t, unknown, want)

	sum := scaling.Summary{Name: "orders", Status: scaling.StatusActive, OpenShards: 4, CreatedAt: unknown.CreatedAt}
	if _, _, done := unknown.Settle(sum, noon().Add(3*time.Second)); done {
		t.Error("a call that may still be on its way was settled")
	}
	if _, entries, done := unknown.Settle(sum, claimed.LeaseUntil); !done || entries[0].Outcome != ledger.OutcomeNotApplied {
		t.Errorf("the lease is over and the stream is as it was: %v, %v", done, entries)
	}
}

// A refusal gives the slot back and lets the stream rest, never at once.
func TestRefusedBy(t *testing.T) {
	for _, c := range []struct {
		err  error
		rest time.Duration
	}{
		{scaling.ErrStreamBusy, time.Minute},
		{scaling.ErrThrottled, time.Minute},
		{scaling.ErrLimitExceeded, 15 * time.Minute},
		{scaling.ErrRefused, 15 * time.Minute},
		{scaling.ErrStreamNotFound, 15 * time.Minute},
	} {
		s := enrolled(4)
		s.Operations = operations(time.Hour, 2*time.Hour)
		claimed, intended := granted(t, s)
		unchanged := untouched(t, claimed)
		err, later := fmt.Errorf("update shard count of orders: %w", c.err), noon().Add(time.Second)
		refused, entry := claimed.RefusedBy(err, scaling.Up, later)
		unchanged()
		equal(t, "reasons", entry.Reasons, append(intended.Reasons[:1:1], scaling.Reason{Code: scaling.HoldServiceRefused, Detail: err.Error()}))
		intended.Outcome, intended.Detail, intended.Reasons = ledger.OutcomeRefused, err.Error(), entry.Reasons
		equal(t, "entry", entry, intended)

		want := claimed.Clone()
		want.Operations, want.InFlight = s.Operations, nil
		want.LeaseOwner, want.LeaseUntil, want.FailedClaims = "", time.Time{}, 1
		// The alarm rests; what else there is to do for the stream does not wait for that.
		want.DueAt, want.Up.RetryAt = later.Add(time.Minute), later.Add(c.rest)
		equalStream(t, refused, want)
		if refused.Fence != claimed.Fence {
			t.Errorf("the fence went from %d to %d", claimed.Fence, refused.Fence)
		}
	}
}

func TestHeld(t *testing.T) {
	s := enrolled(4)
	s.Up.RetryAt, s.Down.RetryAt = noon().Add(-time.Hour), noon().Add(time.Hour)
	transition := noon().Add(-time.Minute)
	unchanged := untouched(t, s)

	want := s.Clone()
	want.Up = ledger.Watch{Handled: transition}
	equalStream(t, s.Held(scaling.Up, transition, time.Time{}), want)
	unchanged()

	retry := noon().Add(5 * time.Minute)
	want.Up.RetryAt, want.DueAt = retry, retry
	equalStream(t, s.Held(scaling.Up, transition, retry), want)

	s.DueAt, want.DueAt = noon(), noon() // an earlier look stays
	equalStream(t, s.Held(scaling.Up, transition, retry), want)
}

func TestHoldIfNotReady(t *testing.T) {
	d := wish(scaling.Up, 4, 8).Decision
	d.Reasons = append(make(scaling.Trail, 0, 8), d.Reasons...) // room for an append to write into
	inFlight := enrolled(4)
	inFlight.InFlight = &ledger.Entry{Fence: 7, Outcome: ledger.OutcomeAccepted}
	suspended := enrolled(4)
	suspended.Status, suspended.StatusReason = ledger.Suspended, ledger.SuspendedOnDemand

	equal(t, "ready", enrolled(4).HoldIfNotReady(d), d)
	busy, idle := inFlight.HoldIfNotReady(d), suspended.HoldIfNotReady(d)
	equal(t, "in flight", busy.Reasons.String(), "doubled; operation_in_flight (would scale from 4 to 8; operation 7, accepted)")
	equal(t, "suspended", idle.Reasons.String(), "doubled; suspended (would scale from 4 to 8; on-demand)")
	equal(t, "retry in flight", busy.RetryAt, noon().Add(time.Minute))
	equal(t, "retry suspended", idle.RetryAt, time.Time{})
	for _, held := range []scaling.Decision{busy, idle} {
		if held.Direction != scaling.Hold || held.Target != held.From {
			t.Errorf("no hold: %+v", held)
		}
	}
}
