package trial_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// loaded is a stream of usual keys, and one more with a part of the load, under a load by minute.
func loaded(t *testing.T, hours, start int, hotKey float64, set scaling.Layer, load func(minute int) float64) *trial.Result {
	t.Helper()
	p := keys(t, "typical")
	p.HotKey = hotKey
	tr := trace.Trace{Start: monday}
	for m := range hours * 60 {
		records := scaling.RecordsPerShard * load(m) * (1 + 0.03*float64((m*7919)%13-6)/6) // as minutes differ, by 3 %
		tr.Minutes = append(tr.Minutes, trace.Rate{Records: records, Bytes: 300 * records})
	}
	got, err := trial.Run(t.Context(), trial.Spec{Trace: tr, Settings: set, Spread: p.Spread(), StartShards: start})
	if err != nil {
		t.Fatal(err)
	}
	return &got
}

// daily is a load of days and nights about a mean.
func daily(mean, swing float64) func(minute int) float64 {
	return func(minute int) float64 {
		return mean * (1 - swing*math.Cos(2*math.Pi*float64(minute)/trial.MinutesOfDay))
	}
}

// A key of a thirtieth of the load refuses records at the day's height alone. Growing helped once, and may not be believed for ever.
func TestAWarmKeyOfDaysAndNightsIsNoRunaway(t *testing.T) {
	for _, c := range []struct {
		policy              scaling.Policy
		mean, swing, hotKey float64
	}{
		{scaling.DoubleHalve, 30, 0.6, 0.03},
		{scaling.DoubleHalve, 24, 0.3, 0.04},
		{scaling.TargetTracking, 24, 0.4, 0.04},
		{scaling.TargetTracking, 22, 0.6, 0.04},
	} {
		set := scaling.Layer{"policy": string(c.policy)}
		usual, got := loaded(t, 72, 0, 0, set, daily(c.mean, c.swing)), loaded(t, 72, 0, c.hotKey, set, daily(c.mean, c.swing))
		if got.HighestShards > 4*usual.HighestShards || got.Usage.ShardHours() > 3*usual.Usage.ShardHours() {
			t.Errorf("%s, a load about %v, a key of %v: up to %d shards and %.0f shard-hours; without the key %d and %.0f",
				c.policy, c.mean, c.hotKey, got.HighestShards, got.Usage.ShardHours(), usual.HighestShards, usual.Usage.ShardHours())
		}
	}
}

// A load that rises on in the minute after a hot key was suspected is heard, though the alarm was in ALARM for the refusals.
func TestACrowdAfterASuspicionIsHeard(t *testing.T) {
	for _, policy := range scaling.Policies() {
		got := loaded(t, 48, 8, 0.25, scaling.Layer{"policy": string(policy), "min-shards": "8"}, func(m int) float64 {
			switch {
			case m == 1600:
				return 4.5
			case m > 1600 && m < 1600+16*60:
				return 12
			}
			return 2
		})
		if got.HighestShards < 16 {
			t.Errorf("%s: %d shards at most, and %.1f %% of all records refused; holds %v", policy, got.HighestShards, 100*got.Usage.ThrottledShare(), got.Holds())
		}
	}
}

// Who lowers the scale-up threshold wants shards earlier, and not the day's operations spent on one shard each.
func TestALowerThresholdSpendsNoMoreOperations(t *testing.T) {
	for _, threshold := range []string{"0.7", "0.6", "0.5"} {
		got := loaded(t, 24*5, 0, 0, scaling.Layer{"policy": "target-tracking", "scale-up-threshold": threshold}, daily(12, 2.0/3))
		single := 0
		for _, op := range got.Operations {
			if op.From >= 8 && op.To == op.From+1 {
				single++
			}
		}
		if single > 2 || len(got.Operations) > 9*5 {
			t.Errorf("scale-up-threshold %s: %d operations in five days, %d of them by one shard", threshold, len(got.Operations), single)
		}
	}
}

// A size that refused records is not made again, three hours after growing has helped, under the same load.
func TestAGrowthThatHelpedIsKept(t *testing.T) {
	for _, c := range []struct {
		policy scaling.Policy
		load   float64
	}{{scaling.TargetTracking, 14}, {scaling.TargetTracking, 16}, {scaling.TargetTracking, 18}, {scaling.DoubleHalve, 24}} {
		got := loaded(t, 5*24, 40, 0.04, scaling.Layer{"policy": string(c.policy)}, func(int) float64 { return c.load })
		undone := 0
		for i, op := range got.Operations[min(1, len(got.Operations)):] {
			if last := got.Operations[i]; last.To < last.From && op.To > op.From && op.At.Sub(last.At) < 15*time.Minute {
				undone++
			}
		}
		if undone > 4 {
			t.Errorf("%s, a level load of %v: %d operations in five days, and %d scale-downs undone within a quarter of an hour", c.policy, c.load, len(got.Operations), undone)
		}
	}
}

// A load that stays between the two thresholds sets off no alarm, so nobody learned how much less the stream can use: it
// refused half a percent for ever.
func TestALevelLoadThatRefusesIsLearned(t *testing.T) {
	for _, c := range []struct {
		policy scaling.Policy
		keys   string
		load   float64
	}{
		{scaling.DoubleHalve, "skewed", 26},
		{scaling.DoubleHalve, "spiky", 28},
		{scaling.TargetTracking, "typical", 14},
		{scaling.TargetTracking, "skewed", 18},
		{scaling.TargetTracking, "spiky", 22},
	} {
		tr := trace.Trace{Start: monday, Minutes: slices.Repeat([]trace.Rate{{Records: 1000 * c.load, Bytes: 400_000 * c.load}}, 5*trial.MinutesOfDay)}
		got, err := trial.Run(t.Context(), trial.Spec{
			Trace: tr, StartShards: 40, Settings: scaling.Layer{"policy": string(c.policy)}, Spread: keys(t, c.keys).Spread(), Buckets: 5,
		})
		if err != nil {
			t.Fatal(err)
		}
		days := got.Timeline.Buckets
		if last := days[len(days)-1]; last.Refused > 0.001*last.Sent {
			t.Errorf("%s, %s: on its last day %.5f of a load of %v is refused by %d shards", c.policy, c.keys, last.Refused/last.Sent, c.load, last.LastShards)
		}
		if got.HighestShards > 80 {
			t.Errorf("%s, %s: it grows to %d shards", c.policy, c.keys, got.HighestShards)
		}
	}
}

// A stream that is silent for six hours, since its producers are down, was halved to one shard by then, and had used up its operations
// when they came back with what they had kept: it refused most records for eighteen hours.
func TestAnOutageLeavesTheWayBack(t *testing.T) {
	for _, policy := range scaling.Policies() {
		got := loaded(t, 72, 0, 0, scaling.Layer{"policy": string(policy)}, func(m int) float64 {
			switch down := 34 * 60; { // from ten in the morning of the second day on
			case m >= down && m < down+6*60:
				return 0
			case m >= down+6*60 && m < down+8*60:
				return 40
			}
			return daily(12.5, 0.6)(m)
		})
		if refused := got.Usage.ThrottledShare(); refused > 0.012 {
			t.Errorf("%s: %.4f of three days is refused", policy, refused)
		}
	}
}
