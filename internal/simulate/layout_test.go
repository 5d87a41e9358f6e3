package simulate_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/race"
	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
)

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-6 {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// Two shards become a half and two quarters, and equal again after UpdateShardCount. Even traffic of 2.4
// shards first has 0.4 too much, then 0.2 in the larger shard.
func TestSplitShardsAreUneven(t *testing.T) {
	var seen log
	w := world(t, simulate.Options{Hooks: seen.hooks()})
	create(t, w, simulate.StreamSpec{Shards: 2, Age: time.Hour, Load: steady(2.4)})
	pass(t, w, 1)
	if err := w.SplitShard("orders", 1, "somebody"); err != nil {
		t.Fatal(err)
	}
	if err := w.MergeShards("orders", 0, "somebody"); !errors.Is(err, scaling.ErrStreamBusy) {
		t.Errorf("merged while UPDATING: %v", err)
	}
	pass(t, w, 3)
	if err := w.Reshard("orders", 4, "somebody"); err != nil {
		t.Fatal(err)
	}
	pass(t, w, 3)
	if err := w.MergeShards("orders", 2, "somebody"); err != nil {
		t.Fatal(err)
	}
	pass(t, w, 3)
	for minute, want := range map[int]struct {
		open    int
		refused float64
	}{0: {2, 0.4}, 1: {2, 0.4}, 2: {3, 0.2}, 6: {4, 0}, 8: {3, 0.2}} {
		m := seen.minutes[minute]
		if m.OpenShards != want.open {
			t.Errorf("minute %d: %d open shards, want %d", minute, m.OpenShards, want.open)
		}
		near(t, "refused of the demand", m.Throttled*2.4, want.refused)
		near(t, "accepted", m.Accepted.Records, 1000*(2.4-want.refused))
	}
	if len(w.Operations()) != 1 {
		t.Errorf("%d UpdateShardCount calls", len(w.Operations()))
	}
	for _, err := range []error{w.SplitShard("orders", 3, "somebody"), w.MergeShards("orders", 2, "somebody")} {
		if !errors.Is(err, scaling.ErrRefused) {
			t.Errorf("of a shard that is not there: %v", err)
		}
	}
}

// CloudWatch shows what got in, and the refused records of the whole stream: a key with all the traffic
// keeps one of eight shards full, and an eighth of the stream is used.
func TestMetricsOfAHotKey(t *testing.T) {
	var seen log
	w := world(t, simulate.Options{Hooks: seen.hooks()})
	create(t, w, simulate.StreamSpec{Shards: 8, Age: time.Hour, Load: steady(3), Spread: profile.Profile{HotKey: 1}.Spread()})
	pass(t, w, 5)
	m := seen.minutes[4]
	near(t, "utilization", m.Utilization, 1.0/8)
	near(t, "refused", m.Throttled, 2.0/3)
	near(t, "records that got in", m.Accepted.Records, 1000)
	near(t, "bytes that got in", m.Accepted.Bytes, 600_000)
	if usage, err := w.Usage("orders"); err != nil || usage.PeakNeeds != 3 { // as if the key were none
		t.Errorf("the highest minute needs %d shards, %v", usage.PeakNeeds, err)
	}
}

// A key fills a shard one and a half times for a minute and half of it after that. What was refused
// comes again to the same shard, and is counted again; what is refused too often is lost.
func TestProducersSendAgain(t *testing.T) {
	load := func(minute int) trace.Rate {
		if minute < 2 {
			return steady(1.5)(minute)
		}
		return steady(0.25)(minute)
	}
	for _, test := range []struct {
		resend int
		sent   []float64 // by minute, in shards
		lost   float64   // shard-minutes
	}{
		{0, []float64{1.5, 1.5, 0.25, 0.25, 0.25}, 1},
		{1, []float64{1.5, 2, 1, 0.25, 0.25}, 0.25}, // of the 2, half are refused: 0.25 of the first minute for the second time
		{3, []float64{1.5, 2, 1.25, 0.5, 0.25}, 0},
	} {
		var seen log
		w := world(t, simulate.Options{Hooks: seen.hooks()})
		create(t, w, simulate.StreamSpec{
			Shards: 4, Age: time.Hour, Load: func(minute int) trace.Rate {
				if minute < 0 {
					return trace.Rate{}
				}
				return load(minute)
			}, Spread: profile.Profile{Keys: 1}.Spread(), ResendMinutes: test.resend,
		})
		pass(t, w, 5)
		refused := 0.0
		for minute, want := range test.sent {
			near(t, "sent", seen.minutes[minute].Shards, want)
			near(t, "refused", seen.minutes[minute].Throttled*want, max(0, want-1))
			refused += max(0, want-1)
		}
		usage, err := w.Usage("orders")
		if err != nil {
			t.Fatal(err)
		}
		near(t, "demand", usage.Demand.Records, 60_000*3.75)
		near(t, "lost", usage.Lost.Records, 60_000*test.lost)
		near(t, "accepted", usage.Accepted.Records, 60_000*(3.75-test.lost))
		near(t, "refused shard-minutes", usage.RefusedShards, refused)
		near(t, "peak", usage.PeakShards, 1.5)
	}
}

// What waits to be sent again goes where its keys are after a resharding: nothing is lost or made on
// the way, whether keys or hash ranges tell.
func TestWaitingRecordsFollowTheirKeys(t *testing.T) {
	race.SkipLong(t)
	for _, name := range profile.Names() {
		p, err := profile.Named(name)
		if err != nil {
			t.Fatal(err)
		}
		w := world(t, simulate.Options{})
		create(t, w, simulate.StreamSpec{Shards: 4, Age: time.Hour, Spread: p.Spread(), ResendMinutes: 2000, Load: func(minute int) trace.Rate {
			if minute < 1430 {
				return steady(0)(minute)
			}
			return steady(max(0, 6-float64(minute-1430)))(minute) // around midnight, when a drifting profile has other keys
		}})
		pass(t, w, 1431)
		for _, change := range []func() error{
			func() error { return w.SplitShard("orders", 2, "somebody") },
			func() error { return w.MergeShards("orders", 0, "somebody") },
			func() error { return w.Reshard("orders", 8, "somebody") },
			func() error { return w.Reshard("orders", 16, "somebody") },
		} {
			if err := change(); err != nil {
				t.Fatal(err)
			}
			pass(t, w, 3)
		}
		pass(t, w, 400)
		usage, err := w.Usage("orders")
		if err != nil || usage.RefusedShards == 0 {
			t.Fatalf("%s: nothing was refused, %v", name, err)
		}
		near(t, name+": lost", usage.Lost.Records, 0)
		near(t, name+": what got in of what was to be sent", usage.Accepted.Records/usage.Demand.Records, 1)
	}
}
