package reconciler_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// The scale-down alarm counts lag as load, so it stays silent, and no decision tells why. After a while the
// history does, once; and again when it comes back.
func TestALagThatHoldsTheScaleDownIsToldOnce(t *testing.T) {
	w := newWorld(t)
	s := w.enrolled(orders, 8, 0.5)
	told := func() []ledger.Entry {
		return slices.DeleteFunc(w.history(ledger.KindHold), func(e ledger.Entry) bool { return e.Reasons.Last() != scaling.HoldConsumersLag })
	}
	behind := func(hours int, lag time.Duration) {
		w.lag = lag
		for range hours * 60 {
			w.now = w.now.Add(time.Minute)
			s.samples = append(s.samples, scaling.Sample{At: w.now.Add(-time.Minute), Bytes: 0.5 * scaling.BytesPerShard, IteratorAge: lag})
			w.run()
		}
	}
	behind(5, 45*time.Minute)
	if lines := told(); len(lines) != 1 || !strings.Contains(lines[0].Reasons.String(), "45m0s behind") || lines[0].Alarm != "orders-scale-down" {
		t.Errorf("after five hours: %+v", lines)
	}
	if read := len(w.called("Lag")); read > 6 {
		t.Errorf("the lag was read %d times in five hours", read)
	}
	behind(3, time.Second)
	behind(3, time.Hour)
	if lines := told(); len(lines) != 2 {
		t.Errorf("after it came back: %+v", lines)
	}
	if len(w.called("UpdateShardCount")) > 0 {
		t.Errorf("calls %v", w.called("UpdateShardCount"))
	}
}
