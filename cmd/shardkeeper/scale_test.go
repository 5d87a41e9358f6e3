package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

func TestScaleIsRefused(t *testing.T) {
	for _, c := range []struct {
		change func(*ledger.Item)
		says   string
	}{
		{func(s *ledger.Item) { s.Status = ledger.Unenrolled }, "is not enrolled"},
		{func(s *ledger.Item) { s.Settings.Mode, s.Tags["mode"] = scaling.ModeDryRun, "dry-run" }, "has mode dry-run"},
		{func(s *ledger.Item) { s.Settings.Pause, s.Tags["pause"] = scaling.PausedUp, "scale-up" }, "shardkeeper resume orders"},
	} {
		registry := stocked(t, "orders")
		s := loaded(t, registry, "orders")
		c.change(&s)
		if _, err := registry.Save(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		status, stdout, stderr := in(t, &fakeAccount{registry: registry}, strings.Fields("scale orders --to 12 --reason x --yes")...)
		if status != statusRefused || !strings.Contains(stderr, c.says) || len(loaded(t, registry, "orders").Timed) > 0 {
			t.Errorf("status %d, want %q\n%s%s", status, c.says, stdout, stderr)
		}
	}
	for _, pause := range []string{"pause orders --reason x --yes", "pause orders --until 2h --reason x --yes"} {
		account := &fakeAccount{registry: stocked(t, "orders")}
		if status, _, stderr := in(t, account, strings.Fields(pause)...); status != statusOK {
			t.Fatal(stderr)
		}
		if status, _, stderr := in(t, account, strings.Fields("scale orders --to 12 --reason x --yes --no-wait")...); status != statusRefused || !strings.Contains(stderr, "shardkeeper resume orders") {
			t.Errorf("a moment after %s: status %d\n%s", pause, status, stderr)
		}
		if status, _, stderr := in(t, account, "resume", "orders", "--yes"); status != statusOK {
			t.Fatal(stderr)
		}
		if status, _, stderr := in(t, account, strings.Fields("scale orders --to 12 --reason x --yes --no-wait")...); status != statusOK {
			t.Errorf("a moment after resume: status %d\n%s", status, stderr)
		}
	}
	account := &fakeAccount{registry: stocked(t, "orders")}
	if status, _, stderr := in(t, account, "pause", "--all", "--reason", "x"); status != statusOK {
		t.Fatal(stderr)
	}
	if status, _, stderr := in(t, account, strings.Fields("scale orders --to 12 --reason x --yes")...); status != statusRefused || !strings.Contains(stderr, "resume --all") {
		t.Errorf("while all is paused: status %d\n%s", status, stderr)
	}
}

// inModel runs the command on the registry of a model of AWS, whose minutes pass while the command waits.
func inModel(t *testing.T, w *simulate.World, args ...string) (status int, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	account := &fakeAccount{registry: w.Registry()}
	status = run(t.Context(), args, environment{
		stdout: &out, stderr: &errs, screen: output.Screen{W: &out, Width: 200}, now: w.Now, getenv: func(string) string { return "" }, open: account.open,
		wait: func(ctx context.Context, _ time.Duration) error { return w.Run(ctx, 1) },
	})
	return status, errs.String()
}

// A person's scale goes the way of all: the reconciler, the alarm, the scaler's claim; within the budget, and told. When its
// time is over, the stream is the policy's again.
func TestScaleInTheModel(t *testing.T) {
	w := simulate.New(simulate.Options{Start: now})
	t.Cleanup(w.Close)
	load := func(int) trace.Rate { return trace.Rate{Records: 1500, Bytes: 1 << 20} }
	if err := w.CreateStream(simulate.StreamSpec{Name: "orders", Shards: 4, Age: 30 * 24 * time.Hour, Load: load, Tags: map[string]string{"shardkeeper": "enabled"}}); err != nil {
		t.Fatal(err)
	}
	if err := w.Run(t.Context(), 20); err != nil {
		t.Fatal(err)
	}
	status, stderr := inModel(t, w, strings.Fields("scale orders --to 12 --for 2h --reason sale --yes")...)
	if status != statusOK || !strings.Contains(stderr, "12 takes 2 operations") || !strings.Contains(stderr, "operation 4 to 8, completed") || !strings.Contains(stderr, "stream orders has 12 open shards, after") {
		t.Errorf("status %d\n%s", status, stderr)
	}
	if err := w.Run(t.Context(), 60); err != nil {
		t.Fatal(err)
	}
	summary, err := w.Describe("orders")
	if err != nil || summary.OpenShards != 12 || !w.Now().Before(now.Add(140*time.Minute)) {
		t.Errorf("while it is in force: %d shards, %v", summary.OpenShards, err)
	}
	if err := w.Run(t.Context(), 24*60); err != nil {
		t.Fatal(err)
	}
	if summary, err = w.Describe("orders"); err != nil || summary.OpenShards >= 12 || len(w.DeadLetters()) > 0 {
		t.Errorf("a day after its end: %d shards, %v", summary.OpenShards, err)
	}
}
