package scaling_test

import (
	"strings"
	"testing"
	"time"

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

// Who reads why a stream was scaled at 0.7 of its limits, or was not, is told what it can use of them.
func TestTheTrailNamesTheUsableShare(t *testing.T) {
	learned := func(in *input) { in.o.Usable = scaling.UsableShare{Start: 0.8} }
	nominal := func(in *input) { in.s.NominalThresholds = scaling.NominalBoth }
	for name, c := range map[string]struct {
		in   input
		want string
	}{
		"a doubling that a lower threshold asked for":   {asked(scaling.Up, 4, 0.7).with(learned), "(0.70 of bytes, usable 0.78); doubled"},
		"one at the nominal threshold":                  {asked(scaling.Up, 4, 0.8).with(learned), "(0.80 of bytes); doubled"},
		"not as full as a doubling wants":               {asked(scaling.Up, 4, 0.5).with(learned), "(0.50 of bytes, usable 0.78); utilization_not_high (fewer than 3 of 5 datapoints at or above 0.589)"},
		"not as low as a halving wants":                 {asked(scaling.Down, 4, 0.24).with(learned), "datapoints below 0.196, usable 0.78)"},
		"a stream that can use all":                     {asked(scaling.Up, 4, 0.5), "datapoints at or above 0.75)"},
		"thresholds that are shares of the nominal one": {asked(scaling.Up, 4, 0.5).with(learned).with(nominal), "datapoints at or above 0.75)"},
		"a plan": {tracked(noon(), scaling.Up, 4, flow(noon(), 3*time.Hour, always(4))).with(learned), "; 8 shards can use 0.77 of their limits; "},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.in.decide().Reasons.String(); !strings.Contains(got, c.want) {
				t.Errorf("%s, want %s in it", got, c.want)
			}
		})
	}
}
