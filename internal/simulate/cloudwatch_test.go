package simulate_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// transitions are those of an alarm as "minute from to".
func transitions(l log, alarm string) []string {
	var all []string
	for _, x := range l.transitions {
		if x.Alarm == alarm {
			all = append(all, x.At.Sub(start).Truncate(time.Minute).String()+" "+string(x.From)+" "+string(x.To))
		}
	}
	return all
}

// "An alarm invokes actions only when the alarm changes state": a stream at its maximum is full for
// hours, and the scaler hears of it once.
func TestAlarmsNotifyOnlyWhenTheyChange(t *testing.T) {
	var seen log
	w := world(t, simulate.Options{Hooks: seen.hooks()})
	tags := enabled()
	tags[scaling.TagPrefix+"max-shards"] = "2"
	create(t, w, simulate.StreamSpec{Shards: 2, Age: 24 * time.Hour, Tags: tags, Load: steady(1.9)})
	pass(t, w, 300)
	heard := 0
	for _, r := range seen.reports {
		if r.Function == simulate.Scaler {
			heard++
		}
	}
	want := []string{"1m0s INSUFFICIENT_DATA ALARM"}
	if diff := cmp.Diff(want, transitions(seen, "orders-scale-up")); diff != "" || heard != 1 {
		t.Errorf("the scaler was called %d times\n%s", heard, diff)
	}
}

// A stream without traffic publishes no IncomingBytes and IncomingRecords. The scale-up alarm, which
// fills nothing in, stays OK; the scale-down alarm goes off, and the stream shrinks to its minimum.
func TestAStreamWithoutTrafficShrinks(t *testing.T) {
	w := world(t, simulate.Options{})
	create(t, w, simulate.StreamSpec{Shards: 8, Age: 24 * time.Hour, Tags: enabled()})
	pass(t, w, 300)
	sizes := []int{8}
	for _, o := range w.Operations() {
		sizes = append(sizes, o.To)
	}
	if diff := cmp.Diff([]int{8, 4, 2, 1}, sizes); diff != "" {
		t.Error(diff)
	}
}

// A metric is seen when its minute is over, and with MetricDelay 3 two minutes later: so much later
// the alarm goes off.
func TestMetricDelay(t *testing.T) {
	for delay, want := range map[int]int{1: 13, 3: 15} {
		numbers := simulate.DefaultNumbers()
		numbers.MetricDelay = delay
		w := world(t, simulate.Options{Numbers: &numbers})
		create(t, w, simulate.StreamSpec{Shards: 4, Age: 24 * time.Hour, Tags: enabled(), Load: func(minute int) trace.Rate {
			if minute < 10 {
				return steady(2)(minute)
			}
			return steady(3.9)(minute)
		}})
		pass(t, w, 20)
		if got := changes(w); len(got) != 1 || got[0][0] != want {
			t.Errorf("delay %d: %v, want one at minute %d", delay, got, want)
		}
	}
}

// Consumers that are behind hold the scale-down alarm; so do those with enhanced fan-out, when the
// settings name them.
func TestIteratorAgeHoldsAScaleDown(t *testing.T) {
	slow := func(c simulate.Consumer) simulate.Consumer {
		c.RecordsPerSecond = 100 // of 250 a second that come in for each of four shards
		return c
	}
	for name, test := range map[string]struct {
		consumer simulate.Consumer
		tags     map[string]string
		shrinks  bool
	}{
		"nobody reads":              {simulate.Consumer{}, nil, true},
		"a consumer that keeps up":  {simulate.Consumer{Polls: true}, nil, true},
		"a slow consumer":           {slow(simulate.Consumer{Polls: true}), nil, false},
		"slow fan-out, not named":   {slow(simulate.Consumer{FanOut: []string{"audit"}}), nil, true},
		"slow fan-out, named":       {slow(simulate.Consumer{FanOut: []string{"audit"}}), map[string]string{"shardkeeper:fan-out-consumers": "audit"}, false},
		"fan-out of another, named": {simulate.Consumer{FanOut: []string{"audit"}}, map[string]string{"shardkeeper:fan-out-consumers": "other"}, true},
	} {
		tags := enabled()
		maps.Copy(tags, test.tags)
		w := world(t, simulate.Options{})
		create(t, w, simulate.StreamSpec{Shards: 4, Tags: tags, Consumer: test.consumer, Load: func(minute int) trace.Rate {
			if minute < 60 {
				return steady(2)(minute)
			}
			return steady(0.8)(minute)
		}})
		pass(t, w, 240)
		if shrunk := slices.ContainsFunc(w.Operations(), func(o simulate.Operation) bool { return o.To < o.From }); shrunk != test.shrinks {
			t.Errorf("%s: shrunk %v, want %v", name, shrunk, test.shrinks)
		}
	}
}

// The reserved concurrency of the consumer goes up with the shards at once, and down when the stream
// is ACTIVE with fewer.
func TestConsumerConcurrencyFollows(t *testing.T) {
	tags := enabled()
	tags["shardkeeper:consumer"], tags["shardkeeper:consumer-concurrency-per-shard"] = "orders-consumer", "2"
	var seen []string
	var w *simulate.World
	w = world(t, simulate.Options{Hooks: simulate.Hooks{Minute: func(m simulate.Minute) {
		reserved, set := w.Reserved("orders-consumer")
		if at := reserved >= 2*m.OpenShards; set && !at {
			seen = append(seen, m.At.Format(time.TimeOnly))
		}
	}}})
	create(t, w, simulate.StreamSpec{
		Shards: 4, Age: 24 * time.Hour, Tags: tags, Load: dayCurve(1, 20), Consumer: simulate.Consumer{Polls: true, Function: "orders-consumer", RecordsPerSecond: 600},
	})
	pass(t, w, 2*1440)
	if len(seen) > 0 {
		t.Errorf("fewer than two for each open shard at %v", seen)
	}
	summary, err := w.Describe("orders")
	if reserved, set := w.Reserved("orders-consumer"); err != nil || !set || reserved != 2*summary.OpenShards {
		t.Errorf("reserved %d for %d open shards, %v", reserved, summary.OpenShards, err)
	}
}
