package reconciler_test

import (
	"errors"
	"testing"
	"time"
)

// The stream shrinks by hand, the consumer is fitted, and the look is lost before it is saved. When
// the stream has grown back, the item must not say that the concurrency is still that of before.
func TestAConsumerIsFittedAfterALostLook(t *testing.T) {
	lost := errors.New("connection reset by peer")
	for name, saves := range map[string][]error{
		"its only write is lost":   {lost},
		"its second write is lost": {nil, lost},
	} {
		w := newWorld(t)
		s := w.enrolled(orders, 8, 4, "shardkeeper:consumer", "reader")
		w.due()
		w.run()
		if w.functions["reader"] != 8 {
			t.Fatalf("%s: reserved %d at first", name, w.functions["reader"])
		}
		s.OpenShards = 4
		w.due()
		w.fail["Save"] = nil
		for _, err := range saves {
			w.fail["Save"] = append(w.fail["Save"], fault{err: err, effect: err == nil})
		}
		w.run()
		s.OpenShards = 8
		for range 3 {
			w.now = w.now.Add(8 * time.Minute)
			w.run()
		}
		if w.functions["reader"] != 8 {
			t.Errorf("%s: reserved %d for 8 open shards", name, w.functions["reader"])
		}
	}
}
