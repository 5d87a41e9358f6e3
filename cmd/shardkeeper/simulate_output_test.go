package main

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shardkeeper/shardkeeper/internal/simulate/report"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// decided is a variant whose decisions came to certain events.
func decided(name string, events ...scaling.ReportEvent) report.Tried {
	t := report.Tried{Variant: trial.Variant{Name: name}}
	for _, event := range events {
		t.Result.Decisions = append(t.Result.Decisions, trial.Decision{Event: event, Reasons: scaling.Trail{{Code: scaling.Doubled}}})
	}
	return t
}

func TestWhatTheServiceDidNotTakeIsShown(t *testing.T) {
	lost := decided("lost", scaling.EventRefused, scaling.EventUnknown, scaling.EventRefused)
	for name, test := range map[string]struct {
		tried       []report.Tried
		table, json string
	}{
		"some": {[]report.Tried{lost, decided("kept", scaling.EventHold)}, "Decided, and not taken by the service:\nlost                    refused 2, unknown 1\nkept                    none\n", `"not_taken":{"refused":2,"unknown":1}`},
		"none": {[]report.Tried{decided("kept", scaling.EventHold)}, "", ""},
	} {
		var table, json bytes.Buffer
		r := report.Report{Tried: test.tried}
		if err := simulatedTable(&table, r); err != nil {
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
		err := simulateCommand{Output: format}.tell(report.Report{Tried: []report.Tried{faulty}}, surroundings{stdout: stdout, stderr: &stderr})
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
