package main

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/internal/race"
	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/simulate/report"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/scaling"
	told "github.com/shardkeeper/shardkeeper/scaling/report"
)

// decided is a variant whose decisions came to certain events.
func decided(name string, events ...told.Event) report.Tried {
	t := report.Tried{Variant: trial.Variant{Name: name}}
	for _, event := range events {
		t.Result.Decisions = append(t.Result.Decisions, trial.Decision{Event: event, Reasons: scaling.Trail{{Code: scaling.Doubled}}})
	}
	return t
}

func TestWhatTheServiceDidNotTakeIsShown(t *testing.T) {
	lost := decided("lost", told.Refused, told.Unknown, told.Refused)
	for name, test := range map[string]struct {
		tried       []report.Tried
		table, json string
	}{
		"some": {[]report.Tried{lost, decided("kept", told.Hold)}, "Decided, and not taken by the service:\nlost  refused 2, unknown 1\nkept  none\n", `"not_taken":{"refused":2,"unknown":1}`},
		"none": {[]report.Tried{decided("kept", told.Hold)}, "", ""},
	} {
		var table, json bytes.Buffer
		r := report.Report{Tried: test.tried}
		if err := simulatedTable(output.Screen{W: &table}, r); err != nil {
			t.Fatal(err)
		}
		if err := simulatedJSON(&json, r); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(table.String(), test.table) || strings.Contains(table.String(), "not taken") != (test.table != "") {
			t.Errorf("%s: the table is\n%s", name, table.String())
		}
		if !strings.Contains(json.String(), test.json) || strings.Contains(json.String(), "not_taken") != (test.json != "") {
			t.Errorf("%s: the lines are\n%s", name, json.String())
		}
	}
}

func TestEachFaultIsToldOnce(t *testing.T) {
	var table, json, stderr bytes.Buffer
	faulty := decided("lost")
	faulty.Result.Faults = []error{errors.New("often"), errors.New("once"), errors.New("often")}
	for format, stdout := range map[string]*bytes.Buffer{"table": &table, "json": &json} {
		stderr.Reset()
		c := &simulateCommand{format: output.Format(format)}
		err := c.tell(report.Report{Tried: []report.Tried{faulty}}, environment{stdout: stdout, stderr: &stderr, screen: output.Screen{W: stdout}})
		if want := "lost: often (2 times)\nlost: once\n"; err != nil || stderr.String() != want {
			t.Errorf("%s: it says %q, %v; want %q", format, stderr.String(), err, want)
		}
	}
	if want := `"faults":{"often":2,"once":1}`; !strings.Contains(json.String(), want) {
		t.Errorf("%s is not in\n%s", want, json.String())
	}
}

// A consumer that the settings name is there, whichever command plays the trace.
func TestConsumersOfTheSettingsAreNoFault(t *testing.T) {
	race.SkipLong(t)
	trace := dayTrace(t)
	for _, args := range [][]string{
		{"simulate", "--trace", trace},
		{"recommend", "--trace", trace, "--policy", "double-halve", "--max-throttled", "100%"},
		{"bench", "--traces", filepath.Dir(trace)},
	} {
		if _, stderr := succeed(t, append(args, "--set", "consumer=billing", "--set", "fan-out-consumers=audit")...); stderr != "" {
			t.Errorf("%v: it says %.200q", args, stderr)
		}
	}
}

func TestAnOptimumThatIsNotKnownIsExplained(t *testing.T) {
	short := traceFile(t, "timestamp,records_per_second,bytes_per_second\n2026-11-23T00:00:00Z,1000,0\n")
	for _, args := range [][]string{{"simulate", "--trace", short}, {"recommend", "--trace", short, "--policy", "double-halve"}} {
		stdout, _ := succeed(t, args...)
		if !strings.Contains(stdout, "optimum: not known, since the trace is shorter than 5 minutes.\n") || strings.Contains(stdout, "the future") {
			t.Errorf("%v says\n%s", args, stdout)
		}
	}
}

// The widest figures there can be stay in one line each, and the rows within a terminal.
func TestTheWidestFiguresFit(t *testing.T) {
	var b bytes.Buffer
	usage := simulate.Usage{Minutes: 60, ShardMinutes: 10_000 * 60 * 730, ThrottledMinutes: 99_999, SentShards: 1, RefusedShards: 0.001234}
	cells := resultCells("target-tracking as is", trial.Result{LowestShards: 2120, HighestShards: 10_000, Usage: usage}, trial.Month{Shards: 1_234_567}, 1e6)
	grid := resultGrid(output.Screen{W: &b, Width: oldWidth}, "settings")
	if err := errors.Join(grid.Row(cells...), grid.Close()); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	if text := lines[2]; len(lines) != 3 || utf8.RuneCountInString(text) > oldWidth || !strings.Contains(text, "2120-10000") {
		t.Errorf("%d columns:\n%s", len(text)-1, text)
	}
}
