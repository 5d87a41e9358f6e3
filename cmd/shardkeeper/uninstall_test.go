package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/shardkeeper/shardkeeper/internal/app/operator"
)

// fakeRemoval is a stack with alarms, of which a running function makes more.
type fakeRemoval struct {
	topic   string
	table   string
	alarms  []string
	late    []string // made by a function that was running, after the first are deleted
	stopped []string
	fail    map[string]error
}

func (f *fakeRemoval) Ours(context.Context) ([]string, error) {
	return slices.Clone(f.alarms), f.fail["Ours"]
}

func (f *fakeRemoval) Remove(_ context.Context, names []string, done func(int)) error {
	if err := f.fail["Remove"]; err != nil {
		return err
	}
	f.alarms = slices.DeleteFunc(f.alarms, func(name string) bool { return slices.Contains(names, name) })
	f.alarms, f.late = append(f.alarms, f.late...), nil
	done(len(names))
	return nil
}

func (f *fakeRemoval) Stop(_ context.Context, function string) error {
	f.stopped = append(f.stopped, function)
	return f.fail["Stop "+function]
}

func installed() *fakeRemoval {
	return &fakeRemoval{alarms: []string{"orders-scale-down", "orders-scale-up"}, late: []string{"payments-scale-up"}, fail: map[string]error{}}
}

func TestUninstallShowsFirst(t *testing.T) {
	r := installed()
	status, stdout, stderr := in(t, &fakeAccount{removal: r}, "uninstall", "--stack", "keeper")
	if status != statusOK || stdout != "orders-scale-down\norders-scale-up\n" || len(r.stopped) > 0 || len(r.alarms) != 2 {
		t.Errorf("status %d, stopped %v\n%s%s", status, r.stopped, stdout, stderr)
	}
	for _, said := range []string{"nothing was changed", "2 alarms that notify arn:keeper-alarms or name table keeper-table", "keeper-scaler, keeper-enroller"} {
		if !strings.Contains(stderr, said) {
			t.Errorf("stderr has no %q:\n%s", said, stderr)
		}
	}
}

func TestUninstall(t *testing.T) {
	r := installed()
	status, stdout, stderr := in(t, &fakeAccount{removal: r}, "uninstall", "--stack", "keeper", "--yes")
	if status != statusOK || len(r.alarms) > 0 || !slices.Equal(r.stopped, []string{"keeper-scaler", "keeper-enroller"}) {
		t.Errorf("status %d, stopped %v, left %v\n%s", status, r.stopped, r.alarms, stderr)
	}
	for _, said := range []string{
		"deleted: 3 alarms that notify arn:keeper-alarms or name table keeper-table", "detach the stack's policies", "sam delete --stack-name keeper",
		"aws dynamodb delete-table --table-name keeper-table", "ExistingTable=keeper-table",
	} {
		if !strings.Contains(stdout, said) {
			t.Errorf("stdout has no %q:\n%s", said, stdout)
		}
	}
	const gone = "arn:aws:sns:eu-west-1:123456789012:gone-alarms"
	status, stdout, _ = in(t, &fakeAccount{removal: r}, "uninstall", "--topic", gone, "--yes")
	if status != statusOK || stdout != "deleted: 0 alarms that notify "+gone+"\n" || r.topic != gone {
		t.Errorf("again: status %d\n%s", status, stdout)
	}
	status, stdout, _ = in(t, &fakeAccount{removal: r}, "uninstall", "--topic", gone, "--table", "kept", "--yes")
	if status != statusOK || stdout != "deleted: 0 alarms that notify "+gone+" or name table kept\n" || r.table != "kept" {
		t.Errorf("by table too: status %d, table %q\n%s", status, r.table, stdout)
	}
}

func TestUninstallFails(t *testing.T) {
	for _, c := range []struct {
		args, fails string
		status      int
		says        string
	}{
		{"--yes", "", statusUsage, "needs --stack, or --topic"},
		{"--stack keeper --topic arn:x", "", statusUsage, "one of them"},
		{"--stack keeper --table x", "", statusUsage, "needs no --table"},
		{"--topic shardkeeper-alarms --yes", "", statusUsage, "no topic's ARN"},
		{"--topic arn:aws:sqs:eu-west-1:123456789012:x --yes", "", statusUsage, "no topic's ARN"},
		{"--topic arn:aws:sns:us-east-1:123456789012:x --yes", "", statusFailed, "is in Region us-east-1, and so are its alarms; Region eu-west-1 was asked\ntry --region us-east-1"},
		{"--stack other", "", statusFailed, "no stack is named other"},
		{"--stack keeper --yes", "Stop keeper-enroller", statusFailed, "broken"},
		{"--stack keeper --yes", "Ours", statusFailed, "broken"},
		{"--stack keeper", "Ours", statusFailed, "broken"},
		{"--stack keeper --yes", "Remove", statusFailed, "run it again for the rest"},
	} {
		r := installed()
		r.fail[c.fails] = errors.New("broken")
		status, stdout, stderr := in(t, &fakeAccount{removal: r}, strings.Fields("uninstall "+c.args)...)
		if status != c.status || !strings.Contains(stderr, c.says) || strings.Contains(stdout, "deleted") || len(r.alarms) != 2 {
			t.Errorf("%s, %s: status %d, left %v\n%s%s", c.args, c.fails, status, r.alarms, stdout, stderr)
		}
	}
}

// What comes back for ever is not waited for for ever: the text says to run it again.
func TestUninstallEnds(t *testing.T) {
	r := &endless{}
	var c uninstallCommand
	out := &strings.Builder{}
	if err := c.remove(t.Context(), environment{stdout: out, stderr: out}, r, operator.Stack{TopicARN: "arn:x"}); err != nil || r.rounds != mostRounds {
		t.Errorf("%d rounds, %v", r.rounds, err)
	}
}

// endless has always one more alarm.
type endless struct {
	fakeRemoval

	rounds int
}

func (e *endless) Ours(context.Context) ([]string, error) {
	e.rounds++
	return []string{fmt.Sprintf("orders-%d-scale-up", e.rounds)}, nil
}
