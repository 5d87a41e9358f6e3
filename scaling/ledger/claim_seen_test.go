package ledger_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// Somebody reshards from 4 to 8, and the event of it is counted before the item has the new size.
// Then an operation is claimed, of which nothing comes. The 8 open shards are not taken for
// another resharding.
func TestAClaimKnowsTheSizeItWasMadeOn(t *testing.T) {
	s, _, _ := enrolled(4).External(handmade(-10*time.Minute, 8), "event", "UpdateShardCount", noon())
	claimed, _, err := s.Claim(ledger.Claim{
		Decision: scaling.Decision{At: noon(), Direction: scaling.Down, From: 8, Target: 4, Reasons: scaling.Trail{{Code: scaling.Halved}}},
		Asked:    scaling.Down, Alarm: "orders-scale-down", TransitionAt: noon(), Owner: "scaler/1", LeaseUntil: noon().Add(time.Minute),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, after := range []time.Duration{2 * time.Minute, 20 * time.Minute} { // not applied, superseded
		settled, _, done := claimed.Settle(seen(8), noon().Add(after))
		if !done {
			t.Fatalf("after %s still in flight", after)
		}
		noticed, entries := settled.Noticed(seen(8), noon().Add(after))
		if len(entries) > 0 || noticed.OpenShards != 8 {
			t.Errorf("after %s: %d open shards, entries %v", after, noticed.OpenShards, entries)
		}
	}
}

// Somebody reshards from 4 to 16 in the moment in which an operation of ours to 8 is made, whose answer
// is lost. The event of the call by hand is counted, and the 16 open shards are not counted again.
func TestACallByHandBesideOursIsCountedOnce(t *testing.T) {
	for _, before := range []time.Duration{-2 * time.Second, 2 * time.Second} {
		s := inFlight(t, ledger.OutcomeUnknown)
		slots := s.Operations.Used(noon())
		s, _, _ = s.External(handmade(before, 16), "event", "UpdateShardCount", noon().Add(time.Minute))
		settled, entries, done := s.Settle(seen(16), noon().Add(3*time.Minute))
		if !done || len(entries) != 1 || entries[0].Outcome != ledger.OutcomeSuperseded {
			t.Fatalf("settled %t: %v", done, entries)
		}
		noticed, entries := settled.Noticed(seen(16), noon().Add(3*time.Minute))
		if used := noticed.Operations.Used(noon().Add(3 * time.Minute)); len(entries) > 0 || used != slots+1 || noticed.OpenShards != 16 {
			t.Errorf("%s from ours: %d slots, want %d; %d open shards, entries %v", before, used, slots+1, noticed.OpenShards, entries)
		}
	}
}

// Ours to 8 is accepted, and then somebody reshards to 4. The event of that is counted once, whether it
// comes before our acceptance is recorded, late, or after.
func TestACallByHandAfterOursIsCountedOnce(t *testing.T) {
	const recorded, seenAt = 10 * time.Minute, 20 * time.Minute
	event := func(s ledger.Item) ledger.Item {
		s, _, _ = s.External(handmade(5*time.Minute, 4), "event", "UpdateShardCount", noon().Add(6*time.Minute))
		return s
	}
	accepted := func(s ledger.Item) ledger.Item {
		s, _ = s.Accepted(noon().Add(recorded))
		return s
	}
	for name, steps := range map[string][2]func(ledger.Item) ledger.Item{
		"the event comes first":      {event, accepted},
		"the acceptance comes first": {accepted, event},
	} {
		s, _ := granted(t, enrolled(4))
		settled, entries, done := steps[1](steps[0](s)).Settle(seen(4), noon().Add(seenAt))
		if !done || len(entries) != 1 || entries[0].Outcome != ledger.OutcomeSuperseded {
			t.Fatalf("%s: settled %t: %v", name, done, entries)
		}
		noticed, entries := settled.Noticed(seen(4), noon().Add(seenAt))
		if used := noticed.Operations.Used(noon().Add(seenAt)); len(entries) > 0 || used != 2 || noticed.OpenShards != 4 {
			t.Errorf("%s: %d slots, want ours and theirs; %d open shards, entries %v", name, used, noticed.OpenShards, entries)
		}
	}
}

// Somebody reshards to 4 before ours to 8, and back to 4 after it. The event of the first does not
// explain the second.
func TestACallByHandBeforeOursExplainsNothingAfterIt(t *testing.T) {
	s, _, _ := enrolled(4).External(handmade(-30*time.Second, 4), "event", "UpdateShardCount", noon())
	s, _ = granted(t, s)
	s, _ = s.Accepted(noon().Add(time.Second))
	settled, _, _ := s.Settle(seen(4), noon().Add(20*time.Minute))
	_, entries := settled.Noticed(seen(4), noon().Add(20*time.Minute))
	if len(entries) != 1 || entries[0].From != 8 || entries[0].To != 4 {
		t.Errorf("noticed %v, want one from 8 to 4", entries)
	}
}
