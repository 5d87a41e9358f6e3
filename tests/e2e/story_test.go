//go:build unix && e2e

package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// The streams of the story. Their scale-down alarm looks at one minute, so that nobody waits for an hour.
const (
	orders  = "orders"  // scaled up and down, untagged
	clicks  = "clicks"  // uses up its operations, with somebody else's; deleted
	dropped = "dropped" // its CreateStream event never arrives
)

func tagsOf(more map[string]string) map[string]string {
	tags := map[string]string{
		"shardkeeper": "enabled", "shardkeeper:calm-minutes": "0", "shardkeeper:scale-down-cooldown-minutes": "0", "shardkeeper:scale-down-period-minutes": "1",
		"shardkeeper:scale-down-evaluation-periods": "1", "shardkeeper:scale-down-datapoints-to-alarm": "1",
	}
	maps.Copy(tags, more)
	return tags
}

// TestStory deploys the template and plays the life of three streams. Its steps build on each other.
func TestStory(t *testing.T) {
	t.Parallel()
	s := newStory(t)
	checkStack(t, s.stack)
	for _, step := range []struct {
		name string
		play func(*story)
	}{
		{"a created stream is enrolled by its event", created},
		{"an alarm doubles the shards", scaledUp},
		{"the consumer's concurrency follows up", func(s *story) { s.awaitReserved(4) }},
		{"a second delivery of the message changes nothing", deliveredTwice},
		{"the reconciler completes the operation", completed},
		{"the command shows the operation with its reason", shown},
		{"operations of others count, the eleventh is deferred", eleventh},
		{"a deferred alarm is armed again when a slot is free", armedAgain},
		{"an alarm halves the shards", scaledDown},
		{"the consumer's concurrency waits for word of its lag", unseen},
		{"the consumer's concurrency follows down", followedDown},
		{"without its tag a stream loses its alarms, not its history", untagged},
		{"a deleted stream loses its alarms, not its history", deleted},
		{"the sweep finds the stream whose event was dropped", swept},
		{"the schedule runs the reconciler", scheduled},
		{"the tag of the README enrolls a stream", tagged},
		{"an override of the table is one command", overriddenByHand},
		{"the commands of the runbook", runbook},
		{"what the command sees", lookedAt},
		{"what the predecessor scaled is taken over", adopted},
		{"what must be true before a deployment", trailFirst},
		{"the check of a first deployment", firstCheck},
		{"a schedule, as a tag and timed", planned},
		{"a stream is handed over to another stack", handedOver},
		{"a second stack stands beside the first", besideAnother},
		{"the stack is taken away, its table stays", takenAway},
		{"a new stack on that table knows the streams", reinstalled},
		{"a table restored from a backup is told so", restoredFromBackup},
		{"what is left is cleared away", cleared},
	} {
		held := t.Run(step.name, func(t *testing.T) {
			counted(t)
			s.T = t
			step.play(s)
		})
		if !held {
			t.Fatal("the rest of the story builds on this step")
		}
	}
}

func created(s *story) {
	s.createStream(orders, 2, tagsOf(map[string]string{"shardkeeper:consumer": consumerFunction}))
	s.createStream(clicks, 1, tagsOf(nil))
	for name, shards := range map[string]int{orders: 2, clicks: 1} {
		s.publish("enroller-create-stream-tagged.json", name, nil)
		s.awaitEnrollment(name, shards)
		if entry := s.newest(name, ledger.KindEnrollment); entry.Detail == "" || entry.Actor != "arn:aws:sts::123456789012:assumed-role/Admin/alice (CreateStream with the AWS CLI)" {
			s.Errorf("the enrollment of %s in the history: %+v", name, entry)
		}
	}
}

// lateMinutes is how old the newest minute of traffic is when an alarm asks for more: some minutes late, as metrics come. So two
// quiet ones can follow it at once.
const lateMinutes = 3

func scaledUp(s *story) {
	s.traffic(orders, 1.8, lateMinutes)
	s.alarm(orders, scaling.Up)
	await(s.T, "UPDATING", 20*time.Second, func() error {
		if status, _ := s.describe(orders); status != "UPDATING" {
			return fmt.Errorf("status %s", status)
		}
		return nil
	})
	s.awaitShards(orders, 4)
	await(s.T, "both alarms with the new count", 10*time.Second, func() error { return s.alarmsHold(orders, 4) })
}

// deliveredTwice sends the message that SNS delivered once more, as SNS may.
func deliveredTwice(s *story) {
	message := s.received(orders, "ALARM")
	before, history := s.load(orders), s.history(orders)
	if _, err := s.sns.Publish(s.Context(), &sns.PublishInput{TopicArn: aws.String(s.physical["AlarmTopic"]), Message: &message}); err != nil {
		s.Fatal(err)
	}
	await(s.T, "the scaler's report of a duplicate", 20*time.Second, func() error {
		if n := s.reported("ScalerFunction", orders, report.Duplicate); n != 1 {
			return fmt.Errorf("%d reports", n)
		}
		return nil
	})
	if diff := cmp.Diff(history, s.history(orders)); diff != "" {
		s.Errorf("the history changed:\n%s", diff)
	}
	after := s.load(orders)
	if _, shards := s.describe(orders); shards != 4 || after.Fence != before.Fence || len(after.Operations) != len(before.Operations) {
		s.Errorf("%d shards, fence %d, operations %v; before: fence %d, operations %v", shards, after.Fence, after.Operations, before.Fence, before.Operations)
	}
}

func completed(s *story) {
	s.settle(orders)
	entry := s.newest(orders, ledger.KindOperation)
	if entry.Outcome != ledger.OutcomeCompleted || entry.From != 2 || entry.To != 4 || entry.Duration <= 0 || entry.Fence != 1 {
		s.Errorf("the operation in the history: %+v", entry)
	}
	if used := s.load(orders).Operations.Used(time.Now()); used != 1 {
		s.Errorf("%d slots used, want 1", used)
	}
}

// shown asks for the history with the operator's command.
func shown(s *story) {
	out := s.keeper("history", orders, "--table", s.physical["Registry"], "--kind", "operation", "--output", "json")
	s.Log(out)
	var line map[string]any
	if err := json.Unmarshal([]byte(out), &line); err != nil {
		s.Fatalf("one line of JSON is wanted: %v", err)
	}
	for _, reason := range []string{string(scaling.UtilizationMeasured), string(scaling.Doubled), string(ledger.OutcomeCompleted)} {
		if !strings.Contains(out, reason) {
			s.Errorf("no %s in it", reason)
		}
	}
	table := s.keeper("history", orders, "--table", s.physical["Registry"])
	if !strings.Contains(table, string(scaling.Doubled)) {
		s.Errorf("no reason in the table:\n%s", table)
	}
}

// eleventh lets the scaler double a stream five times, and somebody else halve it as often.
func eleventh(s *story) {
	s.traffic(clicks, 100, lateMinutes)
	for round := range 5 {
		s.alarm(clicks, scaling.Up)
		s.awaitShards(clicks, 2)
		s.settle(clicks)
		s.reshardByHand(clicks, 1)
		await(s.T, "the count of somebody else's operation", 20*time.Second, func() error {
			if used := s.load(clicks).Operations.Used(time.Now()); used != 2*round+2 {
				return fmt.Errorf("%d slots used, want %d", used, 2*round+2)
			}
			return s.alarmsHold(clicks, 1)
		})
	}
	fence := s.load(clicks).Fence
	s.alarm(clicks, scaling.Up)
	await(s.T, "the decision to hold", 20*time.Second, func() error {
		if entry := s.newest(clicks, ledger.KindHold); entry.Reasons.Last() != scaling.HoldBudgetExhausted {
			return fmt.Errorf("newest hold: %+v", entry)
		}
		return nil
	})
	stream := s.load(clicks)
	if wait := time.Until(stream.Up.RetryAt); wait < 23*time.Hour || wait > 25*time.Hour {
		s.Errorf("it is to be looked at again at %v, want a day after the first operation", stream.Up.RetryAt)
	}
	if status, shards := s.describe(clicks); status != "ACTIVE" || shards != 1 || stream.Fence != fence {
		s.Errorf("the stream is %s with %d shards, fence %d, was %d", status, shards, stream.Fence, fence)
	}
}

// armedAgain turns the clock by a day, as far as the stream's item is concerned.
func armedAgain(s *story) {
	s.edit(clicks, func(stream *ledger.Item) {
		for i := range stream.Operations {
			stream.Operations[i].At = stream.Operations[i].At.Add(-25 * time.Hour)
		}
		stream.Up.RetryAt = time.Now()
		stream.DueAt = time.Now()
	})
	await(s.T, "the alarm's arming", 20*time.Second, func() error {
		s.reconcile()
		if state := s.alarmState(clicks, scaling.Up); state != "OK" {
			return fmt.Errorf("state %s", state)
		}
		return nil
	})
	s.traffic(clicks, 100, lateMinutes)
	s.alarm(clicks, scaling.Up)
	s.awaitShards(clicks, 2)
	s.settle(clicks)
}

func scaledDown(s *story) {
	createdAt := s.load(orders).CreatedAt
	await(s.T, "the age at which a stream may shrink", 70*time.Second, func() error {
		if age := time.Since(createdAt); age < time.Minute {
			return fmt.Errorf("it is %v old", age)
		}
		return nil
	})
	s.traffic(orders, 0.1, 1) // two minutes at least, all that a scale-down alarm of one minute and the present load ask for
	s.alarm(orders, scaling.Down)
	s.awaitShards(orders, 2)
	s.settle(orders)
	await(s.T, "both alarms with the new count", 10*time.Second, func() error { return s.alarmsHold(orders, 2) })
	if entry := s.newest(orders, ledger.KindOperation); entry.Direction != scaling.Down || entry.Reasons.Last() != scaling.Halved || entry.Outcome != ledger.OutcomeCompleted {
		s.Errorf("the operation in the history: %+v", entry)
	}
}

// unseen leaves the consumer what it has: no metric tells yet how far behind it is.
func unseen(s *story) {
	s.awaitReserved(4)
	if told := s.load(orders).Trouble; told != ledger.ConsumerUnseen {
		s.Errorf("the item says of its consumer %q, want %q", told, ledger.ConsumerUnseen)
	}
}

func followedDown(s *story) {
	s.metric(orders, "GetRecords.IteratorAgeMilliseconds", 0, 2)
	s.edit(orders, func(item *ledger.Item) { item.DueAt = time.Now() })
	s.reconcile()
	s.awaitReserved(2)
}

func untagged(s *story) {
	before := s.history(orders)
	_, err := s.kinesis.RemoveTagsFromStream(s.Context(), &kinesis.RemoveTagsFromStreamInput{StreamName: aws.String(orders), TagKeys: []string{"shardkeeper"}})
	if err != nil {
		s.Fatal(err)
	}
	s.publish("enroller-remove-tags.json", orders, nil)
	s.awaitGone(orders, before)
}

func deleted(s *story) {
	before := s.history(clicks)
	if _, err := s.kinesis.DeleteStream(s.Context(), &kinesis.DeleteStreamInput{StreamName: aws.String(clicks)}); err != nil {
		s.Fatal(err)
	}
	s.publish("enroller-delete-stream.json", clicks, nil)
	s.awaitGone(clicks, before)
}

// swept makes the hourly sweep due now: it has run before.
func swept(s *story) {
	s.createStream(dropped, 3, tagsOf(nil))
	await(s.T, "the sweep", 40*time.Second, func() error {
		fleet, err := s.registry.Fleet(s.Context())
		if err != nil {
			s.Fatal(err)
		}
		fleet.Swept = time.Now().Add(-2 * time.Hour)
		if err := s.registry.SaveFleet(s.Context(), fleet); err != nil {
			s.Fatal(err)
		}
		s.reconcile()
		return s.alarmsHold(dropped, 3)
	})
	if entry := s.newest(dropped, ledger.KindEnrollment); !strings.Contains(entry.Actor, "reconciler") {
		s.Errorf("the enrollment in the history: %+v", entry)
	}
}

// scheduled waits for a run that nobody but the schedule asked for.
func scheduled(s *story) {
	run := func() time.Time {
		fleet, err := s.registry.Fleet(s.Context())
		if err != nil {
			s.Fatal(err)
		}
		return fleet.Account.At
	}
	before := run()
	await(s.T, "a run by the schedule", 80*time.Second, func() error {
		if !run().After(before) {
			return errors.New("none yet")
		}
		return nil
	})
	payload := string(example(s.T, "reconciler-schedule.json"))
	answer, err := s.lambda.Invoke(s.Context(), &lambda.InvokeInput{FunctionName: aws.String(s.physical["ReconcilerFunction"]), Payload: []byte(payload)})
	if err != nil || answer.FunctionError != nil {
		s.Errorf("the schedule's own event: %v, %v", err, aws.ToString(answer.FunctionError))
	}
}
