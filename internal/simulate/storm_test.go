package simulate_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/race"
	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
)

const (
	// stormy is how many streams need to double in the same minute.
	stormy = 2000
	// calm is how many minutes pass before: long enough for all to be enrolled.
	calm = 150
)

// stormConcurrency is what the template's parameter ScalerConcurrency says for thousands of streams:
// as many scalers as fit in the queue for ten calls a second, each for some 12 seconds.
const stormConcurrency = 120

// storm is what became of it. Times are from the minute in which all alarms fired.
type storm struct {
	fired    int                // alarms in that minute
	accepted []time.Duration    // each scale-up, in order
	alarms   time.Duration      // the last alarm that got its new shard count
	describe int                // DescribeStreamSummary calls
	tooFast  int                // of UpdateShardCount
	hottest  int                // most UpdateShardCount calls for one stream
	dead     []simulate.Message // given up
}

// storms lets the traffic of all streams rise at once.
func storms(t *testing.T, concurrency int, seed uint64) storm {
	t.Helper()
	var s storm
	var fired time.Time
	perStream := map[string]int{}
	numbers := simulate.DefaultNumbers()
	numbers.ScalerConcurrency = concurrency
	w := world(t, simulate.Options{
		Numbers: &numbers, Seed: seed,
		Hooks: simulate.Hooks{
			Transition: func(tr simulate.Transition) {
				if tr.To != scaling.StateAlarm || tr.At.Before(start.Add(calm*time.Minute)) {
					return
				}
				if fired.IsZero() {
					fired = tr.At
				}
				if tr.At.Equal(fired) {
					s.fired++
				}
			},
			Operation: func(o simulate.Operation) { s.accepted = append(s.accepted, o.At.Sub(fired)) },
		},
		Faults: simulate.Faults{After: func(c simulate.Call, err error) simulate.Fault {
			if fired.IsZero() {
				return simulate.Fault{}
			}
			switch c.API {
			case "PutMetricAlarm":
				if err == nil {
					s.alarms = c.At.Sub(fired)
				}
			case "DescribeStreamSummary":
				s.describe++
			case "UpdateShardCount":
				perStream[c.Stream]++
				s.hottest = max(s.hottest, perStream[c.Stream])
				if errors.Is(err, scaling.ErrLimitExceeded) {
					s.tooFast++
				}
			}
			return simulate.Fault{}
		}},
	})
	createStormy(t, w)
	pass(t, w, calm)
	before := len(w.DeadLetters())
	pass(t, w, 60)
	s.dead = w.DeadLetters()[before:]
	slices.Sort(s.accepted)
	for i := range stormy {
		s.sound(t, w, fmt.Sprintf("stream-%04d", i))
	}
	return s
}

// sound checks that a stream has grown once and that its alarms know.
func (s storm) sound(t *testing.T, w *simulate.World, name string) {
	t.Helper()
	item, err := w.Registry().Load(t.Context(), name)
	if err != nil || item.OpenShards != 4 || item.InFlight != nil || item.Fence < 1 {
		t.Errorf("%s: %d open shards, in flight %v, fence %d, %v", name, item.OpenShards, item.InFlight, item.Fence, err)
		return
	}
	if pair := w.Alarms(scaling.AlarmWant{Stream: name, OpenShards: 4, Settings: item.Settings}); !pair.Up.InSync || !pair.Down.InSync {
		t.Errorf("%s: its alarms do not hold 4 open shards", name)
	}
}

func (s storm) at(share float64) time.Duration {
	return s.accepted[int(share*float64(len(s.accepted)-1))].Round(time.Second)
}

// alone is what the quotas need, had everybody made just the calls that it takes: one
// DescribeStreamSummary at 20 a second and one UpdateShardCount at 10 a second for each stream.
func alone() time.Duration {
	const looks, calls = stormy * time.Second / 20, stormy * time.Second / 10
	return max(looks, calls)
}

// All scale-ups are accepted within one and a half times what the quotas alone need, none is lost,
// and nothing asks hotly: on average a stream's call is refused for speed less than once.
func TestStorm(t *testing.T) {
	race.SkipLong(t)
	s := storms(t, stormConcurrency, 1)
	t.Logf("%d alarms fired; accepted: half after %s, 99%% after %s, all %d after %s; the quotas alone need %s",
		s.fired, s.at(0.5), s.at(0.99), len(s.accepted), s.at(1), alone())
	t.Logf("all alarms hold the new shard count after %s; %d calls came too fast, at most %d for one stream; %d looks",
		s.alarms.Round(time.Second), s.tooFast, s.hottest, s.describe)
	old := predecessorStorm()
	t.Logf("the predecessor: half after %s, all %d after %s", old[len(old)/2].Round(time.Second), len(old), old[len(old)-1].Round(time.Second))
	if s.fired != stormy || len(s.accepted) != stormy || len(s.dead) > 0 {
		t.Errorf("%d alarms fired, %d scale-ups, given up %v", s.fired, len(s.accepted), s.dead)
	}
	if limit := alone() * 3 / 2; s.at(1) > limit {
		t.Errorf("all are accepted after %s, want %s", s.at(1), limit)
	}
	if s.tooFast > stormy || s.hottest > 12 {
		t.Errorf("%d calls came too fast, %d for one stream", s.tooFast, s.hottest)
	}
	if fastest := 2 * stormy * time.Second / 3; s.alarms > 2*fastest {
		t.Errorf("the alarms follow after %s, PutMetricAlarm alone needs %s", s.alarms, fastest)
	}
}

// predecessorStorm is a simple model of the same storm with the predecessor: one invocation at a time
// (reserved concurrency 1), which makes ten calls one after another for each alarm, as fast as a call
// to the model takes. What finds the function busy is tried again by Lambda as the model's messages
// are. Its own sleeps after throttling, and alarms that it loses, are left out: they make it slower.
func predecessorStorm() []time.Duration {
	const calls = 10
	work := calls * simulate.DefaultNumbers().Latency
	random := rand.New(rand.NewPCG(1, 1))
	type event struct{ at, pause time.Duration }
	queue := make([]event, stormy)
	var free time.Duration
	var done []time.Duration
	for len(queue) > 0 {
		next := 0
		for i := range queue {
			if queue[i].at < queue[next].at {
				next = i
			}
		}
		if e := &queue[next]; e.at < free {
			e.pause = min(max(2*e.pause, time.Second), 5*time.Minute)
			e.at += time.Duration((0.5 + random.Float64()/2) * float64(e.pause))
			continue
		}
		free = queue[next].at + work
		done = append(done, free)
		queue = slices.Delete(queue, next, next+1)
	}
	return done
}

// createStormy creates the streams of a storm: after a calm time all of them are full in the same minute.
func createStormy(t *testing.T, w *simulate.World) {
	t.Helper()
	for i := range stormy {
		create(t, w, simulate.StreamSpec{
			Name: fmt.Sprintf("stream-%04d", i), Shards: 2, Age: 24 * time.Hour, Tags: enabled(),
			Load: func(minute int) trace.Rate {
				if minute < calm {
					return steady(1)(minute)
				}
				return steady(1.9)(minute)
			},
		})
	}
}
