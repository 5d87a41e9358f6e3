package reconciler_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// described is how long a DescribeStreamSummary takes of a run, as the reconciler's are paced: ten a second.
const described = 100 * time.Millisecond

// slowKinesis takes the time of a run, and refuses a part of the looks for the quota.
type slowKinesis struct {
	kinesis
	refuses func() bool // nil: none
}

func (s slowKinesis) Describe(ctx context.Context, name string) (scaling.Summary, error) {
	s.now = s.now.Add(described)
	if s.refuses != nil && s.refuses() {
		s.calls = append(s.calls, "Describe "+name)
		return scaling.Summary{}, scaling.ErrThrottled
	}
	return s.kinesis.Describe(ctx, name)
}

// runsFor plays runs of the reconciler, one a minute and 55 seconds long, until done says that it is enough. It returns how many there were.
func (w *world) runsFor(most int, streams slowKinesis, done func() bool) int {
	w.Helper()
	for run := range most {
		began := w.now
		r := w.reconciler()
		r.Streams = streams
		r.Left = func(context.Context) time.Duration { return began.Add(55 * time.Second).Sub(w.now) }
		r.Wait = func(_ context.Context, d time.Duration) error { w.now = w.now.Add(d); return nil }
		if _, err := r.Run(context.Background()); err != nil {
			w.Fatalf("run: %v", err)
		}
		if w.now = began.Add(time.Minute); done() {
			return run + 1
		}
	}
	return most
}

// waits makes a stream full, with its scale-up alarm in ALARM and a decision that was deferred until now.
func (w *world) waits(name string) {
	w.Helper()
	a := w.alarms[scaling.AlarmName(name, scaling.Up)]
	a.state, a.changed = scaling.StateAlarm, w.now.Add(-10*time.Minute)
	w.changeItem(name, func(s *ledger.Item) {
		s.Up = ledger.Watch{Handled: w.now.Add(-10 * time.Minute), RetryAt: w.now}
		s.DueAt = w.now
	})
}

// However many operations are in flight, and however long they take, the other streams are looked at, and the sweep goes on.
func TestOperationsInFlightLeaveTimeForOthers(t *testing.T) {
	for _, flying := range []int{50, 210, 700} {
		t.Run(fmt.Sprint(flying), func(t *testing.T) {
			w := newWorld(t)
			for i := range flying {
				name := fmt.Sprintf("s-%03d", i)
				w.enrolled(name, 4, 2)
				w.fliesOf(name, 4, 8, 0, ledger.OutcomeAccepted)
				w.streams[name].Status = scaling.StatusUpdating // and stays so: a large resharding takes a while
			}
			w.enrolled(orders, 4, 3.9)
			w.waits(orders)
			w.now = w.now.Add(2 * time.Hour) // a sweep is due
			if runs := w.runsFor(3, slowKinesis{kinesis: kinesis{w}}, func() bool { return len(w.called("Rearm orders-scale-up")) > 0 && len(w.called("List")) > 0 }); runs > 2 {
				t.Errorf("after %d runs orders was asked for again %d times, and ListStreams called %d times", runs, len(w.called("Rearm orders-scale-up")), len(w.called("List")))
			}
		})
	}
}

// A look that the service refuses ends the looks of a run, and takes nothing from the streams that were looked at before it: their alarms
// are asked for by other calls.
func TestALookThatIsRefusedLeavesTheOthersTheirAlarms(t *testing.T) {
	const streams = 200
	for _, refused := range []float64{0, 0.02, 0.1} {
		t.Run(fmt.Sprint(refused), func(t *testing.T) {
			w := newWorld(t)
			for i := range streams {
				w.enrolled(fmt.Sprintf("s-%03d", i), 4, 3.9)
			}
			for i := range streams {
				w.waits(fmt.Sprintf("s-%03d", i))
			}
			random := rand.New(rand.NewPCG(1, 1))
			all := func() bool { return len(w.called("Rearm")) >= streams }
			w.runsFor(60, slowKinesis{kinesis{w}, func() bool { return random.Float64() < refused }}, all)
			if armed, looks := len(w.called("Rearm")), len(w.called("Describe")); armed < streams || looks > streams*3/2 {
				t.Errorf("within an hour %d of %d were asked for again, in %d looks", armed, streams, looks)
			}
		})
	}
}
