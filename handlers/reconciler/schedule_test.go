package main

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
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
	"github.com/shardkeeper/shardkeeper/scaling/reconciler"
)

// account has streams that are all ACTIVE, with what the map says, and healthy alarms.
type account struct {
	open map[string]int
	tags map[string]map[string]string
	made []string // what alarms were made or changed for, in order
}

func (a *account) Describe(_ context.Context, stream string) (scaling.Summary, error) {
	return scaling.Summary{Name: stream, Status: scaling.StatusActive, Mode: scaling.ModeProvisioned, OpenShards: a.open[stream]}, nil
}

func (a *account) Tags(_ context.Context, stream string) (map[string]string, error) {
	return a.tags[stream], nil
}

func (a *account) List(_ context.Context, after string) ([]string, bool, error) {
	var names []string
	for name := range a.open {
		if name > after {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, false, nil
}

func (a *account) ShardLimits(context.Context) (limit, open int, err error) { return 500, 20, nil }

func (a *account) Status(_ context.Context, wants []scaling.AlarmWant) (map[string]scaling.AlarmPair, error) {
	pairs := map[string]scaling.AlarmPair{}
	for _, want := range wants {
		ok := scaling.AlarmStatus{Exists: true, InSync: true, State: scaling.StateOK}
		pairs[want.Stream] = scaling.AlarmPair{Up: ok, Down: ok}
	}
	return pairs, nil
}

func (a *account) Tagged(context.Context, string) (tags map[string]map[string]string, next string, err error) {
	return a.tags, "", nil
}

func (a *account) Update(_ context.Context, want scaling.AlarmWant) error {
	a.made = append(a.made, want.Stream)
	return nil
}

func (a *account) Rearm(context.Context, string, scaling.Direction, string) error { return nil }

func (a *account) Delete(context.Context, ...string) error { return nil }

func (a *account) Lag(context.Context, string, scaling.Settings, time.Time, time.Time) (time.Duration, bool, error) {
	return 0, true, nil
}

func (a *account) Lags(context.Context, string, scaling.Settings, time.Time, time.Time) (scaling.Traffic, error) {
	return scaling.Traffic{Known: true}, nil // no consumer
}

func (a *account) Traffic(context.Context, string, scaling.Settings, time.Time, time.Time) (scaling.Traffic, error) {
	return scaling.Traffic{Known: true}, nil
}

func (a *account) Reserved(context.Context, string) (int, bool, error) { return 0, false, nil }

func (a *account) Reserve(context.Context, string, int) error { return nil }

func (a *account) Unreserved(context.Context) (int, error) { return 900, nil }

// The event of the schedule, through the real reconciler: an operation is completed, and a stream
// whose events were missed is enrolled.
func TestTheScheduleFromPayloadToReport(t *testing.T) {
	registry := inmem.New(inmem.Options{Now: now})
	settings := scaling.Defaults(scaling.DoubleHalve)
	stream := ledger.Item{
		Name: "orders", Status: ledger.Enrolled, OpenShards: 2, Tags: scaling.Layer{"mode": "enabled"},
		Settings: settings, SettingsRevision: 1, Fence: 7, DueAt: now(),
		InFlight: &ledger.Entry{
			Stream: "orders", At: now().Add(-3 * time.Minute), ID: "op-7", Kind: ledger.KindOperation,
			Direction: scaling.Up, From: 2, To: 4, Fence: 7, Outcome: ledger.OutcomeAccepted,
		},
	}
	if _, err := registry.Save(t.Context(), stream); err != nil {
		t.Fatal(err)
	}
	a := &account{
		open: map[string]int{"orders": 4, "missed": 1, "untagged": 9},
		tags: map[string]map[string]string{"orders": {"shardkeeper": "enabled"}, "missed": {"shardkeeper": "enabled"}},
	}
	var out bytes.Buffer
	h := handler{
		reconciler: &reconciler.Reconciler{
			Registry: registry, Fleet: registry, Items: registry, Streams: a, Tagging: a, Alarms: a, Metrics: a, Consumers: a, Now: now, Actor: "reconciler", Lease: time.Minute,
			Enroller: &enroller.Enroller{Registry: registry, Streams: a, Alarms: a, Now: now, Actor: "reconciler"},
		},
		function: app.NewFunction(t.Context(), "reconciler", &out, app.Config{LogLevel: slog.LevelInfo}, now),
	}
	payload, err := os.ReadFile(filepath.Join("..", "..", "events", "reconciler-schedule.json"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Invoke(t.Context(), payload); err != nil {
		t.Fatal(err)
	}
	told := map[string]string{}
	for line := range strings.Lines(out.String()) {
		fields := struct {
			Event  string
			Stream string `json:"stream_name"`
		}{}
		if err := json.Unmarshal([]byte(line), &fields); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if fields.Event != "" {
			told[fields.Stream] = fields.Event
		}
	}
	if diff := cmp.Diff(map[string]string{"orders": "completed", "missed": "enrolled"}, told); diff != "" {
		t.Errorf("%s\n%s", diff, out.String())
	}
	if !slices.Contains(a.made, "missed") {
		t.Errorf("alarms made for %v, want missed", a.made)
	}
}
