package scaling_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// Somebody reshards from 4 to 8, and the event of it is counted before the item has the new size.
// Then an operation is claimed, of which nothing comes. The 8 open shards are not taken for
// another resharding.
func TestAClaimKnowsTheSizeItWasMadeOn(t *testing.T) {
	s, _, _ := enrolled(4).External(handmade(-10*time.Minute, 8), "event", "UpdateShardCount", noon())
	claimed, _, err := s.Claim(scaling.Claim{
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
