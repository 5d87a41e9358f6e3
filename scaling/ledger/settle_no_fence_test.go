package ledger_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// An operation in flight whose fence somebody took away was never claimed by anybody: that it comes to nothing gives back no slot
// of those who resharded by hand.
func TestAnOperationWithoutAFenceGivesBackNoSlotOfOthers(t *testing.T) {
	others := operations(time.Hour, 2*time.Hour)
	s := ledger.Item{Name: "orders", Status: ledger.Enrolled, OpenShards: 4, Operations: others}
	s.InFlight = &ledger.Entry{Stream: "orders", At: noon().Add(-5 * time.Minute), From: 4, To: 8, Outcome: ledger.OutcomeIntended}
	sum := scaling.Summary{Name: "orders", Status: scaling.StatusActive, Mode: scaling.ModeProvisioned, OpenShards: 4}
	s, _, settled := s.Settle(sum, noon())
	equal(t, "settled", settled, true)
	equal(t, "slots of others", len(s.Operations), len(others))
}
