package faults_test

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/shardkeeper/shardkeeper/internal/race"
	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/simulate/faults"
)

var (
	seeds = flag.Int("seeds", 100, "how many seeds to run")
	seed  = flag.Uint64("seed", 1, "the first seed")
	long  = flag.Int("long", 2, "how many seeds to run for days")
	fleet = flag.Int("fleet", 200, "how many streams the test of a fleet has")
)

// total is what many runs came to.
type total struct {
	sync.Mutex

	kinds, states    map[string]int
	accepted, byHand int
	failed           []uint64
}

func (s *total) add(r faults.Result) {
	s.Lock()
	defer s.Unlock()
	for kind, n := range r.Kinds {
		s.kinds[kind] += n
	}
	for state, n := range r.States {
		s.states[state] += n
	}
	s.accepted, s.byHand = s.accepted+r.Accepted, s.byHand+r.ByHand
}

// runSeeds runs seeds until one breaks a promise, on all cores, and returns what they came to and
// the lowest seed that failed among those that were run.
func runSeeds(t *testing.T, first uint64, n int, altered simulate.Altered) *total {
	t.Helper()
	sum := &total{kinds: map[string]int{}, states: map[string]int{}}
	var next atomic.Int64
	var stop atomic.Bool
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := next.Add(1) - 1; i < int64(n) && !stop.Load(); i = next.Add(1) - 1 {
				s := first + uint64(i)
				result, err := faults.Run(t.Context(), faults.NewPlan(s), faults.Options{Altered: altered})
				if err != nil {
					t.Error(err)
					return
				}
				sum.add(result)
				if result.Violation != nil {
					stop.Store(true)
					sum.Lock()
					sum.failed = append(sum.failed, s)
					sum.Unlock()
				}
			}
		})
	}
	workers.Wait()
	slices.Sort(sum.failed)
	return sum
}

// Every seed keeps every promise.
func TestSeeds(t *testing.T) {
	sum := runSeeds(t, *seed, *seeds, simulate.Altered{})
	t.Logf("%d seeds from %d: %d operations accepted, %d by hand", *seeds, *seed, sum.accepted, sum.byHand)
	for _, kind := range slices.Sorted(maps.Keys(sum.kinds)) {
		t.Logf("%8d  %s", sum.kinds[kind], kind)
	}
	for _, state := range faults.RareStates() {
		t.Logf("%8d  %s", sum.states[state], state)
		if sum.states[state] == 0 && *seeds >= 2000 && len(sum.failed) == 0 {
			t.Errorf("in %d seeds never: %s", *seeds, state)
		}
	}
	if len(sum.failed) > 0 && testing.Short() { // the promise is enough
		result, err := faults.Run(t.Context(), faults.NewPlan(sum.failed[0]), faults.Options{})
		t.Fatal("seed ", sum.failed[0], ": ", result.Violation, err)
	}
	if len(sum.failed) > 0 {
		t.Error(story(t.Context(), sum.failed[0], simulate.Altered{}))
	}
}

// story tells why a seed fails, with as few faults as it takes.
func story(ctx context.Context, s uint64, altered simulate.Altered) string {
	plan, options := faults.NewPlan(s), faults.Options{Altered: altered} //nolint:contextcheck // the plan has no context, its run does
	failed, err := faults.Run(ctx, plan, options)
	if err != nil || failed.Violation == nil {
		return fmt.Sprintf("seed %d fails only sometimes: %v", s, err)
	}
	shrunk, err := faults.Shrink(ctx, plan, options, failed)
	if err != nil {
		return fmt.Sprintf("seed %d: %v\n%v", s, failed.Violation, err)
	}
	return fmt.Sprintf("%v\n%v\nof %d faults these are enough:\n%s\nrun it alone: go test ./internal/simulate/faults -run TestSeeds -seeds 1 -seed %d -v",
		failed.Violation, plan, len(failed.Faults), strings.Join(shrunk.Story, "\n"), s)
}

// Days in a row keep every promise too: what is left of one trouble meets the next, and slots come free again.
func TestDays(t *testing.T) {
	race.SkipLong(t)
	for s := *seed; s < *seed+uint64(*long); s++ {
		result, err := faults.Run(t.Context(), faults.NewLong(s, 5), faults.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if result.Violation != nil {
			t.Errorf("seed %d: %v", s, result.Violation)
		}
		t.Logf("seed %d: %d operations, %d by hand, %d faults", s, result.Accepted, result.ByHand, len(result.Faults))
	}
}

// Many streams in one run keep every promise too.
func TestFleet(t *testing.T) {
	race.SkipLong(t)
	plan := faults.NewFleet(*seed, *fleet)
	result, err := faults.Run(t.Context(), plan, faults.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if result.Violation != nil {
		t.Error(result.Violation)
	}
	t.Logf("%d operations, %d by hand, %d faults", result.Accepted, result.ByHand, len(result.Faults))
	if result.Accepted < *fleet/2 || len(result.Faults) < *fleet {
		t.Errorf("%d operations, %d faults: too few to tell", result.Accepted, len(result.Faults))
	}
}
