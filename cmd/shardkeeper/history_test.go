package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/registry/inmem"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

func TestHistoryIsSieved(t *testing.T) {
	for args, want := range map[string]int{
		"--who SCALER": 2, "--who red": 2, "--who nobody": 0, "--outcome completed": 2, "--outcome refused": 0,
		"--outcome completed --who red": 0, "--who scaler --limit 1": 1,
	} {
		status, stdout, stderr := execute(t, append([]string{"history", "-o", "json"}, strings.Fields(args)...)...)
		if got := strings.Count(stdout, "\n"); status != statusOK || got != want {
			t.Errorf("%s: %d entries, want %d; %s", args, got, want, stderr)
		}
		if more := strings.Contains(stderr, "--limit 0 shows all"); more != strings.Contains(args, "--limit 1") {
			t.Errorf("%s: says %q", args, stderr)
		}
	}
}

// What comes while the history is followed is printed once, and an operation again when it has ended.
func TestHistoryIsFollowed(t *testing.T) {
	r := filled(t)
	save := func(e ledger.Entry) {
		item, err := r.Load(t.Context(), "orders")
		if err == nil {
			_, err = r.Save(t.Context(), item, e)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	op := ledger.Entry{Stream: "orders", At: now.Add(time.Second), ID: "op-9", Kind: ledger.KindOperation, From: 4, To: 8, Outcome: ledger.OutcomeIntended}
	status, got, stderr := followed(t, r, "", func() { save(op) }, func() {}, func() { op.Outcome = ledger.OutcomeCompleted; save(op) })
	if status != statusFailed || got != "enrolled op-1 ext op-9 op-9" {
		t.Errorf("status %d, entries %s; %s", status, got, stderr)
	}
	for args, says := range map[string]string{
		"history nobody --follow": "no stream nobody is in", "history --follow -o csv": "no CSV", "history --follow --until 1h": "exclude each other",
	} {
		if status, _, stderr := execute(t, strings.Fields(args)...); status == statusOK || !strings.Contains(stderr, says) {
			t.Errorf("%s: status %d, %q", args, status, stderr)
		}
	}
}

// followed follows the history of orders, with something done before each look after the first, and returns the entries by id.
func followed(t *testing.T, r *inmem.Registry, args string, steps ...func()) (status int, ids, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	clock := now
	status = run(t.Context(), append([]string{"history", "orders", "--follow", "-o", "json"}, strings.Fields(args)...), environment{
		stdout: &out, stderr: &errs, screen: output.Screen{W: &out}, getenv: func(string) string { return "" },
		open: (&fakeAccount{registry: r}).open, now: func() time.Time { return clock },
		wait: func(context.Context, time.Duration) error {
			if len(steps) == 0 {
				return context.DeadlineExceeded
			}
			clock = clock.Add(10 * time.Second)
			steps[0]()
			steps = steps[1:]
			return nil
		},
	})
	var all []string
	for line := range strings.Lines(out.String()) {
		_, after, _ := strings.Cut(line, `"id":"`)
		id, _, _ := strings.Cut(after, `"`)
		all = append(all, id)
	}
	return status, strings.Join(all, " "), errs.String()
}

// The limit is for what is there at first, which is told. What comes is not limited, and what is older than --since never comes.
func TestFollowLosesNothingAndInventsNothing(t *testing.T) {
	for _, test := range []struct{ args, want, says string }{
		{"--since 1d --limit 2", "op-0 b op-0 n1 n2 n3", "the newest 2 entries; --limit 0 shows all"},
		{"--since 1d --limit 1", "b op-0 n1 n2 n3", "the newest 1 entries; --limit 0 shows all"},
		{"--since 1d --limit 0", "old a op-0 b op-0 n1 n2 n3", ""},
		{"--since 10m", "b n1 n2 n3", ""},
		{"--since 25m --limit 1", "b op-0 n1 n2 n3", "the newest 1 entries"},
		{"--since 1d --limit 1 --outcome completed", "op-0", ""},
	} {
		r := stocked(t, "orders")
		save := func(all ...ledger.Entry) {
			if _, err := r.Save(t.Context(), loaded(t, r, "orders"), all...); err != nil {
				t.Fatal(err)
			}
		}
		entry := func(id string, at time.Duration) ledger.Entry {
			return ledger.Entry{Stream: "orders", At: now.Add(at), ID: id, Kind: ledger.KindHold, From: 4, To: 4, Detail: id}
		}
		op := entry("op-0", -20*time.Minute)
		op.Kind, op.To, op.Outcome = ledger.KindOperation, 8, ledger.OutcomeIntended
		save(entry("old", -2*time.Hour), entry("a", -30*time.Minute), op, entry("b", -5*time.Minute))
		_, got, stderr := followed(t, r, test.args, func() {}, func() {
			op.Outcome = ledger.OutcomeCompleted
			save(op, entry("n1", time.Second), entry("n2", 2*time.Second), entry("n3", 3*time.Second))
		}, func() {})
		if got != test.want || !strings.Contains(stderr, test.says) || (test.says == "") == strings.Contains(stderr, "--limit") {
			t.Errorf("%s: entries %q, want %q; says %q", test.args, got, test.want, stderr)
		}
	}
}

// Streams that a flag leaves out are there all the same.
func TestStreamsSayWhyNoneIsShown(t *testing.T) {
	account := &fakeAccount{registry: stocked(t, "orders", "orders-eu")}
	for args, says := range map[string]string{
		"streams --waiting": `of 2 streams like "*" none waits for something`, "streams x*": `no stream is like "x*"`,
		"streams orders --status suspended":              `of 1 streams like "orders" none is suspended`,
		"streams o* --status suspended --waiting":        `of 2 streams like "o*" none is suspended and waits for something`,
		"streams --waiting --region us-east-1,eu-west-1": `of 4 streams like "*" none waits for something`,
	} {
		status, stdout, stderr := in(t, account, strings.Fields(args)...)
		if status != statusOK || !strings.Contains(stderr, says) {
			t.Errorf("%s: status %d\n%s%s", args, status, stdout, stderr)
		}
	}
}

// A look is repeated until the command ends, on an empty screen each time.
func TestStreamsAreWatched(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var out, errs bytes.Buffer
	looks := 0
	status := run(ctx, []string{"streams", "--watch", "5s"}, environment{
		stdout: &out, stderr: &errs, screen: output.Screen{W: &out, Width: 80}, getenv: func(string) string { return "" }, shared: true,
		open: (&fakeAccount{registry: inmem.New(inmem.Options{})}).open, now: clock,
		wait: func(ctx context.Context, _ time.Duration) error {
			if looks++; looks == 3 {
				cancel()
			}
			return ctx.Err()
		},
	})
	if status != statusInterrupted || strings.Count(out.String(), "\x1b[2J") != 3 {
		t.Errorf("status %d, %d looks, %q, %s", status, looks, out.String(), errs.String())
	}
}

// A size that nobody has seen is not told as 0.
func TestResized(t *testing.T) {
	for want, sizes := range map[string][2]int{"4 -> 8": {4, 8}, "8 -> 4": {8, 4}, "-> 8": {0, 8}} {
		if got := resized(sizes[0], sizes[1]); got != want {
			t.Errorf("%v: %q, want %q", sizes, got, want)
		}
	}
}
