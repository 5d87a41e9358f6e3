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

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/internal/app"
	"github.com/shardkeeper/shardkeeper/registry/inmem"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/scaler"
)

// world is the real scaler behind the real handler, over the registry in memory and streams
// whose utilization is given.
type world struct {
	t           *testing.T
	utilization float64
	open        map[string]int
	targets     []int // of UpdateShardCount, in order
	describeErr map[string]error
	out         bytes.Buffer
	registry    *inmem.Registry
	handler     handler
}

func now() time.Time { return time.Date(2026, 11, 2, 9, 16, 0, 0, time.UTC) }

func newWorld(t *testing.T, utilization float64) *world {
	t.Helper()
	w := &world{t: t, utilization: utilization, open: map[string]int{"orders": 2, "payments": 4}, describeErr: map[string]error{}}
	registry := inmem.New(inmem.Options{Now: now})
	for name, open := range w.open {
		_, err := registry.Save(t.Context(), ledger.Item{
			Name: name, Status: ledger.Enrolled, EnrolledAt: now().AddDate(0, -1, 0), OpenShards: open,
			Settings: scaling.Defaults(scaling.DoubleHalve), SettingsRevision: 1,
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	w.registry = registry
	w.handler = handler{
		scaler: &scaler.Scaler{
			Registry: registry, Streams: w, Alarms: w, Consumers: w, Now: now, Actor: "scaler", Lease: time.Minute,
		},
		home:     home(t),
		function: app.NewFunction(t.Context(), "scaler", &w.out, app.Config{LogLevel: slog.LevelInfo}, now),
	}
	return w
}

func (w *world) Describe(_ context.Context, stream string) (scaling.Summary, error) {
	if err := w.describeErr[stream]; err != nil {
		return scaling.Summary{}, err
	}
	return scaling.Summary{
		Name: stream, Status: scaling.StatusActive, Mode: scaling.ModeProvisioned, OpenShards: w.open[stream],
		CreatedAt: now().AddDate(0, -1, 0),
	}, nil
}

func (w *world) UpdateShardCount(_ context.Context, _ scaling.Summary, target int) error {
	w.targets = append(w.targets, target)
	return nil
}

func (w *world) Traffic(_ context.Context, stream string, _ scaling.Settings, from, to time.Time) (scaling.Traffic, error) {
	traffic := scaling.Traffic{Known: true, From: from, To: to}
	for at := from; at.Before(to); at = at.Add(time.Minute) {
		traffic.Samples = append(traffic.Samples, scaling.Sample{
			At: at, Records: w.utilization * scaling.RecordsPerShard * float64(w.open[stream]),
		})
	}
	return traffic, nil
}

func (w *world) Status(context.Context, []scaling.AlarmWant) (map[string]scaling.AlarmPair, error) {
	return map[string]scaling.AlarmPair{}, nil
}

func (w *world) Update(context.Context, scaling.AlarmWant) error { return nil }

func (w *world) Reserved(context.Context, string) (int, bool, error) { return 0, false, nil }

func (w *world) Reserve(context.Context, string, int) error { return nil }

// invoke calls the function as Lambda does, and returns the events of its report lines.
func (w *world) invoke(payload []byte) ([]string, error) {
	w.t.Helper()
	w.out.Reset()
	ctx := lambdacontext.NewContext(w.t.Context(), &lambdacontext.LambdaContext{AwsRequestID: "req-1"})
	answer, err := w.handler.Invoke(ctx, payload)
	if string(answer) != "null" {
		w.t.Errorf("answer %q", answer)
	}
	var events []string
	invocations := 0
	for line := range strings.Lines(w.out.String()) {
		var fields struct {
			Msg, Event string
			RequestID  string `json:"request_id"`
		}
		if err := json.Unmarshal([]byte(line), &fields); err != nil {
			w.t.Errorf("line %q: %v", line, err)
		}
		if fields.RequestID != "req-1" {
			w.t.Errorf("line without the request's id: %s", line)
		}
		switch fields.Msg {
		case "stream":
			events = append(events, fields.Event)
		case "invocation":
			invocations++
		}
	}
	if invocations != 1 {
		w.t.Errorf("%d summary lines, want one:\n%s", invocations, w.out.String())
	}
	return events, err
}

func TestEachEventFileFromPayloadToReport(t *testing.T) {
	tests := map[string]struct {
		utilization float64
		events      []string
		targets     []int
	}{
		"scaler-alarm-up.json":            {0.9, []string{"operation"}, []int{4}},
		"scaler-alarm-down.json":          {0.1, []string{"operation"}, []int{1}},
		"scaler-alarm-ok.json":            {0.9, []string{"ignored"}, nil},
		"scaler-two-records.json":         {0.9, []string{"operation", "operation"}, []int{4, 8}},
		"scaler-alarm-not-enrolled.json":  {0.9, []string{"not_enrolled"}, nil},
		"scaler-alarm-other-account.json": {0.9, []string{"bad_input"}, nil},
		"scaler-other-topic.json":         {0.9, []string{"bad_input"}, nil},
		"scaler-text.json":                {0.9, []string{"bad_input"}, nil},
		"scaler-no-records.json":          {0.9, []string{"bad_input"}, nil},
		"enroller-unknown.json":           {0.9, []string{"bad_input"}, nil},
		"reconciler-schedule.json":        {0.9, []string{"bad_input"}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, tt.utilization)
			events, err := w.invoke(eventFile(t, name))
			if err != nil {
				t.Errorf("err = %v: Lambda would try again", err)
			}
			if diff := cmp.Diff(tt.events, events); diff != "" {
				t.Errorf("%s\n%s", diff, w.out.String())
			}
			if !slices.Equal(w.targets, tt.targets) {
				t.Errorf("targets %v, want %v", w.targets, tt.targets)
			}
		})
	}
}

func TestTheSameEventTwiceScalesOnce(t *testing.T) {
	w := newWorld(t, 0.9)
	for _, want := range []string{"operation", "duplicate"} {
		events, err := w.invoke(eventFile(t, "scaler-alarm-up.json"))
		if err != nil || !slices.Equal(events, []string{want}) {
			t.Errorf("events %v, err %v; want %s", events, err, want)
		}
	}
	if len(w.targets) != 1 {
		t.Errorf("targets %v, want one", w.targets)
	}
}

// An entry of the history leads to the invocation's lines in the log by the id of its request.
func TestAnEntryNamesTheRequestThatMadeIt(t *testing.T) {
	for utilization, kind := range map[float64]ledger.Kind{0.9: ledger.KindOperation, 0.5: ledger.KindHold} {
		w := newWorld(t, utilization)
		if _, err := w.invoke(eventFile(t, "scaler-alarm-up.json")); err != nil {
			t.Fatal(err)
		}
		page, err := w.registry.History(t.Context(), ledger.Query{Stream: "orders", From: now().Add(-time.Hour), To: now().Add(time.Hour), Limit: 10})
		if err != nil || len(page.Entries) != 1 || page.Entries[0].Kind != kind || page.Entries[0].Actor != "scaler/req-1" {
			t.Errorf("%v: entries %+v, %v; want one %s by scaler/req-1", utilization, page.Entries, err, kind)
		}
	}
}

// The predecessor looked at the first record only, and lost an event whose handling failed.
func TestAFailingRecordIsTriedAgainAndTheOthersAreDoneOnce(t *testing.T) {
	w := newWorld(t, 0.9)
	w.describeErr["orders"] = errors.New("connection reset")
	events, err := w.invoke(eventFile(t, "scaler-two-records.json"))
	if err == nil || !slices.Equal(events, []string{"failed", "operation"}) {
		t.Fatalf("events %v, err %v", events, err)
	}
	if !strings.Contains(w.out.String(), `"Failures":1`) {
		t.Errorf("no metric of the failure:\n%s", w.out.String())
	}
	delete(w.describeErr, "orders")
	events, err = w.invoke(eventFile(t, "scaler-two-records.json"))
	if err != nil || !slices.Equal(events, []string{"operation", "duplicate"}) {
		t.Errorf("again: events %v, err %v", events, err)
	}
	if diff := cmp.Diff([]int{8, 4}, w.targets); diff != "" {
		t.Error(diff)
	}
}

func TestAnAlarmThatIsNotOursScalesNothing(t *testing.T) {
	for _, name := range []string{"orders-scale-sideways", "orders", "-scale-up", "or ders-scale-up", `orders"}-scale-up`} {
		w := newWorld(t, 0.9)
		events, err := w.invoke(variant(t, nil, map[string]any{
			"AlarmName": name, "AlarmArn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:" + name,
		}))
		if err != nil || !slices.Equal(events, []string{"bad_input"}) || len(w.targets) > 0 {
			t.Errorf("%q: events %v, targets %v, err %v", name, events, w.targets, err)
		}
	}
}
