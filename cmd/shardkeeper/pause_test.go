package main

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/registry/inmem"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// in runs the command in an account that stays.
func in(t *testing.T, account *fakeAccount, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	status = run(t.Context(), args, environment{
		stdout: &out, stderr: &errs, screen: output.Screen{W: &out, Width: 200}, now: clock,
		getenv: func(string) string { return "" }, open: account.open,
	})
	return status, out.String(), errs.String()
}

const ana = "arn:aws:sts::123456789012:assumed-role/operators/ana"

func TestPauseAndResume(t *testing.T) {
	registry := inmem.New(inmem.Options{Now: clock})
	account := &fakeAccount{registry: registry}
	for _, step := range []struct {
		args   string
		says   string
		paused bool
	}{
		{"resume --all", "was not paused", false},
		{"pause --all --reason moving --stack keeper", "resharding of table keeper-table (Region eu-west-1) is paused since 2026-11-24T12:00:00Z by " + ana + ": moving", true},
		{"pause --all --reason again", "is paused already, since 2026-11-24T12:00:00Z by " + ana + ": moving", true},
		{"resume --all --table keeper-table", "goes on; it was paused since 2026-11-24T12:00:00Z by " + ana + ": moving", false},
	} {
		status, stdout, stderr := in(t, account, strings.Fields(step.args)...)
		if status != statusOK || !strings.Contains(stdout, step.says) {
			t.Errorf("%s: status %d\n%s%s", step.args, status, stdout, stderr)
		}
		if p, err := registry.Paused(t.Context()); err != nil || p.InForce != step.paused {
			t.Errorf("%s: %+v, %v", step.args, p, err)
		}
	}
	_, stdout, _ := in(t, account, "history", "--kind", "pause", "--until", "2026-11-25")
	for _, line := range []string{"all resharding is paused: moving, by " + ana, "goes on; it was paused since", "(all)"} {
		if !strings.Contains(stdout, line) {
			t.Errorf("the history does not say %q:\n%s", line, stdout)
		}
	}
}

func TestPauseIsRefused(t *testing.T) {
	for _, c := range []struct {
		args   string
		status int
		says   string
	}{
		{"pause --reason x", statusUsage, "pause needs a stream, or --all"},
		{"resume", statusUsage, "resume needs a stream, or --all"},
		{"resume orders --all", statusUsage, "one of them"},
		{"resume orders", statusFailed, "no stream orders is in table shardkeeper"},
		{"pause --all", statusUsage, "a pause needs a reason; give it with --reason"},
		{"pause --all --reason " + strings.Repeat("x", 501), statusUsage, "501 bytes"},
		{"pause orders --all --reason x", statusUsage, "one of them"},
		{"pause --all --reason x --stack other", statusFailed, "no stack is named other"},
	} {
		account := &fakeAccount{registry: inmem.New(inmem.Options{})}
		status, stdout, stderr := in(t, account, strings.Fields(c.args)...)
		if status != c.status || !strings.Contains(stderr, c.says) || stdout != "" {
			t.Errorf("%s: status %d\n%s%s", c.args, status, stdout, stderr)
		}
		if p, err := account.registry.Paused(t.Context()); err != nil || p.InForce {
			t.Errorf("%s: %+v, %v", c.args, p, err)
		}
	}
}

// brokenPauses is a table that answers nothing.
type brokenPauses struct{ tableOfStack }

var errBroken = errors.New("the table does not answer")

func (brokenPauses) Pause(context.Context, ledger.Pause) error { return errBroken }

func TestPauseTellsThatItFailed(t *testing.T) {
	status, stdout, stderr := in(t, &fakeAccount{registry: brokenPauses{}}, "pause", "--all", "--reason", "x")
	if status != statusFailed || stdout != "" || !strings.Contains(stderr, "pause all resharding in table shardkeeper") {
		t.Errorf("status %d\n%s%s", status, stdout, stderr)
	}
}

func TestResumeAStreamThatIsHeld(t *testing.T) {
	registry := inmem.New(inmem.Options{Now: clock})
	held := ledger.Item{
		Name: "orders", Status: ledger.Enrolled, OpenShards: 4,
		Opposed: ledger.Opposed{At: now.Add(-time.Hour), By: "Terraform (arn:deployer)", HeldUntil: now.Add(time.Hour)},
	}
	if _, err := registry.Save(t.Context(), held); err != nil {
		t.Fatal(err)
	}
	for _, says := range []string{"stream orders goes on; it was held until 2026-11-24T13:00:00Z, after it was set back by Terraform (arn:deployer)", "was not held"} {
		status, stdout, stderr := in(t, &fakeAccount{registry: registry}, "resume", "orders")
		if status != statusOK || !strings.Contains(stdout, says) {
			t.Errorf("status %d\n%s%s", status, stdout, stderr)
		}
	}
	s, err := registry.Load(t.Context(), "orders")
	if err != nil || s.Opposed != (ledger.Opposed{}) {
		t.Errorf("%+v, %v", s.Opposed, err)
	}
	_, stdout, _ := in(t, &fakeAccount{registry: registry}, "history", "orders", "--until", "2026-11-25")
	if !strings.Contains(stdout, "goes on") || !strings.Contains(stdout, ana) {
		t.Errorf("history:\n%s", stdout)
	}
}
