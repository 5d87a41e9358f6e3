package main

import (
	"bytes"
	"context"
	"fmt"
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

// Of more operations than are left, the first are made now: the next slot is the one that comes back first after that.
func TestScaleSaysWhenTheNextSlotIs(t *testing.T) {
	day := scaling.Operations{{At: now}}.FreeAt(now, 1).Sub(now)
	for name, c := range map[string]struct {
		used, limit int
		oldest      time.Duration // ago
		next        time.Duration // from now on; 0: there are slots enough
	}{
		"none is left":             {10, 10, 20 * time.Hour, day - 20*time.Hour},
		"one of two is left":       {9, 10, 20 * time.Hour, day - 20*time.Hour},
		"one is all that there is": {0, 1, 0, day},
		"two are left":             {8, 10, 20 * time.Hour, 0},
	} {
		registry := stocked(t, "orders")
		s := loaded(t, registry, "orders")
		s.OpenShards, s.Operations = 4, nil // 4 to 12 takes two
		for i := range c.used {
			s.Operations = append(s.Operations, scaling.Operation{At: now.Add(-c.oldest + time.Duration(c.used-1-i)*time.Minute), From: 2, To: 4, Direction: scaling.Up})
		}
		s.Tags["operation-limit"], s.Tags["scale-up-reserve"] = fmt.Sprint(c.limit), "0"
		s.Settings.OperationLimit, s.Settings.ScaleUpReserve = c.limit, 0
		if _, err := registry.Save(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		status, _, stderr := in(t, &fakeAccount{registry: registry}, strings.Fields("scale orders --to 12 --reason x --yes --no-wait")...)
		_, says, short := strings.Cut(stderr, "waits for the next slot, at ")
		if status != statusOK || short != (c.next > 0) || short && !strings.HasPrefix(says, now.Add(c.next).Format(time.RFC3339)) {
			t.Errorf("%s: status %d, want the next slot %s from now on\n%s", name, status, c.next, stderr)
		}
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
