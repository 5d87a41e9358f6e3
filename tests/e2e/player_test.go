//go:build unix && e2e

package e2e

// What the story does to the streams. What it looks at is in looks_test.go.

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awscloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cloudwatchtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	eventbridgetypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	kinesistypes "github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/shardkeeper/shardkeeper/internal/aws/cloudwatch"
	"github.com/shardkeeper/shardkeeper/internal/emulator"
	"github.com/shardkeeper/shardkeeper/registry"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// story is the deployed stack and what happens around it.
type story struct {
	*testing.T // of the step that is played
	stack
	program   string // the operator's command
	registry  *registry.Registry
	alarms    *cloudwatch.Client
	listener  string          // URL of a queue that gets what the alarms' topic delivers
	published int             // events
	written   map[string]bool // minutes that have metrics
}

func newStory(t *testing.T) *story {
	t.Helper()
	s := &story{T: t, stack: deploy(t, newCloud(t)), written: map[string]bool{}}
	s.program = filepath.Join(t.TempDir(), "shardkeeper")
	mustRun(t, nil, "go", "build", "-o", s.program, "./cmd/shardkeeper")
	topic := s.physical["AlarmTopic"]
	s.registry = registry.New(s.dynamodb, s.physical["Registry"], registry.Options{Now: time.Now})
	s.alarms = cloudwatch.New(s.cloudwatch, cloudwatch.Options{TopicARN: topic, Table: s.physical["Registry"]})

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

// traffic publishes what Kinesis would have: minutes of so many shards' worth, the newest so many minutes ago.
func (s *story) traffic(name string, shards float64, newest int) {
	s.Helper()
	s.metric(name, "IncomingBytes", shards*scaling.BytesPerShard*60, newest)
}

// metric publishes a value of a stream for each of the minutes that have none, the newest so many minutes ago.
func (s *story) metric(name, metric string, value float64, newest int) {
	s.Helper()
	now := time.Now().Truncate(time.Minute)
	var data []cloudwatchtypes.MetricDatum
	for ago := newest; ago <= 8; ago++ {
		at := now.Add(-time.Duration(ago) * time.Minute)
		if key := name + metric + at.String(); !s.written[key] {
			s.written[key] = true
			data = append(data, cloudwatchtypes.MetricDatum{
				MetricName: &metric, Timestamp: aws.Time(at), Value: &value,
				Dimensions: []cloudwatchtypes.Dimension{{Name: aws.String("StreamName"), Value: &name}},
			})
		}
	}
	if len(data) == 0 {
		return
	}
	if _, err := s.cloudwatch.PutMetricData(s.Context(), &awscloudwatch.PutMetricDataInput{Namespace: aws.String("AWS/Kinesis"), MetricData: data}); err != nil {
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
		_, err := s.cloudwatch.SetAlarmState(s.Context(), &awscloudwatch.SetAlarmStateInput{
			AlarmName: aws.String(scaling.AlarmName(stream, dir)), StateValue: state, StateReason: aws.String("Threshold Crossed, says the test."),
		})
		if err != nil {
			s.Fatal(err)
		}
	}
}

// edit changes a stream's item, as often as it takes to be the first.
func (s *story) edit(stream string, change func(*ledger.Item)) {
	s.Helper()
	await(s.T, "an edit of "+stream, 10*time.Second, func() error {
		item := s.load(stream)
		change(&item)
		_, err := s.registry.Save(s.Context(), item)
		if err != nil && !errors.Is(err, ledger.ErrConflict) {
			s.Fatal(err)
		}
		return err
	})
}

// awaitEnrollment waits until a stream has its alarms. Where a call of the enroller to an emulator broke off, the reconciler makes
// them: it would in a minute.
func (s *story) awaitEnrollment(stream string, shards int) {
	s.Helper()
	await(s.T, "the enrollment of "+stream, 20*time.Second, func() error {
		err := s.alarmsHold(stream, shards)
		if err != nil && s.brokeOff(stream) {
			s.edit(stream, func(item *ledger.Item) { item.DueAt = time.Now() })
			s.reconcile()
		}
		return err
	})
}

// brokeOff reports whether the enroller has told that a call broke off, and left a stream's alarms to the reconciler.
func (s *story) brokeOff(stream string) bool {
	s.Helper()
	return slices.ContainsFunc(s.logOf("EnrollerFunction"), func(line string) bool {
		return strings.Contains(line, "alarms of "+stream+", left to the reconciler") && strings.Contains(line, scaling.ErrOutcomeUnknown.Error())
	})
}

// settle has the reconciler look at a stream until nothing is in flight: it would in a minute.
func (s *story) settle(stream string) {
	s.Helper()
	await(s.T, "the end of the operation", 30*time.Second, func() error {
		if s.load(stream).InFlight == nil {
			return nil
		}
		s.edit(stream, func(item *ledger.Item) { item.DueAt = time.Now() })
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
