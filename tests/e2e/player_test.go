//go:build unix && e2e

package e2e

// What the story does to the streams, and what it looks at.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cloudwatchtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	eventbridgetypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	kinesistypes "github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/internal/emulator"
	"github.com/shardkeeper/shardkeeper/registry"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/alarm"
)

// story is the deployed stack and what happens around it.
type story struct {
	*testing.T // of the step that is played
	stack
	registry  *registry.Registry
	alarms    *alarm.Client
	listener  string          // URL of a queue that gets what the alarms' topic delivers
	published int             // events
	written   map[string]bool // minutes that have metrics
}

func newStory(t *testing.T) *story {
	t.Helper()
	s := &story{T: t, stack: deploy(t, newCloud(t)), written: map[string]bool{}}
	topic := s.physical["AlarmTopic"]
	s.registry = registry.New(s.dynamodb, s.physical["Registry"], registry.Options{Now: time.Now})
	s.alarms = alarm.New(s.cloudwatch, alarm.Options{TopicARN: topic})

	queue, err := s.sqs.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: aws.String("listener")})
	if err != nil {
		t.Fatal(err)
	}
	s.listener = *queue.QueueUrl
	_, err = s.sns.Subscribe(t.Context(), &sns.SubscribeInput{
		TopicArn: &topic, Protocol: aws.String("sqs"),
		Endpoint: aws.String("arn:aws:sqs:" + emulator.Region + ":" + emulator.Account + ":listener"),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for function := range functions() {
			if s.T = t; t.Failed() {
				lines := s.logOf(function)
				t.Logf("the log of %s ends with:\n%s", function, strings.Join(lines[max(0, len(lines)-40):], "\n"))
			}
		}
	})
	return s
}

func (s *story) createStream(name string, shards int32, tags map[string]string) {
	s.Helper()
	_, err := s.kinesis.CreateStream(s.Context(), &kinesis.CreateStreamInput{StreamName: &name, ShardCount: &shards, Tags: tags})
	if err != nil {
		s.Fatal(err)
	}
	s.awaitShards(name, int(shards))
}

// describe asks Kinesis for a stream's status and open shards.
func (s *story) describe(name string) (kinesistypes.StreamStatus, int) {
	s.Helper()
	out, err := s.kinesis.DescribeStreamSummary(s.Context(), &kinesis.DescribeStreamSummaryInput{StreamName: &name})
	if err != nil {
		s.Fatal(err)
	}
	return out.StreamDescriptionSummary.StreamStatus, int(aws.ToInt32(out.StreamDescriptionSummary.OpenShardCount))
}

// awaitShards waits until a stream is ACTIVE with a number of open shards.
func (s *story) awaitShards(name string, want int) {
	s.Helper()
	await(s.T, fmt.Sprintf("%s with %d shards", name, want), 20*time.Second, func() error {
		if status, shards := s.describe(name); status != kinesistypes.StreamStatusActive || shards != want {
			return fmt.Errorf("it is %s with %d", status, shards)
		}
		return nil
	})
}

// publish plays CloudTrail: an example of events/, about a stream and of now, on the default bus. Change may
// change the detail.
func (s *story) publish(file, stream string, change func(detail map[string]any)) {
	s.Helper()
	var event struct {
		Source     string         `json:"source"`
		DetailType string         `json:"detail-type"`
		Detail     map[string]any `json:"detail"`
	}
	if err := json.Unmarshal(example(s.T, file), &event); err != nil {
		s.Fatal(err)
	}
	s.published++
	event.Detail["eventTime"] = time.Now().UTC().Format(time.RFC3339)
	event.Detail["eventID"] = fmt.Sprintf("8f2c1d3e-0000-4c6d-8e7f-%012d", s.published)
	event.Detail["requestParameters"] = map[string]any{"streamName": stream}
	if change != nil {
		change(event.Detail)
	}
	detail, err := json.Marshal(event.Detail)
	if err != nil {
		s.Fatal(err)
	}
	out, err := s.events.PutEvents(s.Context(), &eventbridge.PutEventsInput{Entries: []eventbridgetypes.PutEventsRequestEntry{
		{Source: &event.Source, DetailType: &event.DetailType, Detail: aws.String(string(detail))},
	}})
	if err != nil || out.FailedEntryCount != 0 {
		s.Fatalf("put the event %s: %v, %+v", file, err, out)
	}
}

// reshardByHand is UpdateShardCount by somebody else, and CloudTrail's event of it.
func (s *story) reshardByHand(name string, target int32) {
	s.Helper()
	out, err := s.kinesis.UpdateShardCount(s.Context(), &kinesis.UpdateShardCountInput{
		StreamName: &name, TargetShardCount: &target, ScalingType: kinesistypes.ScalingTypeUniformScaling,
	})
	if err != nil {
		s.Fatal(err)
	}
	s.awaitShards(name, int(target))
	s.publish("enroller-update-shard-count.json", name, func(detail map[string]any) {
		detail["requestParameters"] = map[string]any{"streamName": name, "targetShardCount": target, "scalingType": "UNIFORM_SCALING"}
		detail["responseElements"] = map[string]any{"streamName": name, "currentShardCount": out.CurrentShardCount, "targetShardCount": target}
	})
}

// traffic publishes what Kinesis would have: minutes of so many shards' worth, the newest two minutes ago. The last
// minute stays silent, which is enough for a scale-down alarm of one minute.
func (s *story) traffic(name string, shards float64) {
	s.Helper()
	now := time.Now().Truncate(time.Minute)
	var data []cloudwatchtypes.MetricDatum
	for ago := 2; ago <= 8; ago++ {
		at := now.Add(-time.Duration(ago) * time.Minute)
		if key := name + at.String(); !s.written[key] {
			s.written[key] = true
			data = append(data, cloudwatchtypes.MetricDatum{
				MetricName: aws.String("IncomingBytes"), Timestamp: aws.Time(at), Value: aws.Float64(shards * scaling.BytesPerShard * 60),
				Dimensions: []cloudwatchtypes.Dimension{{Name: aws.String("StreamName"), Value: &name}},
			})
		}
	}
	if len(data) == 0 {
		return
	}
	if _, err := s.cloudwatch.PutMetricData(s.Context(), &cloudwatch.PutMetricDataInput{Namespace: aws.String("AWS/Kinesis"), MetricData: data}); err != nil {
		s.Fatal(err)
	}
}

// alarm plays CloudWatch's evaluation: one of a stream's alarms goes to ALARM. Ministack tells the time of a transition
// in whole seconds, so this is a later second than that of the transition before.
func (s *story) alarm(stream string, dir scaling.Direction) {
	s.Helper()
	item := s.load(stream)
	handled := item.Watch(dir).Handled
	await(s.T, "the next second", 3*time.Second, func() error {
		if !time.Now().Truncate(time.Second).After(handled) {
			return errors.New("it is still that of the last transition")
		}
		return nil
	})
	for _, state := range []cloudwatchtypes.StateValue{cloudwatchtypes.StateValueOk, cloudwatchtypes.StateValueAlarm} {
		_, err := s.cloudwatch.SetAlarmState(s.Context(), &cloudwatch.SetAlarmStateInput{
			AlarmName: aws.String(scaling.AlarmName(stream, dir)), StateValue: state, StateReason: aws.String("Threshold Crossed, says the test."),
		})
		if err != nil {
			s.Fatal(err)
		}
	}
}

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
	want := scaling.AlarmWant{Stream: stream, OpenShards: shards, Settings: item.Settings}
	pairs, err := s.alarms.Status(s.Context(), []scaling.AlarmWant{want})
	if err == nil && (!pairs[stream].Up.InSync || !pairs[stream].Down.InSync) {
		err = fmt.Errorf("not as wanted: %+v", pairs[stream])
	}
	return err
}

// awaitGone waits until a stream is unenrolled and has no alarms. Its item stays, and the history that it had before.
func (s *story) awaitGone(stream string, before []scaling.Entry) {
	s.Helper()
	await(s.T, "the end of "+stream+"'s enrollment", 20*time.Second, func() error {
		if item := s.load(stream); item.Status != scaling.Unenrolled {
			return fmt.Errorf("status %s", item.Status)
		}
		if left := s.alarmsOf(stream); len(left) > 0 {
			return fmt.Errorf("%d alarms are left", len(left))
		}
		return nil
	})
	if item := s.load(stream); item.Fence == 0 {
		s.Error("the fence is gone")
	}
	if diff := cmp.Diff(before, s.history(stream)[1:]); diff != "" {
		s.Errorf("the history below the end of the enrollment changed:\n%s", diff)
	}
}

func (s *story) load(stream string) scaling.Stream {
	s.Helper()
	item, err := s.registry.Load(s.Context(), stream)
	if err != nil {
		s.Fatal(err)
	}
	return item
}

// edit changes a stream's item, as often as it takes to be the first.
func (s *story) edit(stream string, change func(*scaling.Stream)) {
	s.Helper()
	await(s.T, "an edit of "+stream, 10*time.Second, func() error {
		item := s.load(stream)
		change(&item)
		_, err := s.registry.Save(s.Context(), item)
		if err != nil && !errors.Is(err, scaling.ErrConflict) {
			s.Fatal(err)
		}
		return err
	})
}

// settle has the reconciler look at a stream until nothing is in flight: it would in a minute.
func (s *story) settle(stream string) {
	s.Helper()
	await(s.T, "the end of the operation", 30*time.Second, func() error {
		if s.load(stream).InFlight == nil {
			return nil
		}
		s.edit(stream, func(item *scaling.Stream) { item.DueAt = time.Now() })
		s.reconcile()
		return errors.New("still in flight")
	})
}

// reconcile runs the reconciler and waits for its end.
func (s *story) reconcile() {
	s.Helper()
	answer, err := s.lambda.Invoke(s.Context(), &lambda.InvokeInput{
		FunctionName: aws.String(s.physical["ReconcilerFunction"]), Payload: example(s.T, "reconciler-schedule.json"),
	})
	if err != nil {
		s.Fatal(err)
	}
	if answer.FunctionError != nil {
		s.Fatalf("the reconciler failed: %s %s", *answer.FunctionError, answer.Payload)
	}
}

// history is a stream's, newest first.
func (s *story) history(stream string) []scaling.Entry {
	s.Helper()
	page, err := s.registry.History(s.Context(), scaling.Query{Stream: stream, From: time.Now().Add(-48 * time.Hour), To: time.Now().Add(time.Hour)})
	if err != nil {
		s.Fatal(err)
	}
	return page.Entries
}

// newest is the newest entry of a kind in a stream's history; the zero value if there is none.
func (s *story) newest(stream string, kind scaling.Kind) scaling.Entry {
	s.Helper()
	for _, entry := range s.history(stream) {
		if entry.Kind == kind {
			return entry
		}
	}
	return scaling.Entry{}
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
func (s *story) reported(function, stream string, event scaling.ReportEvent) int {
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
