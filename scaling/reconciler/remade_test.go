package reconciler_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// A stream was deleted and made again under its name, and no event tells of it, as where there is no trail. It is not
// the stream that was tagged: it goes by tags of its own from the first look on, not only from the next sweep.
func TestAStreamThatWasMadeAgainGoesByItsOwnTags(t *testing.T) {
	for name, tags := range map[string]map[string]string{
		"without a tag": {}, "with another maximum": {"shardkeeper": "enabled", "shardkeeper:max-shards": "2"},
	} {
		w := newWorld(t)
		s := w.enrolled(orders, 64, 2, "shardkeeper:min-shards", "16")
		s.CreatedAt, s.OpenShards, s.tags = w.now.Add(-time.Minute), 1, tags
		w.due()
		w.run()
		switch item := w.item(); {
		case len(tags) == 0 && (item.Status != ledger.Unenrolled || len(w.alarms) > 0):
			t.Errorf("%s: it is %s, with %d alarms", name, item.Status, len(w.alarms))
		case len(tags) > 0 && (item.Status != ledger.Enrolled || item.Settings.MaxShards != 2 || item.Settings.MinShards != 1):
			t.Errorf("%s: it is %s, with %+v", name, item.Status, item.Settings)
		}
		if asked := w.called("Tags "); len(asked) != 1 {
			t.Errorf("%s: asked for its tags %d times", name, len(asked))
		}
	}
}

// As long as its tags cannot be read, nothing is made of it, and the next run looks again.
func TestAStreamThatWasMadeAgainWaitsForItsTags(t *testing.T) {
	w := newWorld(t)
	s := w.enrolled(orders, 64, 2)
	before := w.item().CreatedAt
	s.CreatedAt, s.OpenShards, s.tags = w.now.Add(-time.Minute), 1, nil
	w.due()
	w.breaks("Tags", scaling.ErrThrottled)
	w.run()
	if item := w.item(); item.Status != ledger.Enrolled || !item.CreatedAt.Equal(before) || item.OpenShards != 64 {
		t.Errorf("item %+v", item)
	}
	for range 20 {
		w.now = w.now.Add(time.Minute)
		if w.run(); w.item().Status == ledger.Unenrolled {
			return
		}
	}
	t.Error("it stays enrolled")
}
