package verdict_test

import (
	"testing"

	"github.com/shardkeeper/shardkeeper/internal/simulate/verdict"
	"github.com/shardkeeper/shardkeeper/scaling"
)

func TestDoublingThatLosesIsTold(t *testing.T) {
	fixed := verdict.Fixed(4, 100, 0)
	way := func(name string, policy scaling.Policy, cost, refused float64) verdict.Way {
		return verdict.Way{Name: name, Advice: "Autoscale with " + name, Cost: cost, Refused: refused, Scaled: true, Policy: policy}
	}
	double := func(cost, refused float64) verdict.Way {
		return way("double-halve", scaling.DoubleHalve, cost, refused)
	}
	tracking := func(cost, refused float64) verdict.Way {
		return way("target-tracking", scaling.TargetTracking, cost, refused)
	}
	for name, test := range map[string]struct {
		ways []verdict.Way
		want string
	}{
		"target-tracking was not played": {
			[]verdict.Way{fixed, double(120, 0)},
			"Keep a fixed 4 shards: $100.00 a month, $20.00 (16 %) less than double-halve; double-halve costs more than a fixed size here: try it with --policy target-tracking.",
		},
		"target-tracking wins": {
			[]verdict.Way{fixed, double(120, 0), tracking(80, 0)},
			"Autoscale with target-tracking: $80.00 a month, $20.00 (20 %) less than a fixed 4 shards; double-halve costs more than a fixed size here: tag shardkeeper:policy=target-tracking.",
		},
		"target-tracking loses too": {
			[]verdict.Way{fixed, double(120, 0), tracking(110, 0)},
			"Keep a fixed 4 shards: $100.00 a month, $10.00 (9 %) less than target-tracking; double-halve costs more than a fixed size here, and target-tracking is no better: do not enroll the stream.",
		},
		"target-tracking refuses too much": {
			[]verdict.Way{fixed, double(120, 0), tracking(80, 0.1)},
			"Keep a fixed 4 shards: $100.00 a month, $20.00 (16 %) less than double-halve; double-halve costs more than a fixed size here, and target-tracking is no better: do not enroll the stream.",
		},
		"doubling that refuses too much is no proof": {
			[]verdict.Way{fixed, double(90, 0.1), double(120, 0), tracking(80, 0)},
			"Autoscale with target-tracking: $80.00 a month, $20.00 (20 %) less than a fixed 4 shards; double-halve costs more than a fixed size here: tag shardkeeper:policy=target-tracking.",
		},
		"doubling pays": {
			[]verdict.Way{fixed, double(90, 0)},
			"Autoscale with double-halve: $90.00 a month, $10.00 (10 %) less than a fixed 4 shards.",
		},
		"doubling was not played": {
			[]verdict.Way{fixed, tracking(90, 0)},
			"Autoscale with target-tracking: $90.00 a month, $10.00 (10 %) less than a fixed 4 shards.",
		},
		"on-demand is best": {
			[]verdict.Way{fixed, {Name: "on-demand", Advice: "Use on-demand", Cost: 50}, double(120, 0)},
			"Use on-demand: $50.00 a month, $50.00 (50 %) less than a fixed 4 shards and $70.00 (58 %) less than double-halve.",
		},
	} {
		if v := verdict.Of(test.ways, 0.01).WithDoubling(test.ways, nil, 0.01); v.Sentence != test.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, v.Sentence, test.want)
		}
	}
}

// With a hot key all sizes lose about as much: then there is nothing to win, and the cheapest is named.
func TestNoSizeHoldsATrafficWithAHotKey(t *testing.T) {
	ways := []verdict.Way{verdict.Fixed(57, 100, 0.153), {Name: "on-demand", Advice: "Use on-demand", Cost: 900, Refused: 0.15}}
	v := verdict.Of(ways, 0.0001)
	if want := "No size holds this traffic, since a key of it needs more than a shard: a fixed 57 shards refuses 15.3 %, no way much less, and costs $100.00 a month."; v.Sentence != want || v.Best != 0 {
		t.Errorf("way %d, %s", v.Best, v.Sentence)
	}
}
