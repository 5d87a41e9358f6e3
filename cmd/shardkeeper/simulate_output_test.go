package main

import (
	"bytes"
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
