package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/shardkeeper/shardkeeper/internal/app"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/report"
	"github.com/shardkeeper/shardkeeper/scaling/scaler"
)

// home is where the events of ../../events happen.
func home(tb testing.TB) app.Home {
	tb.Helper()
	config, err := app.ReadConfig(func(name string) string {
		return map[string]string{
			app.EnvTable:    "shardkeeper",
			app.EnvTopicARN: "arn:aws:sns:us-east-1:123456789012:shardkeeper-alarms",
		}[name]
	})
	if err != nil {
		tb.Fatal(err)
	}
	return config.Home
}

func eventFile(tb testing.TB, name string) []byte {
	tb.Helper()
	payload, err := os.ReadFile(filepath.Join("..", "..", "events", name))
	if err != nil {
		tb.Fatal(err)
	}
	return payload
}

func TestDecodeOfEachEventFile(t *testing.T) {
	at := time.Date(2026, 11, 2, 9, 15, 42, 123e6, time.UTC)
	up := scaler.Alarm{Name: "orders-scale-up", State: scaling.StateAlarm, TransitionAt: at}
	tests := map[string]struct {
		alarms []scaler.Alarm
		bad    string // what the report of bad input says; empty if there is none
	}{
		"scaler-alarm-up.json":   {alarms: []scaler.Alarm{up}},
		"scaler-alarm-down.json": {alarms: []scaler.Alarm{{Name: "orders-scale-down", State: scaling.StateAlarm, TransitionAt: at}}},
		"scaler-alarm-ok.json":   {alarms: []scaler.Alarm{{Name: "orders-scale-up", State: scaling.StateOK, TransitionAt: at}}},
		"scaler-two-records.json": {alarms: []scaler.Alarm{up, {
			Name: "payments-scale-up", State: scaling.StateAlarm, TransitionAt: time.Date(2026, 11, 2, 9, 15, 43, 4e6, time.UTC),
		}}},
		"scaler-alarm-not-enrolled.json":  {alarms: []scaler.Alarm{{Name: "legacy-scale-up", State: scaling.StateAlarm, TransitionAt: at}}},
		"scaler-alarm-other-account.json": {bad: "of another account or Region"},
		"scaler-other-topic.json":         {bad: "not from ours"},
		"scaler-text.json":                {bad: "is no alarm"},
		"scaler-no-records.json":          {bad: "has no records"},
	}
	files, err := filepath.Glob(filepath.Join("..", "..", "events", "scaler-*.json"))
	if err != nil || len(files) != len(tests) {
		t.Errorf("%d event files (%v), %d cases here", len(files), err, len(tests))
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			alarms, reports := decode(eventFile(t, name), home(t))
			if diff := cmp.Diff(tt.alarms, alarms, cmpopts.IgnoreUnexported(scaler.Alarm{})); diff != "" {
				t.Error(diff)
			}
			checkBad(t, tt.bad, reports)
		})
	}
}

func checkBad(t *testing.T, want string, reports []report.Report) {
	t.Helper()
	switch {
	case want == "" && len(reports) > 0:
		t.Errorf("reports %+v, want none", reports)
	case want != "" && (len(reports) != 1 || reports[0].Event != report.BadInput || !strings.Contains(reports[0].Detail, want)):
		t.Errorf("reports %+v, want one of bad input with %q", reports, want)
	}
}

// variant returns the event of an alarm with changes to its record and its message; a nil value
// takes the field away.
func variant(tb testing.TB, record, message map[string]any) []byte {
	tb.Helper()
	var event struct {
		Records []map[string]any
	}
	if err := json.Unmarshal(eventFile(tb, "scaler-alarm-up.json"), &event); err != nil {
		tb.Fatal(err)
	}
	sns, _ := event.Records[0]["Sns"].(map[string]any)
	text, _ := sns["Message"].(string)
	inner := map[string]any{}
	if err := json.Unmarshal([]byte(text), &inner); err != nil {
		tb.Fatal(err)
	}
	change := func(fields, changes map[string]any) {
		for key, value := range changes {
			if fields[key] = value; value == nil {
				delete(fields, key)
			}
		}
	}
	change(inner, message)
	changed, err := json.Marshal(inner)
	if err != nil {
		tb.Fatal(err)
	}
	sns["Message"] = string(changed)
	change(sns, record)
	payload, err := json.Marshal(event)
	if err != nil {
		tb.Fatal(err)
	}
	return payload
}

func TestDecodeVariants(t *testing.T) {
	at := time.Date(2026, 11, 2, 9, 15, 42, 123e6, time.UTC)
	tests := []struct {
		name            string
		record, message map[string]any
		at              time.Time // of the alarm that is decoded
		bad             string
	}{
		{name: "time with an offset", message: map[string]any{"StateChangeTime": "2026-11-02T10:15:42.123+0100"}, at: at},
		{name: "time as in RFC 3339", message: map[string]any{"StateChangeTime": "2026-11-02T09:15:42.123Z"}, at: at},
		{name: "time with a colon", message: map[string]any{"StateChangeTime": "2026-11-02T10:15:42.123+01:00"}, at: at},
		{name: "time in whole seconds", message: map[string]any{"StateChangeTime": "2026-11-02T09:15:42+0000"}, at: at.Truncate(time.Second)},
		{name: "fields we do not know", message: map[string]any{"AlarmTags": []string{"x"}, "Trigger": "changed"}, at: at},
		{name: "no trigger", message: map[string]any{"Trigger": nil, "OldStateValue": nil}, at: at},
		{name: "no ARN, but the account", message: map[string]any{"AlarmArn": nil}, at: at},
		{name: "no account, but the ARN", message: map[string]any{"AWSAccountId": nil}, at: at},

		{name: "neither account nor ARN", message: map[string]any{"AlarmArn": nil, "AWSAccountId": nil}, bad: "does not say"},
		{name: "ARN of another account", message: map[string]any{"AlarmArn": "arn:aws:cloudwatch:us-east-1:210987654321:alarm:orders-scale-up"}, bad: "another account"},
		{name: "ARN of another Region", message: map[string]any{"AlarmArn": "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:orders-scale-up"}, bad: "another account or Region"},
		{name: "ARN of another alarm", message: map[string]any{"AlarmArn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:clicks-scale-up"}, bad: "is not the ARN of alarm"},
		{name: "ARN of another service", message: map[string]any{"AlarmArn": "arn:aws:sns:us-east-1:123456789012:alarm:orders-scale-up"}, bad: "is not the ARN of alarm"},
		{name: "ARN that is none", message: map[string]any{"AlarmArn": "orders-scale-up"}, bad: "is not an ARN"},
		{name: "no name", message: map[string]any{"AlarmName": nil}, bad: "no AlarmName"},
		{name: "no state", message: map[string]any{"NewStateValue": ""}, bad: "no NewStateValue"},
		{name: "no time", message: map[string]any{"StateChangeTime": nil}, bad: "is not a time"},
		{name: "a time that is none", message: map[string]any{"StateChangeTime": "yesterday"}, bad: "field StateChangeTime"},
		{name: "a name that is a number", message: map[string]any{"AlarmName": 7}, bad: "is no alarm"},
		{name: "a message that is an object", record: map[string]any{"Message": map[string]any{"AlarmName": "orders-scale-up"}}, bad: "no SNS record"},
		{name: "no message", record: map[string]any{"Message": nil}, bad: "is no alarm"},
		{name: "a message that is a list", record: map[string]any{"Message": "[1]"}, bad: "is no alarm"},
		{name: "a message that is null", record: map[string]any{"Message": "null"}, bad: "is no alarm"},
		{name: "no topic", record: map[string]any{"TopicArn": nil}, bad: "not from ours"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			alarms, reports := decode(variant(t, tt.record, tt.message), home(t))
			checkBad(t, tt.bad, reports)
			var want []scaler.Alarm
			if tt.bad == "" {
				want = []scaler.Alarm{{Name: "orders-scale-up", State: scaling.StateAlarm, TransitionAt: tt.at}}
			}
			if diff := cmp.Diff(want, alarms, cmpopts.IgnoreUnexported(scaler.Alarm{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDecodeOfWhatIsNoSNSEvent(t *testing.T) {
	for _, payload := range []string{"", "{", "null", "[]", `"text"`, `{"Records":{}}`, `{"Records":null}`, `{"Records":[null]}`, `{"Records":[7]}`, "\xff"} {
		alarms, reports := decode([]byte(payload), home(t))
		if len(alarms) != 0 || len(reports) != 1 || reports[0].Event != report.BadInput {
			t.Errorf("%q: alarms %v, reports %+v", payload, alarms, reports)
		}
	}
}

func TestOneBadRecordDoesNotTakeTheOthersWithIt(t *testing.T) {
	good := strings.TrimSpace(string(eventFile(t, "scaler-alarm-up.json")))
	payload := strings.Replace(good, `"Records": [`, `"Records": ["text", {"Sns": 7},`, 1)
	alarms, reports := decode([]byte(payload), home(t))
	if len(alarms) != 1 || len(reports) != 2 {
		t.Errorf("alarms %v, reports %+v; want one and two", alarms, reports)
	}
}

// Whatever comes, every record becomes an alarm or a report of bad input, and an alarm has what
// the use case needs to check it.
func FuzzDecode(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("..", "..", "events", "*.json"))
	if err != nil || len(files) == 0 {
		f.Fatal("no event files", err)
	}
	for _, file := range files {
		f.Add(eventFile(f, filepath.Base(file)))
	}
	f.Add(variant(f, nil, map[string]any{"StateChangeTime": "9999-12-31T23:59:59.999+2359"}))
	here := home(f)
	f.Fuzz(func(t *testing.T, payload []byte) {
		alarms, reports := decode(payload, here)
		if len(alarms)+len(reports) == 0 {
			t.Error("neither an alarm nor a report")
		}
		for _, a := range alarms {
			if a.Name == "" || a.State == "" {
				t.Errorf("alarm %+v", a)
			}
		}
		if slices.ContainsFunc(reports, func(r report.Report) bool { return r.Event != report.BadInput || r.Detail == "" }) {
			t.Errorf("reports %+v", reports)
		}
	})
}
