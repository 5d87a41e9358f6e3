package reconciler_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// suspects makes a stream's hot key one that is suspected for a while yet, with alarms that leave refusals out.
func (w *world) suspects(left time.Duration) {
	w.change(func(s *ledger.Item) {
		s.HotKey = scaling.HotKey{After: scaling.Refusals{At: w.now.Add(left - 24*time.Hour), Shards: 4, Share: 0.1, Demand: 2}, AskAt: w.now.Add(left)}
		s.Alarms.HotKey, s.DueAt = true, w.now
	})
	for _, dir := range []scaling.Direction{scaling.Up, scaling.Down} {
		w.of(dir).want.HotKey = true
	}
}

// While a hot key is suspected the scale-up alarm leaves refusals out, so nobody asked again: it was suspected for ever.
func TestASuspectedHotKeyIsAskedAgainThoughNoAlarmRings(t *testing.T) {
	w := newWorld(t)
	w.enrolled(orders, 4, 2)
	w.suspects(3 * time.Minute)
	w.run()
	if s := w.item(); !s.HotKey.Suspected() || s.DueAt.After(s.HotKey.AskAt) {
		t.Fatalf("suspected %v; the next look is at %s, it is asked again at %s", s.HotKey.Suspected(), s.DueAt, s.HotKey.AskAt)
	}
	w.now = w.now.Add(3 * time.Minute)
	w.run()
	if s := w.item(); s.HotKey.Suspected() || s.Alarms.HotKey || w.of(scaling.Up).want.HotKey {
		t.Errorf("suspected %v; the alarms are held to leave refusals out: %v, and do: %v", s.HotKey.Suspected(), s.Alarms.HotKey, w.of(scaling.Up).want.HotKey)
	}
}

// No alarm shows that much more is refused than when the hot key was suspected. The metrics are looked at once an hour.
func TestASuspectedHotKeyIsAskedAgainWhenMuchMoreIsRefused(t *testing.T) {
	for refused, want := range map[float64]bool{0.2: true, 0.4: false} {
		w := newWorld(t)
		w.enrolled(orders, 4, 2)
		w.suspects(20 * time.Hour)
		reads := 0
		for range 3 * 60 {
			s := w.streams[orders]
			s.flow(w.now)
			newest := &s.samples[len(s.samples)-1]
			newest.Records, newest.Throttled = 2000*(1-refused), 2000*refused
			w.run()
			w.now = w.now.Add(time.Minute)
			reads = len(w.called("Traffic"))
		}
		if got := w.item().HotKey.Suspected(); got != want {
			t.Errorf("%.0f %% are refused, 10 %% when it was suspected: suspected %v, want %v", 100*refused, got, want)
		}
		if reads > 4 {
			t.Errorf("the metrics were read %d times in three hours", reads)
		}
	}
}
