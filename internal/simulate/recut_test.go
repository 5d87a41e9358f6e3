package simulate_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// Somebody splits ten shards, one after the other, and calls UpdateShardCount once. Whether CloudTrail is
// slow or fast, the budget of the day is that of one call, and the stream still grows when it must.
func TestSplitsByHandLeaveTheBudgetAlone(t *testing.T) {
	for _, delay := range []time.Duration{10 * time.Second, time.Minute, 12 * time.Minute} {
		numbers := simulate.DefaultNumbers()
		numbers.EventDelay = delay
		w := simulate.New(simulate.Options{Start: start, Numbers: &numbers})
		t.Cleanup(w.Close)
		load := func(minute int) float64 {
			switch {
			case minute < 55:
				return 5
			case minute < 120:
				return 7
			}
			return 27.5
		}
		spec := simulate.StreamSpec{Name: "orders", Shards: 8, Age: 48 * time.Hour, Tags: enabled(), Load: scaled(load)}
		if err := w.CreateStream(spec); err != nil {
			t.Fatal(err)
		}
		run(t, w, 20)
		for range 10 {
			if err := w.SplitShard("orders", 0, "arn:aws:iam::123456789012:user/ana"); err != nil {
				t.Fatal(err)
			}
			run(t, w, 4)
		}
		if err := w.Reshard("orders", 26, "arn:aws:iam::123456789012:user/ana"); err != nil {
			t.Fatal(err)
		}
		run(t, w, 50)
		item, err := w.Registry().Load(t.Context(), "orders")
		if err != nil || len(item.Operations) != 1 || item.OpenShards != 26 {
			t.Errorf("events after %s: operations %+v, open %d, %v; want one call, 26 open", delay, item.Operations, item.OpenShards, err)
		}
		page, err := w.Registry().History(t.Context(), ledger.Query{Stream: "orders", Kind: ledger.KindExternal, To: w.Now(), Limit: 100})
		told := map[string]int{}
		for _, e := range page.Entries {
			told[e.Detail]++
		}
		if err != nil || told["SplitShard: takes no slot"] != 10 || told["UpdateShardCount"] != 1 {
			t.Errorf("events after %s: told %v, %v; want ten splits and one call", delay, told, err)
		}
		run(t, w, 40)
		if sum, err := w.Describe("orders"); err != nil || sum.OpenShards <= 26 {
			t.Errorf("events after %s: %d open shards under a load of 27.5, %v; want more than 26", delay, sum.OpenShards, err)
		}
	}
}

// scaled is a load that fills so many shards in a minute.
func scaled(shards func(minute int) float64) simulate.Load {
	return func(minute int) trace.Rate { return steady(shards(minute))(0) }
}
