package simulate_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// The check of a first deployment, docs/deploy.md: two streams of one shard, without traffic, one of them
// with the tag and a minimum of 2. Within five minutes the tagged one has two shards, and nothing was
// done to the other.
func TestTheCheckOfAFirstDeployment(t *testing.T) {
	w := world(t, simulate.Options{})
	pass(t, w, 10) // the stack is there before the streams
	tags := map[string]string{scaling.ModeTag: string(scaling.ModeEnabled), scaling.TagPrefix + "min-shards": "2"}
	create(t, w, simulate.StreamSpec{Name: "check-tagged", Shards: 1, Tags: tags, Load: steady(0)})
	create(t, w, simulate.StreamSpec{Name: "check-untagged", Shards: 1, Load: steady(0)})
	pass(t, w, 5)
	type state struct {
		Shards   int
		Enrolled bool
		Alarms   int
	}
	got := map[string]state{}
	for _, name := range []string{"check-tagged", "check-untagged"} {
		summary, err := w.Describe(name)
		if err != nil {
			t.Fatal(err)
		}
		item, err := w.Registry().Load(t.Context(), name)
		if err != nil && !errors.Is(err, ledger.ErrNotEnrolled) {
			t.Fatal(err)
		}
		s := state{Shards: summary.OpenShards, Enrolled: item.Status == ledger.Enrolled}
		pair := w.Alarms(scaling.AlarmWant{Stream: name, OpenShards: summary.OpenShards, Settings: item.Settings})
		for _, alarm := range []scaling.AlarmStatus{pair.Up, pair.Down} {
			if alarm.Exists {
				s.Alarms++
			}
		}
		got[name] = s
	}
	want := map[string]state{"check-tagged": {2, true, 2}, "check-untagged": {1, false, 0}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
