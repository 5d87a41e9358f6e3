package main

// What a message from outside may not do. docs/security.md has the whole list.

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/scaler"
)

// nested is JSON that is many levels deep.
func nested(levels int) string {
	return strings.Repeat(`{"a":`, levels) + "1" + strings.Repeat("}", levels)
}

// A message that is not the word of our own alarm scales nothing, is not tried again, and does
// not fill the log.
func TestAForgedMessageScalesNothing(t *testing.T) {
	type set = map[string]any
	const arn = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:"
	named := func(name string) set { return set{"AlarmName": name, "AlarmArn": arn + name} }
	for name, forged := range map[string]struct {
		record, message set
		event           string
	}{
		"another topic":                  {record: set{"TopicArn": "arn:aws:sns:us-east-1:123456789012:shardkeeper-alarms2"}},
		"a topic of another account":     {record: set{"TopicArn": "arn:aws:sns:us-east-1:210987654321:shardkeeper-alarms"}},
		"a topic that is a list":         {record: set{"TopicArn": []string{"arn:aws:sns:us-east-1:123456789012:shardkeeper-alarms"}}},
		"a topic in other letters":       {record: set{"TopicArn": "arn:aws:sns:us-east-1:123456789012:Shardkeeper-Alarms"}},
		"another account":                {message: set{"AWSAccountId": "210987654321"}},
		"an account that is a number":    {message: set{"AWSAccountId": 123456789012}},
		"an alarm of another account":    {message: set{"AlarmArn": "arn:aws:cloudwatch:us-east-1:210987654321:alarm:orders-scale-up"}},
		"an alarm of another Region":     {message: set{"AlarmArn": "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:orders-scale-up"}},
		"the name of another alarm":      {message: set{"AlarmName": "payments-scale-up"}},
		"a state that is a map":          {message: set{"NewStateValue": set{"value": "ALARM"}}},
		"a state in other letters":       {message: set{"NewStateValue": "alarm"}, event: "ignored"},
		"a time in the future":           {message: set{"StateChangeTime": "2026-11-02T09:21:01.000+0000"}},
		"the last time there is":         {message: set{"StateChangeTime": "9999-12-31T23:59:59.999+0000"}},
		"a time before all others":       {message: set{"StateChangeTime": "0001-01-01T00:00:00.000+0000"}},
		"a time that is a number":        {message: set{"StateChangeTime": 1793610942}},
		"a stream that is not enrolled":  {message: named("payroll-scale-up"), event: "not_enrolled"},
		"a path":                         {message: named("../orders-scale-up")},
		"a key of the registry":          {message: named("STREAM#orders-scale-up")},
		"a name with a zero":             {message: named("orders\x00-scale-up")},
		"a name with another alphabet's": {message: named("оrders-scale-up")},
		"a name for the terminal":        {message: named("\x1b[2Jorders-scale-up")},
		"a name with metric math":        {message: named(`orders"}],FILL(m1,9)-scale-up`)},
		"a name too long for a stream":   {message: named(strings.Repeat("s", 129) + "-scale-up")},
		"a name of a megabyte":           {message: named(strings.Repeat("s", 1<<20) + "-scale-up")},
		"a message of a megabyte":        {record: set{"Message": strings.Repeat("[", 1<<20)}},
		"a message that is very deep":    {record: set{"Message": nested(20_000)}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 0.9)
			events, err := w.invoke(variant(t, forged.record, forged.message))
			if want := cmp.Or(forged.event, "bad_input"); err != nil || !slices.Equal(events, []string{want}) {
				t.Errorf("events %v, want %s; %v", events, want, err)
			}
			if len(w.targets) > 0 {
				t.Errorf("scaled to %v", w.targets)
			}
			if w.out.Len() > 4096 {
				t.Errorf("%d bytes of log lines", w.out.Len())
			}
		})
	}
}

// Had a forged time counted as handled, every alarm until then would be a duplicate.
func TestAForgedTimeDoesNotSilenceTheAlarm(t *testing.T) {
	w := newWorld(t, 0.9)
	if _, err := w.invoke(variant(t, nil, map[string]any{"StateChangeTime": "9999-12-31T23:59:59.999+0000"})); err != nil {
		t.Fatal(err)
	}
	events, err := w.invoke(eventFile(t, "scaler-alarm-up.json"))
	if err != nil || !slices.Equal(events, []string{"operation"}) {
		t.Errorf("the true alarm: events %v, %v", events, err)
	}
}

// A thousand copies in one event, and fields said twice, are one alarm at most.
func TestAFloodOfOneAlarmScalesOnce(t *testing.T) {
	var event struct{ Records []json.RawMessage }
	if err := json.Unmarshal(eventFile(t, "scaler-alarm-up.json"), &event); err != nil {
		t.Fatal(err)
	}
	event.Records = slices.Repeat(event.Records, 1000)
	payload, err := json.Marshal(event)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, 0.9)
	events, err := w.invoke(payload)
	if err != nil || len(events) != 1000 || events[0] != "operation" || slices.ContainsFunc(events[1:], func(e string) bool { return e != "duplicate" }) || len(w.targets) != 1 {
		t.Errorf("%d events, targets %v, %v", len(events), w.targets, err)
	}
}

func TestAFieldThatIsSaidTwiceNamesOneStream(t *testing.T) {
	good := string(variant(t, nil, nil))
	for _, twice := range []string{
		strings.Replace(good, `\"AlarmName\":`, `\"alarmname\":\"payments-scale-up\",\"AlarmName\":`, 1), // the last one counts
		strings.Replace(good, `\"AWSAccountId\":`, `\"alarmname\":\"payments-scale-up\",\"AWSAccountId\":`, 1),
	} {
		alarms, reports := decode([]byte(twice), home(t))
		for _, alarm := range alarms {
			if stream, _, _ := scaling.ParseAlarmName(alarm.Name); stream != "orders" {
				t.Errorf("alarm %+v of ARN orders-scale-up; reports %+v", alarm, reports)
			}
		}
		if len(alarms)+len(reports) != 1 {
			t.Errorf("alarms %+v, reports %+v", alarms, reports)
		}
	}
}

// A transition within the five minutes that clocks may differ by is believed. The true alarm is
// then a duplicate, and the look that was asked for has set the time of the next one.
func TestAForgedAlarmAheadOfTimeIsAskedAgain(t *testing.T) {
	w := newWorld(t, 0.4)
	for _, step := range []struct{ at, event string }{{"2026-11-02T09:20:00.000+0000", "hold"}, {"2026-11-02T09:15:42.123+0000", "duplicate"}} {
		events, err := w.invoke(variant(t, nil, map[string]any{"StateChangeTime": step.at}))
		if err != nil || !slices.Equal(events, []string{step.event}) {
			t.Errorf("%s: events %v, %v; want %s", step.at, events, err, step.event)
		}
	}
	joined, ok := w.handler.scaler.(*scaler.Scaler)
	if !ok {
		t.Fatalf("the use case is %T", w.handler.scaler)
	}
	s, err := joined.Registry.Load(t.Context(), "orders")
	if retry := s.Up.RetryAt; err != nil || retry.IsZero() || retry.After(now().Add(5*time.Minute)) || s.DueAt.After(retry) {
		t.Errorf("asked again at %s, looked at %s, %v", retry, s.DueAt, err)
	}
}
