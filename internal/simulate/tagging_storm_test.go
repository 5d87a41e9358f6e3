package simulate_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/race"
	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// newcomers are how many streams are tagged in a storm of tags.
const newcomers = 1000

// Streams that are tagged by the hundred share five ListTagsForStream calls a second. All are enrolled within minutes: their
// events wait for their turn, and are not given up. With the few enrollers that the parameter EnrollerConcurrency reserves none is
// lost, however fast they come; without it none of 250 a minute. What is given up is found by the sweep of the hour.
func TestAStormOfTags(t *testing.T) {
	if testing.Short() {
		t.Skip("a fleet takes a while")
	}
	race.SkipLong(t)
	all := simulate.DefaultNumbers().Concurrency
	for _, most := range []struct{ reserved, perMinute, lost, minutes int }{
		{10, 250, 0, 10},
		{10, newcomers, 0, 10},
		{all, 250, 5, 12},
		{all, newcomers, newcomers / 2, 70},
	} {
		t.Run(fmt.Sprintf("%d enrollers at once, %d a minute", most.reserved, most.perMinute), func(t *testing.T) {
			t.Parallel()
			numbers := simulate.DefaultNumbers()
			numbers.EnrollerConcurrency = most.reserved
			w := world(t, simulate.Options{Numbers: &numbers, Seed: 1})
			for i := range newcomers {
				create(t, w, simulate.StreamSpec{Name: newcomer(i), Shards: 2, Age: 24 * time.Hour, Load: steady(1)})
			}
			pass(t, w, 65) // a sweep is over, and the next is far
			before := len(w.DeadLetters())
			minutes := 0
			for tagged := 0; enrolled(t, w) < newcomers; minutes++ {
				if minutes > most.minutes {
					t.Fatalf("%d of %d streams are enrolled after %d minutes", enrolled(t, w), newcomers, minutes)
				}
				for ; tagged < min(newcomers, (minutes+1)*most.perMinute); tagged++ {
					if err := w.Tag(newcomer(tagged), enabled()); err != nil {
						t.Fatal(err)
					}
				}
				pass(t, w, 1)
			}
			lost := len(w.DeadLetters()) - before
			t.Logf("all are enrolled after %d minutes; %d events were given up", minutes, lost)
			if lost > most.lost {
				t.Errorf("%d events were given up, want %d at most", lost, most.lost)
			}
		})
	}
}

func newcomer(i int) string { return fmt.Sprintf("stream-%04d", i) }

// enrolled is how many of the newcomers are.
func enrolled(t *testing.T, w *simulate.World) int {
	t.Helper()
	n := 0
	for i := range newcomers {
		if item, err := w.Registry().Load(t.Context(), newcomer(i)); err == nil && item.Status == ledger.Enrolled {
			n++
		}
	}
	return n
}
