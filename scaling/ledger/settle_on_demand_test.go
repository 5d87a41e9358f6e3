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

	sum.Mode, sum.OpenShards = scaling.ModeProvisioned, 16 // between two looks
	s, entries := rules.Refresh(s, sum, tags, noon().Add(2*time.Hour), "enroller")
	for _, e := range entries {
		if e.Kind == ledger.KindExternal {
			t.Errorf("told: %s from %d to %d by %s", e.Detail, e.From, e.To, e.Actor)
		}
	}
	equal(t, "slots", len(s.Operations), 0)
	equal(t, "open shards", s.OpenShards, 16)
}
