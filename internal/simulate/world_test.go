package simulate_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/internal/race"
	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
)

var start = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

// enabled are the tags of a stream that is to be enrolled.
// enabled are tags with the tests' own numbers: defaults may change.
func enabled() map[string]string {
	tags := map[string]string{scaling.ModeTag: string(scaling.ModeEnabled)}
	for key, value := range map[string]string{
		"scale-up-threshold": "0.75", "scale-up-period-minutes": "1", "scale-up-evaluation-periods": "5", "scale-up-datapoints-to-alarm": "3",
		"scale-down-threshold": "0.25", "scale-down-period-minutes": "5", "scale-down-evaluation-periods": "12", "scale-down-datapoints-to-alarm": "11",
		"scale-down-cooldown-minutes": "10", "scale-up-reserve": "3", "calm-minutes": "0",
	} {
		tags[scaling.TagPrefix+key] = value
	}
	return tags
}

// steady is a load that fills a number of shards, all the time.
func steady(shards float64) simulate.Load {
	return func(int) trace.Rate { return trace.Rate{Records: shards * 1000, Bytes: shards * 600_000} }
}

// dayCurve is a load between low and high shards, highest at noon.
func dayCurve(low, high float64) simulate.Load {
	return func(minute int) trace.Rate {
		return steady(low + (high-low)*(1-math.Cos(2*math.Pi*float64(minute)/1440))/2)(0)
	}
}

// log collects what a world tells.
type log struct {
	minutes     []simulate.Minute
	transitions []simulate.Transition
	reports     []simulate.Report
}

func (l *log) hooks() simulate.Hooks {
	return simulate.Hooks{
		Minute:     func(m simulate.Minute) { l.minutes = append(l.minutes, m) },
		Transition: func(t simulate.Transition) { l.transitions = append(l.transitions, t) },
		Report:     func(r simulate.Report) { l.reports = append(l.reports, r) },
	}
}

// world returns a world that is closed when the test ends.
func world(t *testing.T, o simulate.Options) *simulate.World {
	t.Helper()
	o.Start = start
	w := simulate.New(o)
	t.Cleanup(w.Close)
	return w
}

func create(t *testing.T, w *simulate.World, spec simulate.StreamSpec) {
	t.Helper()
	if spec.Name == "" {
		spec.Name = "orders"
	}
	if err := w.CreateStream(spec); err != nil {
		t.Fatal(err)
	}
}

func pass(t *testing.T, w *simulate.World, minutes int) {
	t.Helper()
	if err := w.Run(t.Context(), minutes); err != nil {
		t.Fatal(err)
	}
}

// changes are the accepted calls as minute, from, to.
func changes(w *simulate.World) [][3]int {
	var all [][3]int
	for _, o := range w.Operations() {
		all = append(all, [3]int{o.Minute, o.From, o.To})
	}
	return all
}

// The order within a minute, by a stream that is full from minute 10 on. The metrics of minutes 10,
// 11 and 12 are seen at minute 13: three of five datapoints breach, the alarm goes off, the scaler
// calls, all at minute 13. From 4 to 8 takes 1 + ceil(4/30) = 2 minutes, so that minute 15 is the
// first with 8 open shards.
func TestMinuteOrder(t *testing.T) {
	var seen log
	w := world(t, simulate.Options{Hooks: seen.hooks()})
	create(t, w, simulate.StreamSpec{Shards: 4, Age: 24 * time.Hour, Tags: enabled(), Load: func(minute int) trace.Rate {
		if minute < 10 {
			return steady(2)(minute)
		}
		return steady(3.5)(minute)
	}})
	pass(t, w, 30)
	if diff := cmp.Diff([][3]int{{13, 4, 8}}, changes(w)); diff != "" {
		t.Error(diff)
	}
	up := seen.transitions[len(seen.transitions)-1]
	for _, x := range seen.transitions {
		if x.To == scaling.StateAlarm {
			up = x
		}
	}
	if want := start.Add(13 * time.Minute); !up.At.Equal(want) || up.Alarm != "orders-scale-up" {
		t.Errorf("the alarm went off: %v, want at %v", up, want)
	}
	for _, m := range seen.minutes {
		minute := int(m.At.Sub(start) / time.Minute)
		want, status := 4, scaling.StatusActive
		if minute >= 15 {
			want = 8
		}
		if minute == 13 || minute == 14 {
			status = scaling.StatusUpdating
		}
		if m.OpenShards != want || m.Status != status {
			t.Errorf("minute %d: %d open shards, %s; want %d, %s", minute, m.OpenShards, m.Status, want, status)
		}
	}
}

// A resharding takes 1 + ceil(|from - to| / 30) minutes.
func TestReshardTime(t *testing.T) {
	for _, test := range []struct{ from, to, minutes int }{
		{1, 2, 2}, {30, 60, 2}, {31, 62, 3}, {60, 30, 2}, {100, 200, 5}, {61, 31, 2}, {62, 31, 3},
	} {
		w := world(t, simulate.Options{})
		create(t, w, simulate.StreamSpec{Shards: test.from, Age: time.Hour})
		pass(t, w, 1)
		if err := w.Reshard("orders", test.to, "somebody"); err != nil {
			t.Fatal(err)
		}
		took := 0
		for ; took < 100; took++ {
			if s, err := w.Describe("orders"); err != nil || s.Status == scaling.StatusActive && s.OpenShards == test.to {
				break
			}
			pass(t, w, 1)
		}
		// The call is made at the end of minute 0, which is minute 1; the change shows in the step
		// of the minute that it ends with.
		if took != test.minutes+1 {
			t.Errorf("%d to %d took %d minutes, want %d", test.from, test.to, took-1, test.minutes)
		}
	}
}

func TestTheSameWorldTwice(t *testing.T) {
	race.SkipLong(t)
	play := func(seed uint64) (told []string) {
		w := world(t, simulate.Options{Seed: seed, Hooks: simulate.Hooks{
			Report:     func(r simulate.Report) { told = append(told, fmt.Sprint(r)) },
			Transition: func(x simulate.Transition) { told = append(told, fmt.Sprint(x)) },
			Operation:  func(o simulate.Operation) { told = append(told, fmt.Sprint(o)) },
			Minute:     func(m simulate.Minute) { told = append(told, fmt.Sprint(m)) },
		}})
		for i := range 60 { // enough that calls are throttled, and tried again at random
			create(t, w, simulate.StreamSpec{
				Name: fmt.Sprintf("stream-%d", i), Shards: 2 + i%3, Age: 4 * time.Hour, Tags: enabled(), Load: dayCurve(1, 5),
			})
		}
		pass(t, w, 300)
		return told
	}
	first := play(1)
	if diff := cmp.Diff(first, play(1)); diff != "" {
		t.Error(diff)
	}
	if cmp.Equal(first, play(2)) {
		t.Error("another seed gave the same")
	}
}

func TestRunStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	minutes := 0
	w := world(t, simulate.Options{Hooks: simulate.Hooks{Minute: func(simulate.Minute) {
		if minutes++; minutes == 3 {
			cancel()
		}
	}}})
	create(t, w, simulate.StreamSpec{Shards: 1})
	if err := w.Run(ctx, 10); !errors.Is(err, context.Canceled) || w.Now() != start.Add(3*time.Minute) {
		t.Errorf("after %v of ten minutes: %v", w.Now().Sub(start), err)
	}
	pass(t, w, 1) // and goes on
	if minutes != 4 {
		t.Errorf("%d minutes passed, want 4", minutes)
	}
}
