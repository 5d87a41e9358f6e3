package demo_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/internal/race"
	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/simulate/demo"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// Whatever the seed, the story has all that it is to show, with the defaults and eager.
func TestEverySeedTellsTheWholeStory(t *testing.T) {
	race.SkipLong(t)
	for seed := range uint64(15) {
		for eager, checks := range map[bool]int{false: 7, true: 8} {
			var rows []demo.Row
			result, err := demo.Run(t.Context(), demo.Spec{Seed: seed, Eager: eager}, func(r demo.Row) { rows = append(rows, r) })
			if err != nil {
				t.Fatalf("seed %d, eager %t: %v", seed, eager, err)
			}
			for _, c := range result.Checks {
				if !c.OK {
					t.Errorf("seed %d, eager %t: not so: %s (%s)", seed, eager, c.Name, c.Detail)
				}
			}
			if !result.OK() || len(result.Checks) != checks {
				t.Errorf("seed %d, eager %t: %d checks, OK %t", seed, eager, len(result.Checks), result.OK())
			}
			if !slices.IsSortedFunc(rows, func(a, b demo.Row) int { return a.At.Compare(b.At) }) {
				t.Errorf("seed %d, eager %t: the rows are not in order", seed, eager)
			}
		}
	}
}

// The budget is of any 24 hours, not of a day.
func TestTheBudgetIsOfAny24Hours(t *testing.T) {
	every := func(d time.Duration) (all []simulate.Operation) {
		for i := range 11 {
			all = append(all, simulate.Operation{At: demo.Start().Add(time.Duration(i) * d)})
		}
		return all
	}
	if c := demo.Budget(every(2*time.Hour + 24*time.Minute)); !c.OK {
		t.Errorf("the eleventh a day after the first: %v", c)
	}
	if c := demo.Budget(every(2 * time.Hour)); c.OK {
		t.Errorf("eleven within 20 hours: %v", c)
	}
}

func TestRowsTellOfEachOperation(t *testing.T) {
	events := map[string]int{}
	result, err := demo.Run(t.Context(), demo.Spec{Seed: 1}, func(r demo.Row) { events[r.Event]++ })
	if err != nil {
		t.Fatal(err)
	}
	operations := len(result.Operations)
	if events["created"] != 1 || events["enrolled"] != 1 || events["operation"] != operations || events["completed"] != operations {
		t.Errorf("%d operations, rows %v", operations, events)
	}
	if events[""] != 24 {
		t.Errorf("%d looks at the clock in two days, want one each two hours", events[""])
	}
	holds := 0
	for _, c := range result.Holds() {
		holds += c.Times
	}
	if holds != events["hold"] || holds == 0 {
		t.Errorf("%d holds in the history, %d in the rows", holds, events["hold"])
	}
}

func TestRunStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	rows := 0
	_, err := demo.Run(ctx, demo.Spec{Seed: 1}, func(demo.Row) {
		if rows++; rows == 5 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// One failed check, or none made, is no success.
func TestResultIsOKOnlyIfAllIs(t *testing.T) {
	for want, checks := range map[bool][][]demo.Check{
		true:  {{{OK: true}}, {{OK: true}, {OK: true}}},
		false: {nil, {{OK: false}}, {{OK: true}, {OK: false}}},
	} {
		for _, c := range checks {
			if got := (demo.Result{Checks: c}).OK(); got != want {
				t.Errorf("%v: %v", c, got)
			}
		}
	}
}

func TestTrafficHasNightsDaysAndACrowd(t *testing.T) {
	for seed := range uint64(10) {
		trace := demo.Traffic(demo.Start(), seed)
		if len(trace.Minutes) != 2*1440 || !cmp.Equal(trace, demo.Traffic(demo.Start(), seed)) {
			t.Fatalf("seed %d: %d minutes, or not the same twice", seed, len(trace.Minutes))
		}
		highest := func(from, to time.Duration) float64 {
			peak := 0.0
			for _, m := range trace.Minutes[from/time.Minute : to/time.Minute] {
				peak = max(peak, simulate.Shards(m))
			}
			return peak
		}
		night, first, second := highest(0, 2*time.Hour), highest(0, 24*time.Hour), highest(24*time.Hour, 48*time.Hour)
		if night > 2.5 || first < 9 || first > 18 || second < 2*first {
			t.Errorf("seed %d: %.1f shards at night, %.1f on the first day, %.1f in the crowd", seed, night, first, second)
		}
	}
}

// The checks can fail: each of these results lacks one thing.
func TestChecksFail(t *testing.T) {
	at := demo.Start().Add(time.Hour)
	call := simulate.Operation{At: at.Add(time.Second), Stream: demo.Stream, From: 4, To: 8}
	entry := ledger.Entry{At: at, Kind: ledger.KindOperation, Direction: scaling.Up, From: 4, To: 8, Outcome: ledger.OutcomeCompleted}
	unfinished, other, early := entry, entry, entry
	unfinished.Outcome = ledger.OutcomeAccepted
	other.To = 7
	early.At = at.Add(time.Minute)
	for i, test := range []struct {
		operations []simulate.Operation
		history    []ledger.Entry
		want       bool
	}{
		{nil, nil, true},
		{[]simulate.Operation{call}, []ledger.Entry{entry}, true},
		{[]simulate.Operation{call}, nil, false},
		{nil, []ledger.Entry{entry}, false},
		{[]simulate.Operation{call}, []ledger.Entry{entry, entry}, false},
		{[]simulate.Operation{call, call}, []ledger.Entry{entry}, false},
		{[]simulate.Operation{call}, []ledger.Entry{unfinished}, false},
		{[]simulate.Operation{call}, []ledger.Entry{other}, false},
		{[]simulate.Operation{call}, []ledger.Entry{early}, false},
	} {
		if got := demo.Complete(demo.Result{Operations: test.operations, History: test.history}); got.OK != test.want {
			t.Errorf("case %d: %s", i, fmt.Sprint(got))
		}
	}
}
