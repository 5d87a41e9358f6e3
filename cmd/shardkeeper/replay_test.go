package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/internal/deadletter"
)

const deadLetters = "https://sqs.us-east-1.amazonaws.com/123456789012/shardkeeper-scaler-dead-letters"

// box is a queue with a message of each kind, and the functions of its account.
type box struct {
	messages []deadletter.Message
	hidden   map[string]bool
	invoked  []string
	refused  error // of every invocation
	unread   error // of every receipt
}

func filledBox(t *testing.T) *box {
	t.Helper()
	b := &box{hidden: map[string]bool{}}
	for i, file := range []string{"record-alarm.json", "notification-alarm.json", "record-change.json", "event-change.json", "record-run.json"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "internal", "deadletter", "testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		m := deadletter.Message{ID: "message-" + string(rune('a'+i)), SentAt: now.AddDate(0, 0, -i), Body: string(text)}
		if file == "notification-alarm.json" {
			m.Attributes = map[string]string{"ErrorCode": "403", "ErrorMessage": "not authorized to \x1b[31minvoke"}
		}
		b.messages = append(b.messages, m)
	}
	b.messages = append(b.messages, deadletter.Message{ID: "message-f", Body: "gossip"})
	return b
}

func (b *box) Receive(context.Context) ([]deadletter.Message, error) {
	var got []deadletter.Message
	for _, m := range b.messages {
		if !b.hidden[m.ID] {
			b.hidden[m.ID] = true
			got = append(got, m)
		}
	}
	return got, b.unread
}

func (b *box) Delete(_ context.Context, m deadletter.Message) error {
	b.messages = slices.DeleteFunc(b.messages, func(other deadletter.Message) bool { return other.ID == m.ID })
	return nil
}

func (b *box) Release(_ context.Context, m deadletter.Message) error {
	b.hidden[m.ID] = false
	return nil
}

func (b *box) Invoke(_ context.Context, function string, _ []byte) error {
	if b.refused != nil {
		return b.refused
	}
	b.invoked = append(b.invoked, function)
	return nil
}

// replay runs the command in this process.
func (b *box) replay(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	account := &fakeAccount{queue: b}
	status = run(t.Context(), append([]string{"replay"}, args...), environment{
		stdout: &out, stderr: &errs, screen: output.Screen{W: &out, Width: oldWidth}, now: func() time.Time { return now }, open: account.open,
	})
	return status, out.String(), errs.String()
}

func TestReplayPrints(t *testing.T) {
	for name, tt := range map[string]struct {
		args   []string
		status int
	}{
		"replay.text":         {[]string{"--queue", deadLetters}, statusFailed}, // some are left
		"replay.json":         {[]string{"--queue", deadLetters, "--output", "json", "--enroller", "shardkeeper-enroller"}, statusFailed},
		"replay-dry-run.text": {[]string{"--queue", deadLetters, "--dry-run"}, statusOK},
	} {
		status, stdout, stderr := filledBox(t).replay(t, tt.args...)
		if status != tt.status {
			t.Errorf("%s: status %d, %s", name, status, stderr)
		}
		golden(t, name, stdout+stderr)
	}
}

func TestReplayOfTheScalersQueueInvokesTheScalerOnly(t *testing.T) {
	b := filledBox(t)
	b.replay(t, "--queue", deadLetters)
	if !slices.Equal(b.invoked, []string{"shardkeeper-scaler", "shardkeeper-scaler"}) || len(b.messages) != 3 {
		t.Errorf("invoked %v, %d messages left", b.invoked, len(b.messages))
	}
}

func TestReplayTwiceDoesTheRestOnly(t *testing.T) {
	b := filledBox(t)
	b.refused = errors.New("access denied")
	status, _, stderr := b.replay(t, "--queue", deadLetters, "--enroller", "shardkeeper-enroller")
	if status != statusFailed || !strings.Contains(stderr, "4 failed") || len(b.messages) != 5 {
		t.Errorf("status %d, %s, %d messages left", status, stderr, len(b.messages))
	}
	b.refused = nil
	b.replay(t, "--queue", deadLetters, "--enroller", "shardkeeper-enroller")
	if len(b.invoked) != 4 || len(b.messages) != 1 {
		t.Errorf("invoked %v, %d messages left", b.invoked, len(b.messages))
	}
	b.replay(t, "--queue", deadLetters, "--enroller", "shardkeeper-enroller")
	if len(b.invoked) != 4 {
		t.Errorf("invoked again: %v", b.invoked)
	}
}

func TestReplayKeepsWithinItsLimit(t *testing.T) {
	b := filledBox(t)
	_, _, stderr := b.replay(t, "--queue", deadLetters, "--limit", "1")
	if len(b.invoked) != 1 || len(b.messages) != 5 || !strings.Contains(stderr, "--limit 0 takes all") {
		t.Errorf("invoked %v, %d messages left, says %q", b.invoked, len(b.messages), stderr)
	}
}

func TestReplayLinesAreJSON(t *testing.T) {
	_, stdout, _ := filledBox(t).replay(t, "--queue", deadLetters, "--output", "json")
	for line := range strings.Lines(stdout) {
		var value messageLine
		if err := json.Unmarshal([]byte(line), &value); err != nil || value.ID == "" || value.Became == "" || value.Why == "" {
			t.Errorf("%v in %s", err, line)
		}
	}
}

// What comes from outside, such as an error's text, cannot steer the terminal.
func TestReplayCannotSteerATerminal(t *testing.T) {
	_, stdout, stderr := filledBox(t).replay(t, "--queue", deadLetters)
	if strings.ContainsRune(stdout+stderr, '\x1b') {
		t.Errorf("an escape sequence reaches the terminal: %q", stdout)
	}
}

func TestReplayExitStatus(t *testing.T) {
	for _, test := range []struct {
		args   []string
		status int
		says   string
	}{
		{[]string{}, statusUsage, "--queue"},
		{[]string{"--queue", "shardkeeper-scaler-dead-letters"}, statusUsage, "is no URL"},
		{[]string{"--queue", deadLetters, "--limit=-1"}, statusUsage, "negative"},
		{[]string{"--queue", deadLetters, "--scaler", "arn:aws:lambda:x"}, statusUsage, "no function is named"},
		{[]string{"--queue", deadLetters, "--enroller", "a/../b"}, statusUsage, "no function is named"},
		{[]string{"--queue", "https://sqs.us-east-1.amazonaws.com/123456789012/other"}, statusFailed, "there is no such queue in Region eu-west-1\ntry aws sqs list-queues"},
	} {
		if status, _, stderr := (&box{}).replay(t, test.args...); status != test.status || !strings.Contains(stderr, test.says) {
			t.Errorf("%v: status %d, %q", test.args, status, stderr)
		}
	}
	broken := &box{unread: errors.New("no such queue")}
	if status, _, stderr := broken.replay(t, "--queue", deadLetters); status != statusFailed || strings.Contains(stderr, "no messages") {
		t.Errorf("a queue that cannot be read: status %d, %q", status, stderr)
	}
	if status, stdout, stderr := (&box{}).replay(t, "--queue", deadLetters); status != statusOK || stdout != "" || stderr != "no messages\n" {
		t.Errorf("an empty queue: status %d, %q, %q", status, stdout, stderr)
	}
}
