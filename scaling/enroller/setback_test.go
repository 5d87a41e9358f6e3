package enroller_test

import (
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/enroller"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// A tool sets the size back after each of two scale-ups of ours. Each time it is told what it was; the second time
// the stream is held.
func TestAToolThatSetsTheSizeBack(t *testing.T) {
	b := enrolled(t)
	for round := 1; round <= 2; round++ {
		b.now = b.now.Add(2 * time.Hour)
		b.change(func(s *ledger.Item) { // ours, and settled
			s.Fence++
			op := scaling.Operation{At: b.now.Add(-time.Hour), Direction: scaling.Up, From: 4, To: 8, Fence: s.Fence, Actor: "scaler/1"}
			s.Operations, s.OpenShards = append(scaling.Operations{op}, s.Operations...), 8
		})
		b.see(func(s *scaling.Summary) { s.OpenShards = 4 })
		change := enroller.Change{
			Stream: orders, EventID: "event-1", Actor: person, Call: "UpdateShardCount", Tool: ledger.ToolTerraform,
			Reshard: &scaling.Operation{At: b.now.Add(-time.Minute), From: 8, To: 4, Actor: person},
		}
		r := b.handle(change, report.SetBack)
		for _, part := range []string{"by Terraform", "ignore_changes = [shard_count]"} {
			if !strings.Contains(r.Detail, part) {
				t.Errorf("round %d: %q has no %q", round, r.Detail, part)
			}
		}
		if held := b.item().Opposed.HeldUntil.Equal(b.now.Add(24 * time.Hour)); held != (round == 2) {
			t.Errorf("round %d: %+v", round, b.item().Opposed)
		}
		before := b.item().Opposed
		b.handle(change, report.Checked) // delivered twice
		if after := b.item().Opposed; after != before {
			t.Errorf("round %d: delivered twice: %+v, was %+v", round, after, before)
		}
	}
	if used := b.item().Operations.Used(b.now); used != 4 {
		t.Errorf("%d operations count, want ours and theirs", used)
	}
}
