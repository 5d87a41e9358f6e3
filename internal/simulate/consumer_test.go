package simulate_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
)

// Somebody sets the consumer's reservation, as an update of its own stack does: it is set back, but for 0,
// which stops a function on purpose.
func TestAConsumerThatSomebodyReservesForByHand(t *testing.T) {
	for byHand, want := range map[int]int{1: 8, 20: 8, -1: 8, 0: 0} {
		w := simulate.New(simulate.Options{Start: start})
		t.Cleanup(w.Close)
		tags := enabled()
		tags["shardkeeper:consumer"] = "reader"
		err := w.CreateStream(simulate.StreamSpec{
			Name: "orders", Shards: 8, Age: 5 * time.Hour, Tags: tags, Load: steady(4.5),
			Consumer: simulate.Consumer{Polls: true, Function: "reader", RecordsPerSecond: 900},
		})
		if err != nil {
			t.Fatal(err)
		}
		run(t, w, 60)
		if before, set := w.Reserved("reader"); before != 8 || !set {
			t.Fatalf("reserved %d (%t) at first, want 8", before, set)
		}
		if err := w.Reserve("reader", byHand); err != nil {
			t.Fatal(err)
		}
		run(t, w, 20)
		if after, _ := w.Reserved("reader"); after != want {
			t.Errorf("%d by hand (-1: none): %d after 20 minutes, want %d", byHand, after, want)
		}
	}
}
