package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/app"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

func now() time.Time { return time.Date(2026, 11, 2, 9, 16, 0, 0, time.UTC) }

// told is a use case that gives what it is told to.
type told struct {
	reports []report.Report
	err     error
	calls   int
}

func (r *told) Run(context.Context) ([]report.Report, error) {
	r.calls++
	return r.reports, r.err
}

func TestAnyPayloadRunsOnce(t *testing.T) {
	payloads := map[string][]byte{"empty": nil, "object": []byte("{}"), "no JSON": []byte("{"), "text": []byte("\xff")}
	files, err := filepath.Glob(filepath.Join("..", "..", "events", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatal("no event files", err)
	}
	for _, file := range files {
		if payloads[filepath.Base(file)], err = os.ReadFile(file); err != nil {
			t.Fatal(err)
		}
	}
	for name, payload := range payloads {
		var out bytes.Buffer
		useCase := &told{}
		h := handler{reconciler: useCase, function: app.NewFunction(t.Context(), "reconciler", &out, app.Config{LogLevel: slog.LevelInfo}, now)}
		if answer, err := h.Invoke(t.Context(), payload); err != nil || string(answer) != "null" || useCase.calls != 1 {
			t.Errorf("%s: %d runs, answer %q, err %v", name, useCase.calls, answer, err)
		}
		if !strings.Contains(out.String(), `"Due":0`) {
			t.Errorf("%s: a run with nothing to do has no heartbeat:\n%s", name, out.String())
		}
	}
}

func TestARunIsReported(t *testing.T) {
	var out bytes.Buffer
	useCase := &told{reports: []report.Report{
		{Stream: "orders", Event: report.Checked},
		{Stream: "payments", Event: report.Settled, Direction: scaling.Up, OpenShards: 8, Target: 8, Fence: 3},
	}}
	h := handler{reconciler: useCase, function: app.NewFunction(t.Context(), "reconciler", &out, app.Config{LogLevel: slog.LevelInfo}, now)}
	if _, err := h.Invoke(t.Context(), []byte("{}")); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	for _, want := range []string{`"stream_name":"payments"`, `"event":"completed"`, `"Due":2`, `"Completed":1`, `"events":{"checked":1,"completed":1}`} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is missing in:\n%s", want, text)
		}
	}
	if strings.Contains(text, "orders") {
		t.Errorf("a line for a stream that is well:\n%s", text)
	}
}

func TestAFailedRunHasNoHeartbeat(t *testing.T) {
	var out bytes.Buffer
	useCase := &told{err: errors.New("find what is due: throttled")}
	h := handler{reconciler: useCase, function: app.NewFunction(t.Context(), "reconciler", &out, app.Config{LogLevel: slog.LevelInfo}, now)}
	if _, err := h.Invoke(t.Context(), nil); !errors.Is(err, useCase.err) {
		t.Errorf("err = %v", err)
	}
	if text := out.String(); strings.Contains(text, `"Due"`) || !strings.Contains(text, "find what is due: throttled") {
		t.Errorf("want the error and no heartbeat:\n%s", text)
	}
}
