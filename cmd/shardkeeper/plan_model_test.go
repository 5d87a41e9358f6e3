package main

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/trace"
)

// A plan from 8 to 64 shards, made at noon for five o'clock, is there in time in the model and not an hour earlier, stays for
// its two hours, and is over after them.
func TestAPlanIsThereInTime(t *testing.T) {
	var open []int // shards, minute by minute
	d := &day{t: t, w: simulate.New(simulate.Options{
		Start: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC),
		Hooks: simulate.Hooks{Minute: func(m simulate.Minute) { open = append(open, m.OpenShards) }},
	})}
	t.Cleanup(d.w.Close)
	load := func(int) trace.Rate { return trace.Rate{Records: 5000, Bytes: 500_000} }
	if err := d.w.CreateStream(simulate.StreamSpec{Name: "orders", Shards: 8, Load: load, Age: 24 * time.Hour, Tags: map[string]string{"shardkeeper": "enabled"}}); err != nil {
		t.Fatal(err)
	}
	d.until(0.5, "a sale is announced")
	d.do("plan orders --at 4h30m --shards 64 --for 2h --reason sale --yes", statusOK, "8 open shards; 64 at 2026-11-23T17:00:00Z takes 3 operations")
	d.until(12, "the sale is over")
	const at, end = 5 * 60, 7 * 60
	first := -1
	for minute, shards := range open {
		switch {
		case shards >= 64 && first < 0:
			first = minute
		case minute >= at && minute < end && shards < 64:
			t.Fatalf("%d shards in minute %d", shards, minute)
		}
	}
	if first > at || first < at-60 {
		t.Errorf("64 shards from minute %d on, want them by %d and not an hour earlier", first, at)
	}
	if last := open[len(open)-1]; last >= 64 {
		t.Errorf("%d shards five hours after the end", last)
	}
}
