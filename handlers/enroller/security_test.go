package main

// What an event from outside may not do. docs/security.md has the whole list.

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/enroller"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// untouchable fails the test when anything asks it about a stream.
type untouchable struct{ t *testing.T }

func (u untouchable) Describe(_ context.Context, stream string) (scaling.Summary, error) {
	u.t.Errorf("Kinesis is asked about %q", stream)
	return scaling.Summary{}, errors.New("no")
}

func (u untouchable) Tags(_ context.Context, stream string) (map[string]string, error) {
	u.t.Errorf("Kinesis is asked for the tags of %q", stream)
	return nil, errors.New("no")
}

func (u untouchable) Load(_ context.Context, stream string) (ledger.Item, error) {
	u.t.Errorf("the registry is asked for %q", stream)
	return ledger.Item{}, errors.New("no")
}

func (u untouchable) Save(_ context.Context, s ledger.Item, _ ...ledger.Entry) (ledger.Item, error) {
	u.t.Errorf("%q is saved", s.Name)
	return s, errors.New("no")
}

func (u untouchable) Update(_ context.Context, want scaling.AlarmWant) error {
	u.t.Errorf("alarms of %q are made", want.Stream)
	return errors.New("no")
}

func (u untouchable) Delete(_ context.Context, streams ...string) error {
	u.t.Errorf("alarms of %q are deleted", streams)
	return errors.New("no")
}

// oddNames are names that no stream has: Kinesis takes letters, digits, '_', '.' and '-', at most
// 128 (CreateStream, read 2026-11).
func oddNames() map[string]string {
	return map[string]string{
		"a path": "../orders", "a path inside": "orders/../payments", "a percent sign": "orders%2fpayments",
		"a key of the registry": "STREAM#orders", "a pattern": "orders*", "a zero": "orders\x00", "a line break": "orders\nClicks",
		"another alphabet's letter": "оrders", "a letter with a mark": "für-orders", "no UTF-8": "orders\xff", "an escape sequence": "\x1b[2Jorders",
		"metric math": `orders"}],FILL(m1,9)`, "too long": strings.Repeat("s", 129), "a megabyte": strings.Repeat("s", 1<<20), "spaces": "  ",
	}
}

// No name that cannot be reaches the registry, Kinesis or CloudWatch, in whatever field it comes.
func TestAnOddStreamNameReachesNothing(t *testing.T) {
	type set = map[string]any
	const arn = "arn:aws:kinesis:us-east-1:123456789012:stream/"
	for what, name := range oddNames() {
		for field, payload := range map[string][]byte{
			"name":          variant(t, "enroller-create-stream-untagged.json", set{"detail.requestParameters.streamName": name}),
			"ARN":           variant(t, "enroller-create-stream-untagged.json", set{"detail.requestParameters": set{"streamARN": arn + name}}),
			"resource":      variant(t, "enroller-tag-resource.json", set{"detail.requestParameters.resourceARN": arn + name}),
			"many":          variant(t, "enroller-tag-resources.json", set{"detail.requestParameters.resourceARNList": []string{arn + name}}),
			"tagged":        variant(t, "enroller-tag-change.json", set{"resources": []string{arn + name}}),
			"reshard":       variant(t, "enroller-update-shard-count.json", set{"detail.requestParameters.streamName": name}),
			"consumer":      variant(t, "enroller-tag-resource.json", set{"detail.requestParameters.resourceARN": arn + name + "/consumer/audit:1"}),
			"other service": variant(t, "enroller-tag-resource.json", set{"detail.requestParameters.resourceARN": "arn:aws:dynamodb:us-east-1:123456789012:stream/orders"}),
		} {
			t.Run(what+" as "+field, func(t *testing.T) {
				w := newWorld(t)
				u := untouchable{t}
				w.handler.enroller = &enroller.Enroller{Registry: u, Streams: u, Alarms: u, Now: now, Actor: "enroller"}
				events, err := w.invoke(payload)
				if err != nil || events["bad_input"]+events["ignored"] != 1 || len(events) != 1 {
					t.Errorf("events %v, %v", events, err)
				}
				if w.out.Len() > 4096 {
					t.Errorf("%d bytes of log lines", w.out.Len())
				}
			})
		}
	}
}

// What the event says of tags and shards is not believed: Kinesis is asked.
func TestTheWordOfAnEventIsNotTaken(t *testing.T) {
	type set = map[string]any
	for name, payload := range map[string][]byte{
		"tags in the event":      variant(t, "enroller-create-stream-untagged.json", set{"detail.requestParameters.tags": set{"shardkeeper": "enabled"}}),
		"a tag change with tags": variant(t, "enroller-tag-change.json", set{"resources": []string{"arn:aws:kinesis:us-east-1:123456789012:stream/clicks"}}),
	} {
		w := newWorld(t)
		if events, err := w.invoke(payload); err != nil || events["ignored"] != 1 || len(w.alarms) > 0 {
			t.Errorf("%s: events %v, alarms %v, %v", name, events, w.alarms, err)
		}
	}
	w := newWorld(t, "payments") // which is there, and tagged
	if _, err := w.invoke(variant(t, "enroller-delete-stream.json", set{"detail.requestParameters.streamName": "payments"})); err != nil {
		t.Fatal(err)
	}
	if s, err := w.registry.Load(t.Context(), "payments"); err != nil || s.Status != ledger.Enrolled {
		t.Errorf("a late DeleteStream unenrolled a stream that is there: %s, %v", s.Status, err)
	}
}

// A call that the service says was made long ago takes no slot of today.
func TestAnOldReshardingTakesNoSlotOfToday(t *testing.T) {
	w := newWorld(t, "orders")
	for _, at := range []string{"2026-10-20T09:10:05Z", "2026-10-20T09:10:05Z", "0001-01-02T00:00:00Z"} {
		if _, err := w.invoke(variant(t, "enroller-update-shard-count.json", map[string]any{"detail.eventTime": at})); err != nil {
			t.Fatal(err)
		}
	}
	s, err := w.registry.Load(t.Context(), "orders")
	if err != nil {
		t.Fatal(err)
	}
	var today scaling.Operations
	for _, op := range s.Operations {
		if now().Sub(op.At) < scaling.OperationWindow {
			today = append(today, op)
		}
	}
	if len(today) > 0 || len(s.Operations) != 2 {
		t.Errorf("operations of today %+v, all %+v; want none and two", today, s.Operations)
	}
}

// Values of tags that break a name or a formula leave the stream out, or as it was.
func TestATagThatBreaksNamesMakesNoAlarms(t *testing.T) {
	for tag, values := range map[string][]string{
		"shardkeeper:fan-out-consumers":  {`audit"}],FILL(m1,9)`, "a,b", "${PROP('Dim.StreamName')}", "a b c d e f g", "аudit", "a\x00"},
		"shardkeeper:consumer":           {"../payroll", "reader?qualifier=1", "reader/../../x", "*", `x"`},
		"shardkeeper:min-shards":         {"1e9", "-1", "0", "NaN", "99999999999999999999"},
		"shardkeeper:scale-up-threshold": {"NaN", "Inf", "-0.5", "0", "1e-400"},
		"shardkeeper:../mode":            {"enabled"},
	} {
		for _, value := range values {
			w := newWorld(t)
			w.tags["orders"] = map[string]string{"shardkeeper": "enabled", tag: value}
			events, err := w.invoke(eventFile(t, "enroller-add-tags.json"))
			if err != nil || len(w.alarms) > 0 {
				t.Errorf("%s=%q: events %v, alarms %v, %v", tag, value, events, w.alarms, err)
			}
			w = newWorld(t, "orders") // enrolled with good settings before
			w.tags["orders"] = map[string]string{"shardkeeper": "enabled", tag: value}
			if _, err := w.invoke(eventFile(t, "enroller-add-tags.json")); err != nil {
				t.Error(err)
			}
			s, err := w.registry.Load(t.Context(), "orders")
			if diff := cmp.Diff(scaling.Defaults(scaling.DoubleHalve), s.Settings); err != nil || diff != "" || s.SettingsFault == "" {
				t.Errorf("%s=%q: fault %q, settings %s, %v", tag, value, s.SettingsFault, diff, err)
			}
		}
	}
}
