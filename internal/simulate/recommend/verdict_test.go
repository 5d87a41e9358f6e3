package recommend_test

import (
	"strings"
	"testing"

	"github.com/shardkeeper/shardkeeper/internal/simulate/recommend"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// as are settings that were judged: a policy, what it costs and refuses.
func as(policy string, cost, refused float64) recommend.Judged {
	return recommend.Judged{Rest: refused, Candidate: recommend.Candidate{Settings: scaling.Layer{"policy": policy}, Month: trial.Month{Shards: cost}}}
}

func TestTheVerdictSaysWhatDoublingCosts(t *testing.T) {
	fixed := recommend.Fixed{Shards: 57, Whole: 57, WholeMonth: trial.Month{Shards: 100}}
	compared := trial.Compared{OnDemand: trial.Month{Shards: 900}, Advantage: trial.Month{Writes: 950}}
	for name, c := range map[string]struct {
		found recommend.Found
		want  string
	}{
		"target-tracking is recommended": {
			recommend.Found{Best: []recommend.Judged{as("target-tracking", 80, 0)}, Defaults: []recommend.Judged{as("double-halve", 120, 0), as("target-tracking", 90, 0)}, Fixed: fixed},
			"; double-halve costs more than a fixed size here: tag shardkeeper:policy=target-tracking.",
		},
		"only double-halve may be used": {
			recommend.Found{Defaults: []recommend.Judged{as("double-halve", 120, 0)}, Fixed: fixed},
			"; double-halve costs more than a fixed size here: try it with --policy target-tracking.",
		},
		"double-halve is good with other settings": {
			recommend.Found{Best: []recommend.Judged{as("double-halve", 80, 0)}, Defaults: []recommend.Judged{as("double-halve", 120, 0)}, Fixed: fixed},
			"less than a fixed 57 shards and $820.00 (91 %) less than on-demand.",
		},
	} {
		c.found.Compared = compared
		if v, _ := c.found.Verdict(recommend.Search{MaxThrottled: 0.0001}); !strings.HasSuffix(v.Sentence, c.want) {
			t.Errorf("%s: %q does not end with %q", name, v.Sentence, c.want)
		}
	}
}

// A fixed size is said to refuse what it does.
func TestTheVerdictWithAHotKey(t *testing.T) {
	found := recommend.Found{
		Defaults: []recommend.Judged{as("double-halve", 120, 0.2)},
		Fixed:    recommend.Fixed{Shards: 57, Rest: 0.15, Whole: 57, WholeRefused: 0.15, WholeMonth: trial.Month{Shards: 100}},
		Compared: trial.Compared{PeakShards: 57, PeakRefused: 0.15, AlwaysRefused: 0.15, OnDemand: trial.Month{Shards: 900}, Advantage: trial.Month{Writes: 950}},
	}
	const want = "No size holds this traffic, since a key of it needs more than a shard: a fixed 57 shards refuses 15.0 %"
	if v, choice := found.Verdict(recommend.Search{MaxThrottled: 0.0001}); choice != recommend.FixedSize || !strings.HasPrefix(v.Sentence, want) {
		t.Errorf("%s: %s", choice, v.Sentence)
	}
}
