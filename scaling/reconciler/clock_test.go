package reconciler_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// Whatever one invocation with a clock a day off writes, and wherever it dies, no stream is blind for more than an hour: then
// its operation is settled, its alarms are true and can speak, another stream that nobody told of is found, and the stream
// has the size that its load needs, or a reason.
func TestAClockADayOffBlindsNobodyForLong(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		open := rapid.SampledFrom([]int{2, 4, 8}).Draw(t, "open shards")
		s := w.enrolled(orders, open, float64(open)*0.5, "shardkeeper:consumer", "reader", "shardkeeper:max-shards", "64")
		w.minutes(rapid.IntRange(0, 70).Draw(t, "minutes before"))
		switch rapid.SampledFrom([]string{"calm", "busy", "idle", "accepted", "unknown", "due"}).Draw(t, "what is going on") {
		case "busy":
			s.load = float64(open) * 1.5
			w.minutes(3)
		case "idle":
			s.load = float64(open) * 0.05
			w.minutes(30)
		case "accepted":
			w.flies(open, 2*open, 30*time.Second, ledger.OutcomeAccepted)
			s.reshard(2*open, w.now.Add(time.Minute))
			w.accepted++
		case "unknown":
			w.flies(open, 2*open, 30*time.Second, ledger.OutcomeUnknown)
		case "due":
			w.due()
		}
		w.lose = func(string) bool { return rapid.Bool().Draw(t, "notification is lost") }
		if dies := rapid.IntRange(-1, 20).Draw(t, "dies in call"); dies >= 0 {
			w.failAt[len(w.calls)+dies] = fault{die: true, effect: rapid.Bool().Draw(t, "after its effect")}
		}
		off := time.Duration(rapid.SampledFrom([]int{-1, 1}).Draw(t, "way")) * rapid.SampledFrom([]time.Duration{
			20 * time.Minute, 50 * time.Minute, 3 * time.Hour, 12 * time.Hour, 24 * time.Hour,
		}).Draw(t, "off")
		who := rapid.SampledFrom([]string{"reconciler", "enroller", "scaler"}).Draw(t, "who")
		w.offs[who] = off
		w.event("AddTagsToStream")
		for minute := 0; minute < 40 && w.offs[who] != 0; minute++ { // a scaler's minute is one with an alarm
			w.minute()
		}
		w.lose = func(string) bool { return false }
		clear(w.failAt)
		clear(w.offs)

		w.stream("late", 2, 1) // its event is lost
		since := w.now
		s.load = float64(s.OpenShards) * rapid.SampledFrom([]float64{0.5, 0.9, 1.7}).Draw(t, "load for each after it")
		w.minutes(62) // an hour until it is seen, and what is seen takes another look
		if _, err := w.kept.Load(context.Background(), "late"); err != nil {
			t.Fatalf("the other stream is not known after %v: %v\n%s", w.now.Sub(since), err, fmt.Sprintf("%+v", w.fleet()))
		}
		w.inOrder()
		w.calls = nil
		w.minutes(12)
		w.sized()
	})
}
