//go:build unix && e2e

package e2e

// What the story looks at.

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cloudwatchtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

func (s *story) alarmState(stream string, dir scaling.Direction) cloudwatchtypes.StateValue {
	s.Helper()
	found := s.alarmsOf(stream)
	for _, a := range found {
		if *a.AlarmName == scaling.AlarmName(stream, dir) {
			return a.StateValue
		}
	}
	s.Fatalf("%s has no alarm %s", stream, dir)
	return ""
}

func (s *story) alarmsOf(stream string) []cloudwatchtypes.MetricAlarm {
	s.Helper()
	out, err := s.cloudwatch.DescribeAlarms(s.Context(), &cloudwatch.DescribeAlarmsInput{AlarmNamePrefix: aws.String(stream + "-scale-")})
	if err != nil {
		s.Fatal(err)
	}
	return out.MetricAlarms
}

// alarmsHold returns an error unless a stream's two alarms have the metric math for a number of open shards.
func (s *story) alarmsHold(stream string, shards int) error {
	s.Helper()
	item, err := s.registry.Load(s.Context(), stream)
	if err != nil {
		return err
	}
	found := s.alarmsOf(stream)
	if len(found) != 2 {
		return fmt.Errorf("%d alarms", len(found))
	}
	for _, a := range found {
		count := ""
		for _, query := range a.Metrics {
			if *query.Id == "s1" {
				count = aws.ToString(query.Expression)
			}
		}
		if count != strconv.Itoa(shards) {
			return fmt.Errorf("%s is for %q open shards, want %d", *a.AlarmName, count, shards)
		}
	}
	want := item.AlarmWantAt(shards)
	pairs, err := s.alarms.Status(s.Context(), []scaling.AlarmWant{want})
	if err == nil && (!pairs[stream].Up.InSync || !pairs[stream].Down.InSync) {
		err = fmt.Errorf("not as wanted: %+v", pairs[stream])
	}
	return err
}

// awaitUnenrolled waits until a stream is unenrolled and has no alarms.
func (s *story) awaitUnenrolled(stream string) {
	s.Helper()
	await(s.T, "the end of "+stream+"'s enrollment", 20*time.Second, func() error {
		if item := s.load(stream); item.Status != ledger.Unenrolled {
			return fmt.Errorf("status %s", item.Status)
		}
		if left := s.alarmsOf(stream); len(left) > 0 {
			return fmt.Errorf("%d alarms are left", len(left))
		}
		return nil
	})
}

// awaitGone waits until a stream is unenrolled and has no alarms. Its item stays, and the history that it had before.
func (s *story) awaitGone(stream string, before []ledger.Entry) {
	s.Helper()
	s.awaitUnenrolled(stream)
	if item := s.load(stream); item.Fence == 0 {
		s.Error("the fence is gone")
	}
	if diff := cmp.Diff(before, s.history(stream)[1:]); diff != "" {
		s.Errorf("the history below the end of the enrollment changed:\n%s", diff)
	}
}

func (s *story) load(stream string) ledger.Item {
	s.Helper()
	item, err := s.registry.Load(s.Context(), stream)
	if err != nil {
		s.Fatal(err)
	}
	return item
}

// history is a stream's, newest first.
func (s *story) history(stream string) []ledger.Entry {
	s.Helper()
	page, err := s.registry.History(s.Context(), ledger.Query{Stream: stream, From: time.Now().Add(-48 * time.Hour), To: time.Now().Add(time.Hour)})
	if err != nil {
		s.Fatal(err)
	}
	return page.Entries
}

// newest is the newest entry of a kind in a stream's history; the zero value if there is none.
func (s *story) newest(stream string, kind ledger.Kind) ledger.Entry {
	s.Helper()
	for _, entry := range s.history(stream) {
		if entry.Kind == kind {
			return entry
		}
	}
	return ledger.Entry{}
}

func (s *story) awaitReserved(want int32) {
	s.Helper()
	await(s.T, "the consumer's concurrency", 10*time.Second, func() error {
		out, err := s.lambda.GetFunctionConcurrency(s.Context(), &lambda.GetFunctionConcurrencyInput{FunctionName: aws.String(consumerFunction)})
		if err != nil {
			s.Fatal(err)
		}
		if got := aws.ToInt32(out.ReservedConcurrentExecutions); got != want {
			return fmt.Errorf("%d is reserved, want %d", got, want)
		}
		return nil
	})
}

// received is the message that the topic delivered when a stream's alarm changed to a state.
func (s *story) received(stream, state string) string {
	s.Helper()
	found := ""
	await(s.T, "the alarm's message", 10*time.Second, func() error {
		out, err := s.sqs.ReceiveMessage(s.Context(), &sqs.ReceiveMessageInput{
			QueueUrl: &s.listener, MaxNumberOfMessages: 10, MessageSystemAttributeNames: []sqstypes.MessageSystemAttributeName{sqstypes.MessageSystemAttributeNameAll},
		})
		if err != nil {
			s.Fatal(err)
		}
		for _, m := range out.Messages {
			var envelope, message map[string]any
			if err := json.Unmarshal([]byte(*m.Body), &envelope); err != nil {
				s.Fatal(err)
			}
			text, _ := envelope["Message"].(string)
			if err := json.Unmarshal([]byte(text), &message); err != nil {
				s.Fatal(err)
			}
			if name, _ := message["AlarmName"].(string); strings.HasPrefix(name, stream+"-") && message["NewStateValue"] == state {
				found = text
				return nil
			}
		}
		return fmt.Errorf("not among %d messages", len(out.Messages))
	})
	return found
}

// logOf is what a function logged.
func (s *story) logOf(function string) []string {
	s.Helper()
	out, err := s.logs.FilterLogEvents(context.WithoutCancel(s.Context()), &cloudwatchlogs.FilterLogEventsInput{LogGroupName: aws.String("/aws/lambda/" + s.physical[function])})
	if err != nil {
		s.Fatal(err)
	}
	var lines []string
	for _, event := range out.Events {
		lines = append(lines, aws.ToString(event.Message))
	}
	return lines
}

// reported counts a function's reports of a kind about a stream, in its log.
func (s *story) reported(function, stream string, event report.Event) int {
	s.Helper()
	n := 0
	for _, text := range s.logOf(function) {
		var line struct {
			Message string `json:"msg"`
			Stream  string `json:"stream_name"`
			Event   string `json:"event"`
		}
		if json.Unmarshal([]byte(text), &line) == nil && line.Message == "stream" && line.Stream == stream && line.Event == string(event) {
			n++
		}
	}
	return n
}
