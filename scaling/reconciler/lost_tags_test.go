package reconciler_test

import (
	"maps"
	"testing"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// An item that has lost its tags, by somebody's hand, keeps its stream enrolled and its alarms: the stream itself is asked
// before it is let go of. One that cannot be asked stays as it is, and is asked again.
func TestAnItemThatLostItsTags(t *testing.T) {
	for name, tags := range map[string]scaling.Layer{"gone": nil, "a key less": {"max-shards": "64"}, "another stack's": {"mode": "enabled", "stack": "blue"}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.enrolled(orders, 4, 2, "shardkeeper:max-shards", "64")
			w.change(func(s *ledger.Item) { s.Tags, s.DueAt = tags, w.now })
			w.breaks("Tags", scaling.ErrThrottled)
			for range 10 {
				w.minute()
				if item := w.item(); item.Status != ledger.Enrolled || len(w.alarms) != 2 {
					t.Fatalf("%s, with %d alarms\n%s", item.Status, len(w.alarms), w.show())
				}
			}
			if item := w.item(); !maps.Equal(item.Tags, scaling.Layer{"mode": "enabled", "max-shards": "64"}) {
				t.Errorf("tags %v", item.Tags)
			}
		})
	}
}
