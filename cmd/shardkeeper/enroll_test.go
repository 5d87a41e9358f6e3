package main

import (
	"bytes"
	"context"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// modelTags are the streams of a model.
type modelTags struct{ w *simulate.World }

func (m modelTags) List(context.Context, string) ([]string, bool, error) {
	return nil, false, nil // the model keeps no list of names
}

func (m modelTags) Describe(_ context.Context, stream string) (scaling.Summary, error) {
	return m.w.Describe(stream)
}

func (m modelTags) Tags(_ context.Context, stream string) (map[string]string, error) {
	return m.w.Tags(stream)
}

func (m modelTags) Set(_ context.Context, stream string, tags map[string]string) error {
	return m.w.Tag(stream, maps.Clone(tags)) //nolint:contextcheck // the model has a clock of its own
}

// The tags are set, the event goes the way of all, and the command says when the stream is enrolled, and when it is not.
func TestEnrollAndUnenroll(t *testing.T) {
	w := simulate.New(simulate.Options{Start: now})
	t.Cleanup(w.Close)
	if err := w.CreateStream(simulate.StreamSpec{Name: "orders", Shards: 4, Age: 30 * 24 * time.Hour}); err != nil {
		t.Fatal(err)
	}
	account := &fakeAccount{registry: w.Registry(), tags: modelTags{w}}
	do := func(args string) (int, string, string) {
		t.Helper()
		var out, errs bytes.Buffer
		status := run(t.Context(), strings.Fields(args), environment{
			stdout: &out, stderr: &errs, screen: output.Screen{W: &out, Width: 200}, now: w.Now, getenv: func(string) string { return "" }, open: account.open,
			wait: func(ctx context.Context, _ time.Duration) error { return w.Run(ctx, 1) },
		})
		return status, out.String(), errs.String()
	}
	for _, step := range []struct {
		args   string
		status int
		says   string
		enroll ledger.Enrollment
	}{
		{"enroll orders", statusRefused, "nobody can be asked here", ""},
		{"enroll orders --dry-run", statusOK, "orders: tag shardkeeper (none) -> enabled", ""},
		{"enroll order --yes", statusFailed, "no stream is named order in Region", ""},
		{"enroll orders max-shard=9 --yes", statusUsage, "did you mean max-shards", ""},
		{"enroll orders max-shards=x --yes", statusUsage, "not a whole number", ""},
		{"enroll orders mode=disabled --yes", statusUsage, "enrolls nothing", ""},
		{"enroll orders max-shards=9 --yes", statusOK, "stream orders is enrolled with 4 open shards", ledger.Enrolled},
		{"enroll orders max-shards=9 --yes", statusOK, "nothing is to be changed", ledger.Enrolled},
		{"enroll orders min-shards=10 --yes", statusUsage, "stream orders cannot have this with its other tags: min-shards: 10 is above max-shards 9", ledger.Enrolled},
		{"enroll orders min-shards=4 --yes", statusOK, "stream orders is enrolled", ledger.Enrolled},
		{"enroll orders max-shards=3 --dry-run", statusUsage, "min-shards: 4 is above max-shards 3; give those settings too, or mend the tags", ledger.Enrolled},
		{"unenroll orders --yes", statusOK, "stream orders is unenrolled (tagged disabled)", ledger.Unenrolled},
		{"enroll orders mode=dry-run --yes", statusOK, "stream orders is enrolled with 4 open shards", ledger.Enrolled},
	} {
		status, stdout, stderr := do(step.args)
		if status != step.status || !strings.Contains(stdout+stderr, step.says) {
			t.Errorf("%s: status %d\n%s%s", step.args, status, stdout, stderr)
		}
		if s, _ := w.Registry().Load(t.Context(), "orders"); s.Status != step.enroll {
			t.Errorf("%s: %q, want %q", step.args, s.Status, step.enroll)
		}
	}
	w.Registry().Override("orders", scaling.Layer{"min-shards": "8"}) // which the tags cannot know
	if status, stdout, stderr := do("enroll orders max-shards=7 --yes"); status != statusFailed || !strings.Contains(stderr, "the tags are set, and the settings of orders cannot be used") ||
		!strings.Contains(stderr, "with settings that cannot be used: ") {
		t.Errorf("status %d\n%s%s", status, stdout, stderr)
	}
	if s, _ := w.Registry().Load(t.Context(), "orders"); s.Settings.MaxShards != 9 || s.Settings.Mode != scaling.ModeDryRun {
		t.Errorf("max-shards %d, mode %s", s.Settings.MaxShards, s.Settings.Mode)
	}
}
