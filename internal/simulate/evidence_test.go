package simulate_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// idle is a world with a stream of 4 open shards that nobody writes to, polled or not.
func idle(t *testing.T, policy scaling.Policy, polls bool, faults simulate.Faults) *simulate.World {
	t.Helper()
	w := simulate.New(simulate.Options{Start: start, Faults: faults})
	t.Cleanup(w.Close)
	err := w.CreateStream(simulate.StreamSpec{
		Name: "idle", Shards: 4, Age: 48 * time.Hour, Consumer: simulate.Consumer{Polls: polls, RecordsPerSecond: 1000},
		Tags: map[string]string{"shardkeeper": "enabled", "shardkeeper:min-shards": "4", "shardkeeper:policy": string(policy)},
	})
	if err != nil {
		t.Fatal(err)
	}
	run(t, w, 10)
	return w
}

// run lets minutes pass.
func run(t *testing.T, w *simulate.World, minutes int) {
	t.Helper()
	if err := w.Run(t.Context(), minutes); err != nil {
		t.Fatal(err)
	}
}

// An alarm that is late, replayed or forged grows no stream that nobody writes to, whether CloudWatch
// answers or not.
func TestNobodyWritesAndNobodyGrows(t *testing.T) {
	unanswered := simulate.Faults{Before: func(c simulate.Call) simulate.Fault {
		if c.API == "GetMetricData" {
			return simulate.Fault{Err: scaling.ErrOutcomeUnknown}
		}
		return simulate.Fault{}
	}}
	for name, faults := range map[string]simulate.Faults{"answered": {}, "unanswered": unanswered} {
		for _, policy := range scaling.Policies() {
			for _, polls := range []bool{false, true} {
				w := idle(t, policy, polls, faults)
				for range 12 {
					w.Ring("idle", scaling.Up)
					run(t, w, 40)
				}
				if sum, err := w.Describe("idle"); err != nil || sum.OpenShards != 4 {
					t.Errorf("%s, %s, polled %t: an idle stream of 4 shards has %d, %v", name, policy, polls, sum.OpenShards, err)
				}
			}
		}
	}
}

// A minimum is the word of a person, and needs no samples.
func TestAnIdleStreamGrowsToItsMinimum(t *testing.T) {
	w := idle(t, scaling.DoubleHalve, false, simulate.Faults{})
	if err := w.Tag("idle", map[string]string{"shardkeeper:min-shards": "6"}); err != nil {
		t.Fatal(err)
	}
	run(t, w, 30)
	if sum, err := w.Describe("idle"); err != nil || sum.OpenShards != 6 {
		t.Errorf("%d open shards, %v; the minimum is 6", sum.OpenShards, err)
	}
}

// A stream that is full grows although CloudWatch answers for no samples, by what its alarm holds.
func TestAFullStreamGrowsByWhatItsAlarmHolds(t *testing.T) {
	w := simulate.New(simulate.Options{Start: start, Faults: simulate.Faults{Before: func(c simulate.Call) simulate.Fault {
		if c.API == "GetMetricData" && c.Function == simulate.Scaler {
			return simulate.Fault{Err: scaling.ErrOutcomeUnknown}
		}
		return simulate.Fault{}
	}}})
	t.Cleanup(w.Close)
	if err := w.CreateStream(simulate.StreamSpec{Name: "orders", Shards: 4, Age: 48 * time.Hour, Tags: enabled(), Load: steady(3.9)}); err != nil {
		t.Fatal(err)
	}
	run(t, w, 30)
	if sum, err := w.Describe("orders"); err != nil || sum.OpenShards != 8 {
		t.Errorf("%d open shards, %v; want 8", sum.OpenShards, err)
	}
	page, err := w.Registry().History(t.Context(), ledger.Query{Stream: "orders", Kind: ledger.KindOperation, To: w.Now()})
	if err != nil || len(page.Entries) != 1 || page.Entries[0].Reasons[0].Code != scaling.AlarmTrusted {
		t.Errorf("history %+v, %v; want one operation that says what it rests on", page.Entries, err)
	}
}
