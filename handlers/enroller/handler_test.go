package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/internal/app"
	"github.com/shardkeeper/shardkeeper/registry/inmem"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/enroller"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// world is the real enroller behind the real handler, over the registry in memory.
type world struct {
	t        *testing.T
	streams  map[string]scaling.Summary
	tags     map[string]map[string]string
	alarms   map[string]int // shards that a stream's alarms were made for
	tagsErr  error
	registry *inmem.Registry
	out      bytes.Buffer
	handler  handler
}

// newWorld has the streams of the event files as they are after the calls that these tell of.
// Those named as enrolled are in the registry.
func newWorld(t *testing.T, enrolled ...string) *world {
	t.Helper()
	w := &world{
		t: t, alarms: map[string]int{}, streams: map[string]scaling.Summary{}, registry: inmem.New(inmem.Options{Now: now}),
		tags: map[string]map[string]string{"orders": {"shardkeeper": "enabled"}, "payments": {"shardkeeper": "enabled"}, "audit": {"shardkeeper": "enabled"}},
	}
	for name, open := range map[string]int{"orders": 3, "payments": 4, "clicks": 4, "audit": 2} {
		w.streams[name] = scaling.Summary{
			Name: name, ARN: "arn:aws:kinesis:us-east-1:123456789012:stream/" + name, Status: scaling.StatusActive,
			Mode: scaling.ModeProvisioned, OpenShards: open, CreatedAt: now().AddDate(0, -1, 0),
		}
	}
	audit := w.streams["audit"]
	audit.Mode = scaling.ModeOnDemand
	w.streams["audit"] = audit
	for _, name := range enrolled {
		_, err := w.registry.Save(t.Context(), ledger.Item{
			Name: name, Status: ledger.Enrolled, EnrolledAt: now().Add(-time.Hour), OpenShards: 2, CreatedAt: now().AddDate(0, -1, 0),
			Tags: scaling.Layer{"mode": "enabled"}, Settings: scaling.Defaults(scaling.DoubleHalve), SettingsRevision: 1,
			Alarms: ledger.AlarmsHeld{Shards: 2, SettingsRevision: 1},
		})
		if err != nil {
			t.Fatal(err)
		}
		w.alarms[name] = 2
	}
	w.handler = handler{
		enroller: &enroller.Enroller{Registry: w.registry, Streams: w, Alarms: w, Now: now, Actor: "enroller"},
		source:   here(t),
		function: app.NewFunction(t.Context(), "enroller", &w.out, app.Config{LogLevel: slog.LevelInfo}, now),
	}
	return w
}

func (w *world) Describe(_ context.Context, stream string) (scaling.Summary, error) {
	summary, there := w.streams[stream]
	if !there {
		return scaling.Summary{}, scaling.ErrStreamNotFound
	}
	return summary, nil
}

func (w *world) Tags(_ context.Context, stream string) (map[string]string, error) {
	return w.tags[stream], w.tagsErr
}

func (w *world) Update(_ context.Context, want scaling.AlarmWant) error {
	w.alarms[want.Stream] = want.OpenShards
	return nil
}

func (w *world) Delete(_ context.Context, streams ...string) error {
	for _, stream := range streams {
		delete(w.alarms, stream)
	}
	return nil
}

// invoke calls the function as Lambda does, and returns the counts of its summary line.
func (w *world) invoke(payload []byte) (map[string]int, error) {
	w.t.Helper()
	w.out.Reset()
	_, err := w.handler.Invoke(w.t.Context(), payload)
	counts := map[string]int{}
	for line := range strings.Lines(w.out.String()) {
		var summary struct {
			Msg    string
			Events map[string]int
		}
		if err := json.Unmarshal([]byte(line), &summary); err != nil {
			w.t.Errorf("line %q: %v", line, err)
		}
		if summary.Msg == "invocation" {
			counts = summary.Events
		}
	}
	return counts, err
}

func TestEachEventFileFromPayloadToReport(t *testing.T) {
	type counts = map[string]int
	tests := map[string]struct {
		enrolled []string
		events   counts
		alarms   counts // shards that the alarms are for, afterwards
	}{
		"enroller-create-stream-tagged.json":   {nil, counts{"enrolled": 1}, counts{"orders": 3}},
		"enroller-create-stream-untagged.json": {nil, counts{"ignored": 1}, counts{}},
		"enroller-create-stream-failed.json":   {nil, counts{"ignored": 1}, counts{}},
		"enroller-add-tags.json":               {nil, counts{"enrolled": 1}, counts{"orders": 3}},
		"enroller-remove-tags.json":            {[]string{"clicks"}, counts{"unenrolled": 1}, counts{}},
		"enroller-tag-resource.json":           {nil, counts{"enrolled": 1}, counts{"orders": 3}},
		"enroller-tag-resource-consumer.json":  {nil, counts{"ignored": 1}, counts{}},
		"enroller-untag-resource.json":         {[]string{"clicks"}, counts{"unenrolled": 1}, counts{}},
		"enroller-delete-stream.json":          {[]string{"returns"}, counts{"unenrolled": 1}, counts{}},
		"enroller-update-stream-mode.json":     {[]string{"audit"}, counts{"suspended": 1}, counts{}},
		"enroller-update-shard-count.json":     {[]string{"orders"}, counts{"external": 1}, counts{"orders": 3}},
		"enroller-update-shard-count-own.json": {[]string{"orders"}, counts{"ignored": 1}, counts{"orders": 2}},
		"enroller-split-shard.json":            {[]string{"orders"}, counts{"external": 1}, counts{"orders": 3}},
		"enroller-merge-shards.json":           {[]string{"orders"}, counts{"external": 1}, counts{"orders": 3}},
		"enroller-retention.json":              {nil, counts{"ignored": 1}, counts{}},
		"enroller-tag-change.json":             {nil, counts{"enrolled": 1}, counts{"orders": 3}},
		"enroller-tag-resources.json":          {nil, counts{"enrolled": 2}, counts{"orders": 3, "payments": 4}},
		"enroller-other-region.json":           {nil, counts{"bad_input": 1}, counts{}},
		"enroller-unknown.json":                {nil, counts{"ignored": 1}, counts{}},
		"scaler-alarm-up.json":                 {nil, counts{"ignored": 1}, counts{}},
		"reconciler-schedule.json":             {nil, counts{"ignored": 1}, counts{}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, tt.enrolled...)
			events, err := w.invoke(eventFile(t, name))
			if err != nil {
				t.Errorf("err = %v: Lambda would try again", err)
			}
			if diff := cmp.Diff(tt.events, events); diff != "" {
				t.Errorf("%s\n%s", diff, w.out.String())
			}
			if diff := cmp.Diff(tt.alarms, w.alarms); diff != "" {
				t.Errorf("alarms: %s", diff)
			}
		})
	}
}

func TestTheSameReshardingTwiceTakesOneSlot(t *testing.T) {
	w := newWorld(t, "orders")
	for range 2 {
		if _, err := w.invoke(eventFile(t, "enroller-update-shard-count.json")); err != nil {
			t.Fatal(err)
		}
	}
	stream, err := w.registry.Load(t.Context(), "orders")
	if err != nil {
		t.Fatal(err)
	}
	ops := stream.Operations
	if len(ops) != 1 || ops[0].Actor != alice || !ops[0].At.Equal(time.Date(2026, 11, 2, 9, 10, 5, 0, time.UTC)) {
		t.Errorf("operations %+v, want alice's one", ops)
	}
}

func TestLambdaTriesAgainWhenTheServiceDoesNotAnswer(t *testing.T) {
	w := newWorld(t)
	w.tagsErr = errors.New("connection reset")
	events, err := w.invoke(eventFile(t, "enroller-tag-resources.json"))
	if err == nil || events["failed"] != 2 {
		t.Errorf("events %v, err %v; want two failures", events, err)
	}
	if !slices.ContainsFunc(strings.Split(w.out.String(), "\n"), func(line string) bool { return strings.Contains(line, `"Failures":2`) }) {
		t.Errorf("no metric:\n%s", w.out.String())
	}
	w.tagsErr = nil
	if events, err = w.invoke(eventFile(t, "enroller-tag-resources.json")); err != nil || events["enrolled"] != 2 {
		t.Errorf("again: events %v, err %v", events, err)
	}
}
