package ledger_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// The size that a stream has when it comes back from on-demand is the service's own work: nobody resharded it, and no slot is
// taken.
func TestASizeFromOnDemandIsNobodysOperation(t *testing.T) {
	rules, tags := ledger.Rules{}, scaling.Layer{"mode": "enabled"}
	sum := scaling.Summary{Name: "orders", Status: scaling.StatusActive, Mode: scaling.ModeProvisioned, OpenShards: 4, CreatedAt: noon().AddDate(0, -1, 0)}
	s, _ := rules.Refresh(ledger.Item{Name: "orders"}, sum, tags, noon(), "enroller")
	s = s.Seen(sum, noon())
	sum.Mode = scaling.ModeOnDemand
	s, _ = rules.Refresh(s, sum, tags, noon().Add(time.Hour), "enroller")
	equal(t, "status", s.StatusReason, ledger.SuspendedOnDemand)

	without, _ := rules.Refresh(s, sum, scaling.Layer{}, noon().Add(time.Hour), "enroller") // its tag is removed meanwhile, and set again

	sum.Mode, sum.OpenShards = scaling.ModeProvisioned, 16 // between two looks
	_, again := rules.Refresh(without, sum, tags, noon().Add(3*time.Hour), "enroller")
	equal(t, "entries when it is tagged again", len(again), 1)
	for name, first := range map[string]scaling.StreamStatus{"seen ACTIVE": scaling.StatusActive, "first seen UPDATING": scaling.StatusUpdating} {
		switched := sum
		switched.Status = first
		s, entries := rules.Refresh(s, switched, tags, noon().Add(2*time.Hour), "enroller")
		s, later := rules.Refresh(s, sum, tags, noon().Add(3*time.Hour), "reconciler")
		for _, e := range append(entries, later...) {
			if e.Kind == ledger.KindExternal {
				t.Errorf("%s: told: %s from %d to %d by %s", name, e.Detail, e.From, e.To, e.Actor)
			}
		}
		equal(t, name+": slots", len(s.Operations), 0)
		equal(t, name+": open shards", s.OpenShards, 16)
	}
}
