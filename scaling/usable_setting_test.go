package scaling_test

import (
	"testing"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// The setting usable-share counts in place of what was learned, in a threshold as in a plan.
func TestTheSettingCountsInPlaceOfWhatWasLearned(t *testing.T) {
	s, learned := scaling.Defaults(scaling.TargetTracking), scaling.UsableShare{Start: 0.9}
	if got := s.Usable(learned, 1); got != 0.9 {
		t.Errorf("without the setting %v, want what was learned", got)
	}
	s.UsableShare = 0.6
	for _, shards := range []float64{1, 40} {
		if got := s.Usable(learned, shards); got != 0.6 {
			t.Errorf("at %v shards %v, want the setting", shards, got)
		}
	}
	size := func(share float64) int {
		s.UsableShare = share
		o := refusing(16, 15.5, 0, noon())
		o.Usable = learned
		return scaling.Decide(noon(), s, o, nil).Target
	}
	if low, high := size(0.6), size(1); low <= high || high < 16 {
		t.Errorf("a plan of %d shards that can use 0.6, of %d that can use all", low, high)
	}
}
