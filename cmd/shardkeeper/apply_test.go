package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/registry/inmem"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// settled is a registry with streams for which people have set this and that.
func settled(t *testing.T) *inmem.Registry {
	t.Helper()
	registry := stocked(t, "orders", "orders-eu", "payments")
	s := loaded(t, registry, "orders-eu")
	after := s.Clone()
	after.Overrides = scaling.Layer{"min-shards": "3"}
	after.Timed = []ledger.Timed{
		{ID: "old", From: now.Add(-2 * time.Hour), Until: now.Add(-time.Hour), Settings: scaling.Layer{"min-shards": "4"}},
		{ID: "sale", From: now, Until: now.Add(time.Hour), Settings: scaling.Layer{"max-shards": "9"}, Reason: "a sale", Who: ana},
	}
	if _, err := registry.SaveOverrides(t.Context(), s, after); err != nil {
		t.Fatal(err)
	}
	return registry
}

// fileOf writes a file of settings.
func fileOf(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "settings.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestExportSettings(t *testing.T) {
	account := &fakeAccount{registry: settled(t)}
	status, stdout, stderr := in(t, account, "export-settings")
	if status != statusOK {
		t.Fatalf("status %d, %s", status, stderr)
	}
	golden(t, "export-settings.yaml", stdout)
	for pattern, want := range map[string]int{"*": 3, "orders*": 2, "payments": 1} {
		if _, stdout, _ := in(t, account, "export-settings", pattern); strings.Count(stdout, "overrides:") != want {
			t.Errorf("%s: %s", pattern, stdout)
		}
	}
	path := filepath.Join(t.TempDir(), "out.yaml")
	if status, stdout, stderr := in(t, account, "export-settings", "--output-file", path); status != statusOK || stdout != "" || !strings.Contains(readText(t, path), "orders-eu:") {
		t.Errorf("to a file: status %d, %s%s", status, stdout, stderr)
	}
	if status, _, stderr := in(t, account, "export-settings", "paymets"); status != statusFailed || !strings.Contains(stderr, "did you mean payments") {
		t.Errorf("no such stream: status %d, %s", status, stderr)
	}
}

// What was exported and not edited changes nothing when it is applied.
func TestWhatIsExportedIsThere(t *testing.T) {
	account := &fakeAccount{registry: settled(t)}
	_, stdout, _ := in(t, account, "export-settings")
	status, said, stderr := in(t, account, "apply", fileOf(t, stdout), "--yes")
	if status != statusOK || said != "" || !strings.Contains(stderr, "nothing is to be changed") {
		t.Errorf("status %d\n%s%s", status, said, stderr)
	}
}

const wantedSettings = `
streams:
  orders: {overrides: {min-shards: 2, max-shards: 8}}
  orders-eu:
    overrides: {max-shards: 64}
    timed:
    - {id: sale, until: 2026-11-30T00:00:00Z, settings: {min-shards: 6}, reason: longer}
    - {id: past, until: 2026-01-01T00:00:00Z, settings: {min-shards: 6}}
  payments: {timed: []}
`

func TestApply(t *testing.T) {
	registry := settled(t)
	account := &fakeAccount{registry: registry}
	path := fileOf(t, wantedSettings)
	status, stdout, stderr := in(t, account, "apply", path, "--dry-run", "--reason", "sizes")
	if status != statusOK {
		t.Fatalf("status %d, %s", status, stderr)
	}
	golden(t, "apply-dry-run.text", stdout+stderr)
	if s := loaded(t, registry, "orders"); s.Overrides != nil {
		t.Fatalf("a dry run has set %v", s.Overrides)
	}
	status, stdout, stderr = in(t, account, "apply", path, "--yes", "--reason", "sizes", "-o", "json")
	if status != statusOK {
		t.Fatalf("status %d, %s", status, stderr)
	}
	golden(t, "apply.json", stdout)
	a, b := loaded(t, registry, "orders"), loaded(t, registry, "orders-eu")
	if a.Overrides["max-shards"] != "8" || len(a.Overrides) != 2 || b.Overrides["max-shards"] != "64" || len(b.Overrides) != 1 {
		t.Errorf("%v, %v", a.Overrides, b.Overrides)
	}
	if last := b.Timed[len(b.Timed)-1]; len(b.Timed) != 2 || last.ID != "sale" || last.Reason != "longer" || last.Who != ana || !last.From.Equal(now) {
		t.Errorf("%+v", b.Timed)
	}
	if _, stdout, stderr := in(t, account, "apply", path, "--yes"); stdout != "" || !strings.Contains(stderr, "nothing is to be changed") {
		t.Errorf("again: %s%s", stdout, stderr)
	}
}

func TestFilesThatAreRefused(t *testing.T) {
	for text, c := range map[string]struct {
		status int
		says   string
	}{
		"streams: {orders: {overrides: {min-shard: 2}}}":                                                                            {statusUsage, `line 1: no setting is named "min-shard"; did you mean min-shards`},
		"streams: {orders: {override: {}}}":                                                                                         {statusUsage, `stream orders has no key "override"`},
		"streams: {orders: {overrides: {min-shards: 2}}, ordres: {}, paymets: {}}":                                                  {statusFailed, "no stream paymets is in table shardkeeper (Region eu-west-1); did you mean payments"},
		"streams: {orders: {overrides: {min-shards: 2}}, orders-eu: {overrides: {min-shards: two}}}":                                {statusUsage, `stream orders-eu cannot have these overrides: min-shards: "two" is not a whole number`},
		"streams: {orders: {overrides: {min-shards: 9, max-shards: 8}}}":                                                            {statusUsage, "above max-shards"},
		"streams: {orders: {timed: [{id: x, until: 2027-01-01T00:00:00Z, settings: {min-shards: 0}}]}}":                             {statusUsage, "cannot have the timed override x"},
		"streams: {orders: {timed: [{id: x, from: 2027-02-01T00:00:00Z, until: 2027-01-01T00:00:00Z, settings: {min-shards: 2}}]}}": {statusUsage, "is not before the end"},
	} {
		registry := settled(t)
		status, stdout, stderr := in(t, &fakeAccount{registry: registry}, "apply", fileOf(t, text), "--yes")
		if status != c.status || !strings.Contains(stderr, c.says) || stdout != "" {
			t.Errorf("%s: status %d\n%s%s", text, status, stdout, stderr)
		}
		if s := loaded(t, registry, "orders"); s.Overrides != nil || s.Timed != nil {
			t.Errorf("%s: half of it was set: %v, %v", text, s.Overrides, s.Timed)
		}
	}
	if status, _, stderr := in(t, &fakeAccount{registry: settled(t)}, "apply", "nowhere.yaml", "--yes"); status != statusUsage || !strings.Contains(stderr, "nowhere.yaml") {
		t.Errorf("no file: status %d, %s", status, stderr)
	}
}

func TestApplyReadsStdin(t *testing.T) {
	for _, c := range []struct {
		args   string
		asks   bool
		status int
		sets   string
	}{{"apply - --yes", true, statusOK, "5"}, {"apply -", true, statusUsage, ""}, {"apply -", false, statusRefused, ""}, {"apply - --dry-run", true, statusOK, ""}} {
		registry := stocked(t, "orders")
		var out, errs bytes.Buffer
		status := run(t.Context(), strings.Fields(c.args), environment{
			stdin: strings.NewReader("streams: {orders: {overrides: {min-shards: 5}}}"), stdout: &out, stderr: &errs, screen: output.Screen{W: &out}, now: clock,
			getenv: func(string) string { return "" }, open: (&fakeAccount{registry: registry}).open, asks: c.asks,
		})
		if got := loaded(t, registry, "orders").Overrides["min-shards"]; status != c.status || got != c.sets {
			t.Errorf("%s: status %d, %q\n%s", c.args, status, got, errs.String())
		}
	}
}

// When somebody is faster at one of the streams, those before it are set, and those after it are not; both are said.
func TestApplyStopsWhereSomebodyWasFirst(t *testing.T) {
	registry := settled(t)
	person := func(before ledger.Item) {
		if before.Name == "orders-eu" {
			registry.Override("orders-eu", scaling.Layer{"min-shards": "7"})
		}
	}
	status, stdout, stderr := in(t, &fakeAccount{registry: &watchedWrites{registry, person}}, "apply", fileOf(t, `
streams: {orders: {overrides: {min-shards: 2}}, orders-eu: {overrides: {min-shards: 2}}, payments: {overrides: {min-shards: 2}}}`), "--yes", "-o", "csv")
	if status != statusRefused || !strings.Contains(stderr, "change stream orders-eu in table shardkeeper (Region eu-west-1) (1 of 3 streams were changed before it): somebody else has changed") {
		t.Errorf("status %d, %s", status, stderr)
	}
	golden(t, "apply-stopped.csv", stdout)
}

// Ctrl-C between two streams leaves each of them as it was or as the file says, and tells how far it came.
func TestApplyIsInterrupted(t *testing.T) {
	registry := settled(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	second := func(before ledger.Item) {
		if before.Name == "orders-eu" {
			cancel()
		}
	}
	text := "streams: {orders: {overrides: {min-shards: 2}}, orders-eu: {overrides: {min-shards: 2}}, payments: {overrides: {min-shards: 2}}}"
	path := fileOf(t, text)
	apply := func(ctx context.Context, registry tableOfStack) (int, string) {
		var out, errs bytes.Buffer
		status := run(ctx, []string{"apply", path, "--yes"}, environment{
			stdout: &out, stderr: &errs, screen: output.Screen{W: &out}, now: clock, getenv: func(string) string { return "" }, open: (&fakeAccount{registry: registry}).open,
		})
		return status, errs.String()
	}
	status, stderr := apply(ctx, &watchedWrites{registry, second})
	if status != statusInterrupted || !strings.Contains(stderr, "1 of 3 streams were changed, and maybe orders-eu; the same command goes on with the rest") {
		t.Errorf("status %d, %s", status, stderr)
	}
	if a, b := loaded(t, registry, "orders"), loaded(t, registry, "payments"); a.Overrides["min-shards"] != "2" || b.Overrides != nil {
		t.Errorf("%v, %v", a.Overrides, b.Overrides)
	}
	if status, stderr := apply(t.Context(), registry); status != statusOK || !strings.Contains(stderr, "changed: 2 streams") {
		t.Errorf("again: status %d, %s", status, stderr)
	}
}

// watchedWrites is a registry in which something happens just before each write of overrides.
type watchedWrites struct {
	*inmem.Registry

	before func(ledger.Item)
}

func (w *watchedWrites) SaveOverrides(ctx context.Context, before, after ledger.Item, entries ...ledger.Entry) (ledger.Item, error) {
	w.before(before)
	if ctx.Err() != nil {
		return before, ctx.Err()
	}
	return w.Registry.SaveOverrides(ctx, before, after, entries...)
}
