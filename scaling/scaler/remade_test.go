package scaler_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// A stream was deleted and made again under its name, and the events of that are still on their way. Its tags and its minimum are
// those of the stream of before, so it is not scaled by them: the reconciler is asked to read it anew.
func TestAStreamThatWasMadeAgainIsReadBeforeItIsScaled(t *testing.T) {
	for _, dir := range []scaling.Direction{scaling.Up, scaling.Down} {
		b := newBench(t)
		b.enroll(orders, 64, 0.2, scaling.Layer{"min-shards": "16"})
		made := b.sum[orders]
		made.CreatedAt, made.OpenShards = noon().Add(-2*time.Minute), 1
		b.sum[orders] = made
		for range 2 {
			b.want(b.handle(b.alarm(orders, dir)), report.Ignored, 0)
		}
		s := b.item()
		if len(b.called("UpdateShardCount")) > 0 || len(b.called("Save")) > 1 || !s.DueAt.Equal(noon()) {
			t.Errorf("%s: calls %v, due at %v", dir, b.calls, s.DueAt)
		}
		if !s.Watch(dir).Handled.IsZero() {
			t.Errorf("%s: nothing was decided, and yet it counts as handled: %+v", dir, s)
		}
	}
}
