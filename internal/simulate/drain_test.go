package simulate_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// A burst makes the stream grow and sets its slow consumer back. It is scaled down when the consumer is back where it was,
// not while it is further behind, though the load is gone and no cooldown holds it; the operation's entry has the cost.
func TestAScaleDownWaitsForTheConsumer(t *testing.T) {
	var held []time.Time
	w := world(t, simulate.Options{Hooks: simulate.Hooks{Report: func(r simulate.Report) {
		if r.Event == report.Hold && r.Reasons.Last() == scaling.HoldNotDrained {
			held = append(held, r.At)
		}
	}}})
	tags := enabled()
	for key, value := range map[string]string{"min-shards": "4", "scale-down-cooldown-minutes": "0", "scale-down-period-minutes": "1", "scale-down-evaluation-periods": "2", "scale-down-datapoints-to-alarm": "2"} {
		tags[scaling.TagPrefix+key] = value
	}
	create(t, w, simulate.StreamSpec{
		Shards: 4, Age: 24 * time.Hour, Tags: tags, Consumer: simulate.Consumer{Polls: true, Function: "reader", RecordsPerSecond: 1020},
		Load: func(minute int) trace.Rate {
			if minute >= 30 && minute < 45 {
				return steady(3.9)(minute)
			}
			return steady(0.5)(minute)
		},
	})
	if err := w.Reserve("reader", 2); err != nil { // it reads no more with eight shards than with four
		t.Fatal(err)
	}
	pass(t, w, 180)
	page, err := w.Registry().History(t.Context(), ledger.Query{Stream: "orders", Kind: ledger.KindOperation, From: start, To: w.Now()})
	if err != nil {
		t.Fatal(err)
	}
	var down, up time.Time
	for _, e := range page.Entries {
		switch e.Direction {
		case scaling.Up:
			up = e.At
			if e.Drain < 5*time.Minute || e.Drain > scaling.DrainAtMost {
				t.Errorf("the scale-up cost the consumer %s", e.Drain)
			}
			if down.IsZero() || down.Before(e.At.Add(e.Duration+e.Drain-time.Minute)) {
				t.Errorf("scaled down at %s, the consumer was back %s after %s", down, e.Drain, e.At.Add(e.Duration))
			}
		case scaling.Down:
			down = e.At
		case scaling.Hold:
		}
	}
	if up.IsZero() || len(held) == 0 || len(held) > 2 {
		t.Errorf("scaled up at %s, held at %v", up, held)
	}
}
