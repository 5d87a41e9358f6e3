package reconciler_test

import (
	"cmp"
	"errors"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// refusing lets hours pass in which producers send a stream of four shards a load of 2.6, of which a share is refused. It
// returns the share that it can use by then, as its item has it.
func (w *world) refusing(hours int, refused float64) float64 {
	s := w.streams[orders]
	for range hours * 60 {
		w.now = w.now.Add(time.Minute)
		s.flow(w.now.Add(-time.Minute))
		newest := &s.samples[len(s.samples)-1]
		newest.Records, newest.Throttled = 2600*(1-refused), 2600*refused
		w.run()
	}
	return w.item().UsableAt(4)
}

// A load between the two thresholds sets off no alarm, so nobody learned what the stream can use. It is looked at every six
// hours; what is refused then teaches, and the alarms are written anew.
func TestAStreamThatRefusesWithoutAnAlarmIsLearned(t *testing.T) {
	for name, c := range map[string]struct {
		refused float64
		tags    []string
		change  func(*world)
		learned bool
		hours   int // 30 if 0: a day later the alarms may be written anew
		reads   int // of the metrics, at most
	}{
		"half a percent is refused":  {refused: 0.005, learned: true, reads: 6},
		"next to nothing is refused": {refused: 0.0005, reads: 6},
		"nothing is refused":         {reads: 6},
		"the share is fixed by hand": {refused: 0.005, tags: []string{"shardkeeper:usable-share", "0.8"}},
		"a hot key is suspected":     {refused: 0.005, change: func(w *world) { w.suspects(24 * time.Hour) }, hours: 20, reads: 21}, // each hour, for much more that is refused
		"the stream is suspended":    {refused: 0.005, change: func(w *world) { w.streams[orders].Mode = scaling.ModeOnDemand }},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.enrolled(orders, 4, 2.6, c.tags...)
			if c.change != nil {
				c.change(w)
			}
			before := w.item().UsableAt(4)
			got := w.refusing(cmp.Or(c.hours, 30), c.refused)
			if learned := got < before-0.03; learned != c.learned {
				t.Errorf("the usable share was %v and is %v; learned: want %v", before, got, c.learned)
			}
			if c.learned && w.of(scaling.Up).want.Usable != got {
				t.Errorf("the scale-up alarm holds %v, and the share is %v", w.of(scaling.Up).want.Usable, got)
			}
			if reads := len(w.called("Traffic")); reads > c.reads {
				t.Errorf("the metrics were read %d times, want %d at most", reads, c.reads)
			}
		})
	}
}

// What cannot be read is read at the next turn, and is no failure of the look.
func TestAShareThatCannotBeReadIsLearnedLater(t *testing.T) {
	w := newWorld(t)
	w.enrolled(orders, 4, 2.6)
	before := w.item().UsableAt(4)
	w.breaks("Traffic", errors.New("no answer"))
	if got := w.refusing(6, 0.005); got != before || len(w.called("Traffic")) != 1 || len(w.history(ledger.KindFailure)) > 0 {
		t.Fatalf("the usable share was %v and is %v after %d reads; failures %+v", before, got, len(w.called("Traffic")), w.history(ledger.KindFailure))
	}
	if got := w.refusing(6, 0.005); got >= before {
		t.Errorf("the usable share was %v and is %v", before, got)
	}
}
