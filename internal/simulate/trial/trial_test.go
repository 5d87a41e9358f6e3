package trial_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/internal/race"
	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/simulate/traffic"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

var monday = time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)

func made(tb testing.TB, kind traffic.Kind, days int, peak float64) trace.Trace {
	tb.Helper()
	all, err := traffic.Make(tb.Context(), traffic.Spec{Kind: kind, Start: monday, Days: days, Peak: peak, Seed: 1})
	if err != nil {
		tb.Fatal(err)
	}
	return all
}

func policy(p scaling.Policy) scaling.Layer { return scaling.Layer{"policy": string(p)} }

// flat is some minutes that fill so many shards.
func flat(minutes int, shards float64) trace.Trace {
	t := trace.Trace{Start: monday}
	for range minutes {
		t.Minutes = append(t.Minutes, trace.Rate{Records: shards * scaling.RecordsPerShard})
	}
	return t
}

func play(tb testing.TB, s trial.Spec) trial.Result {
	tb.Helper()
	r, err := trial.Run(tb.Context(), s)
	if err != nil {
		tb.Fatal(err)
	}
	for _, fault := range r.Faults {
		tb.Error(fault)
	}
	return r
}

func actions(tb testing.TB, r trial.Result) string {
	tb.Helper()
	var b bytes.Buffer
	if err := r.WriteActions(&b); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

// replay runs actions against a trace by the service's rules, in as few lines as can be: it knows
// nothing of the model. It returns the rules that were broken.
func replay(t *testing.T, all trace.Trace, text string) (shardHours, throttled float64, broken []string) {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	number := func(text string) int {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if diff := cmp.Diff([]string{"minute", "from", "to"}, rows[0]); diff != "" || number(rows[1][0]) != 0 || rows[1][1] != rows[1][2] {
		t.Errorf("the actions begin with %v", rows[:2])
	}
	open, target, busyUntil := number(rows[1][1]), 0, -1
	rows = rows[2:]
	var calls []int
	var lost, sent float64
	for minute, rate := range all.Minutes {
		if minute == busyUntil {
			open, busyUntil = target, -1
		}
		for len(rows) > 0 && number(rows[0][0]) == minute {
			from, to := number(rows[0][1]), number(rows[0][2])
			rows = rows[1:]
			recent := 0
			for _, call := range calls {
				if call > minute-1440 {
					recent++
				}
			}
			if from != open || busyUntil >= 0 || to > 2*open || 2*to < open || to < 1 || to == open || recent >= 10 {
				broken = append(broken, fmt.Sprintf("minute %d: %d to %d with %d open, busy until %d, %d calls in 24 hours", minute, from, to, open, busyUntil, recent))
			}
			calls = append(calls, minute)
			target, busyUntil = to, minute+1+(max(to-from, from-to)+29)/30
		}
		demand := max(rate.Records/1000, rate.Bytes/1048576)
		sent += demand
		lost += max(demand-float64(open), 0)
		shardHours += float64(open) / 60
	}
	if len(rows) > 0 {
		broken = append(broken, fmt.Sprintf("%d actions out of order or after the end", len(rows)))
	}
	return shardHours, lost / sent, broken
}

func TestTheServicesRulesAreKept(t *testing.T) {
	race.SkipLong(t)
	for _, peak := range []float64{4, 40, 400} {
		for _, kind := range traffic.Kinds() {
			all := made(t, kind, 3, peak)
			for _, p := range []scaling.Policy{scaling.DoubleHalve, scaling.TargetTracking} {
				r := play(t, trial.Spec{Trace: all, Settings: policy(p)})
				hours, throttled, broken := replay(t, all, actions(t, r))
				if len(broken) > 0 {
					t.Errorf("%s, peak %v, %s: %v", kind, peak, p, broken)
				}
				if math.Abs(hours-r.Usage.ShardHours()) > 1e-6 || math.Abs(throttled-r.Usage.ThrottledShare()) > 1e-9 {
					t.Errorf("%s, peak %v, %s: the actions come to %v shard-hours and %v throttled, the model to %v and %v",
						kind, peak, p, hours, throttled, r.Usage.ShardHours(), r.Usage.ThrottledShare())
				}
			}
		}
	}
}

func TestTheSameSeedGivesTheSameActions(t *testing.T) {
	for _, kind := range traffic.Kinds() {
		for _, p := range []scaling.Policy{scaling.DoubleHalve, scaling.TargetTracking} {
			s := trial.Spec{Trace: made(t, kind, 2, 40), Settings: policy(p), Seed: 7, Buckets: 100}
			first, second := play(t, s), play(t, s)
			if diff := cmp.Diff(actions(t, first), actions(t, second)); diff != "" {
				t.Errorf("%s, %s: %s", kind, p, diff)
			}
			if diff := cmp.Diff(first.Decisions, second.Decisions); diff != "" {
				t.Errorf("%s, %s: %s", kind, p, diff)
			}
		}
	}
}

func TestEachOperationIsADecision(t *testing.T) {
	r := play(t, trial.Spec{Trace: made(t, traffic.Days, 2, 40)})
	operations := 0
	for _, d := range r.Decisions {
		if d.Event != report.Operation {
			continue
		}
		if o := r.Operations[operations]; d.From != o.From || d.To != o.To || d.At.Sub(o.At).Abs() > time.Minute || len(d.Reasons) == 0 {
			t.Errorf("decision %+v is not operation %+v", d, o)
		}
		operations++
	}
	if operations != len(r.Operations) || operations != r.Ups()+r.Downs() || r.Ups() == 0 || r.Downs() == 0 {
		t.Errorf("%d decided, %d operations, %d up, %d down", operations, len(r.Operations), r.Ups(), r.Downs())
	}
	sum := 0
	for _, h := range r.Holds() {
		sum += h.Times
	}
	if sum+operations != len(r.Decisions) {
		t.Errorf("%d holds and %d operations of %d decisions", sum, operations, len(r.Decisions))
	}
}

func TestSettingsAreInForce(t *testing.T) {
	all := made(t, traffic.Days, 1, 40)
	capped := play(t, trial.Spec{Trace: all, Settings: scaling.Layer{"max-shards": "20"}, StartShards: 10})
	if capped.StartShards != 10 || capped.HighestShards != 20 || capped.Usage.ThrottledMinutes == 0 {
		t.Errorf("from %d up to %d shards, %d minutes throttled", capped.StartShards, capped.HighestShards, capped.Usage.ThrottledMinutes)
	}
	off := play(t, trial.Spec{Trace: all, Settings: scaling.Layer{"mode": "disabled"}, StartShards: 40})
	if len(off.Operations)+len(off.Decisions)+off.AlarmedMetrics > 0 || off.LowestShards != 40 || off.HighestShards != 40 {
		t.Errorf("disabled: %d operations, %d decisions, %d metrics", len(off.Operations), len(off.Decisions), off.AlarmedMetrics)
	}
	dry := play(t, trial.Spec{Trace: all, Settings: scaling.Layer{"mode": "dry-run"}})
	if len(dry.Operations) > 0 || len(dry.Holds()) == 0 {
		t.Errorf("dry run: %d operations, holds %v", len(dry.Operations), dry.Holds())
	}
}

// A quota that AWS raised is a setting: the model goes by it, or the operations that it allows would
// be refused.
func TestARaisedOperationLimitIsTheServices(t *testing.T) {
	all := trace.Trace{Start: monday}
	for minute := range 1440 { // an hour of eight shards, an hour of none
		busy := 1 - minute/60%2
		all.Minutes = append(all.Minutes, trace.Rate{Records: 8 * scaling.RecordsPerShard * float64(busy)})
	}
	eager := scaling.Layer{"scale-down-cooldown-minutes": "0", "scale-down-evaluation-periods": "2", "scale-down-datapoints-to-alarm": "2", "operation-limit": "30"}
	r := play(t, trial.Spec{Trace: all, Settings: eager, StartShards: 4})
	if len(r.Operations) <= scaling.DefaultOperationLimit || len(r.NotTaken()) > 0 {
		t.Errorf("%d operations, %v", len(r.Operations), r.NotTaken())
	}
	eager["operation-limit"] = "3" // a lower one is ours alone
	if r := play(t, trial.Spec{Trace: all, Settings: eager, StartShards: 4}); len(r.Operations) < 1 || len(r.Operations) > 3 {
		t.Errorf("%d operations with a limit of 3", len(r.Operations))
	}
}

// The consumers that the settings name are there. Without them every invocation would tell of a
// fault, and play fails the test.
func TestConsumersOfTheSettings(t *testing.T) {
	all := made(t, traffic.Squares, 1, 20)
	without := play(t, trial.Spec{Trace: all})
	with := play(t, trial.Spec{Trace: all, Settings: scaling.Layer{"consumer": "billing", "fan-out-consumers": "audit search", "consumer-concurrency-per-shard": "2"}})
	if without.Ups() == 0 || actions(t, with) != actions(t, without) {
		t.Errorf("consumers that keep up change the operations:\n%s", actions(t, with))
	}
}

func TestFaultsAreCounted(t *testing.T) {
	r := trial.Result{Faults: []error{errors.New("often"), errors.New("once"), errors.New("often")}}
	if diff := cmp.Diff([]trial.Count{{What: "often", Times: 2}, {What: "once", Times: 1}}, r.FaultCounts()); diff != "" {
		t.Error(diff)
	}
	if got := (&trial.Result{}).FaultCounts(); got != nil {
		t.Errorf("no fault is %v", got)
	}
}

func TestWhatWasNotTakenIsCounted(t *testing.T) {
	var r trial.Result
	for _, event := range []report.Event{report.Refused, report.Hold, report.Unknown, report.Operation, report.DryRun, report.Refused} {
		r.Decisions = append(r.Decisions, trial.Decision{Event: event, Reasons: scaling.Trail{{Code: scaling.HoldCooldown}}})
	}
	if got := trial.CountsText(r.NotTaken()); got != "refused 2, unknown 1" {
		t.Errorf("not taken: %s", got)
	}
	if got := trial.CountsText(r.Holds()); got != string(scaling.HoldCooldown)+" 2" {
		t.Errorf("held: %s", got)
	}
}

func TestWhatCannotBePlayed(t *testing.T) {
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := trial.Run(canceled, trial.Spec{Trace: flat(10, 1)}); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
	if _, err := trial.Run(t.Context(), trial.Spec{Trace: flat(10, 1), Settings: scaling.Layer{"max-shards": "many"}}); err == nil || !strings.Contains(err.Error(), "max-shards") {
		t.Errorf("bad settings: %v", err)
	}
	if _, err := trial.Run(t.Context(), trial.Spec{Trace: flat(10, 1), StartShards: 50_000}); !errors.Is(err, scaling.ErrLimitExceeded) {
		t.Errorf("too many shards: %v", err)
	}
}

func TestAllReturnsTheFirstError(t *testing.T) {
	good := trial.Spec{Trace: flat(10, 1)}
	specs := []trial.Spec{good, {Trace: flat(10, 1), StartShards: 40_000}, good, {Trace: flat(10, 1), StartShards: 50_000}}
	for range 20 {
		if _, err := trial.All(t.Context(), specs, nil); err == nil || !strings.Contains(err.Error(), "0000 open shards") {
			t.Fatalf("%v", err)
		}
	}
	done := 0
	results, err := trial.All(t.Context(), []trial.Spec{good, {Trace: flat(20, 1)}, good}, func() { done++ })
	if err != nil || done != 3 || results[1].Usage.Minutes != 20 {
		t.Errorf("%d done, %v", done, err)
	}
	if _, err := trial.All(t.Context(), nil, nil); err != nil {
		t.Error(err)
	}
}

func TestStartAndScale(t *testing.T) {
	for shards, want := range map[float64]int{0: 1, 0.3: 1, 0.5: 1, 0.6: 2, 10: 20, 10.01: 21, 1e12: scaling.MaxStreamShards} {
		if got := trial.StartShards(flat(1, shards)); got != want {
			t.Errorf("%v shards of traffic start with %d, want %d", shards, got, want)
		}
	}
	if got := trial.StartShards(trace.Trace{}); got != 1 {
		t.Errorf("no traffic starts with %d", got)
	}
	before := trace.Trace{Start: monday, Minutes: []trace.Rate{{Records: 1000, Bytes: 100}, {Records: 10, Bytes: 2 << 20}}}
	after := trial.Scaled(before, 8)
	if diff := cmp.Diff([]trace.Rate{{Records: 4000, Bytes: 400}, {Records: 40, Bytes: 8 << 20}}, after.Minutes); diff != "" || simulate.Shards(before.Minutes[1]) != 2 {
		t.Errorf("%s, before %v", diff, before)
	}
	if got := trial.Scaled(flat(3, 0), 8); simulate.Shards(got.Minutes[2]) != 0 {
		t.Error("no traffic was scaled to some")
	}
}
