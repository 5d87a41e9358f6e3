//go:build unix && e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	eventbridgetypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/shardkeeper/shardkeeper/internal/app"
	"github.com/shardkeeper/shardkeeper/internal/emulator"
	"github.com/shardkeeper/shardkeeper/registry"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/notification"
	"github.com/shardkeeper/shardkeeper/scaling/reconciler"
)

// TestEvents follows the event of an operation to a queue behind a rule and to one behind the topic, with a kill
// between the write of its entry and the sending.
func TestEvents(t *testing.T) {
	c := newCloud(t)
	for _, variable := range c.env() {
		name, value, _ := strings.Cut(variable, "=")
		t.Setenv(name, value)
	}
	table, err := c.dynamodb.CreateTable(t.Context(), registry.TableDefinition("events"))
	if err != nil {
		t.Fatal(err)
	}
	kept := registry.New(c.dynamodb, *table.TableDescription.TableName, registry.Options{Now: time.Now})
	topic, err := c.sns.CreateTopic(t.Context(), &sns.CreateTopicInput{Name: aws.String("events")})
	if err != nil {
		t.Fatal(err)
	}
	ruled, told := c.ruledQueue(t), c.toldQueue(t, *topic.TopicArn)
	run := func() *reconciler.Reconciler {
		config, err := app.ReadConfig(func(name string) string {
			return map[string]string{
				app.EnvTable: "events", "AWS_REGION": emulator.Region, app.EnvTopicARN: "arn:aws:sns:" + emulator.Region + ":" + emulator.Account + ":alarms",
				app.EnvEventBus: "default", app.EnvEventTopicARN: *topic.TopicArn, app.EnvEventSeverity: "info",
			}[name]
		})
		if err != nil {
			t.Fatal(err)
		}
		r, err := app.NewReconciler(t.Context(), config, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	c.operation(t, kept)
	for _, step := range []struct {
		name string
		play func(t *testing.T)
	}{
		{"a run writes the operation's end and dies before it sends", func(t *testing.T) {
			t.Helper()
			r := run()
			r.Notifier = nil
			if _, err := r.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			if n := len(c.received(t, ruled)) + len(c.received(t, told)); n != 0 {
				t.Errorf("%d messages before anything was sent", n)
			}
		}},
		{"the next run sends it to the bus and the topic", func(t *testing.T) {
			t.Helper()
			if _, err := run().Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			checkArrived(t, c, ruled, told)
		}},
		{"a run that finds nothing new sends nothing", func(t *testing.T) {
			t.Helper()
			if _, err := run().Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			if n := len(c.received(t, ruled)) + len(c.received(t, told)); n != 0 {
				t.Errorf("%d messages more", n)
			}
		}},
	} {
		if !t.Run(step.name, func(t *testing.T) { counted(t); step.play(t) }) {
			return
		}
	}
}

func checkArrived(t *testing.T, c cloud, ruled, told string) {
	t.Helper()
	await(t, "the event behind the rule", 10*time.Second, func() error {
		for _, body := range c.received(t, ruled) {
			var message struct {
				Source string             `json:"source"`
				Detail notification.Event `json:"detail"`
			}
			if err := json.Unmarshal([]byte(body), &message); err != nil {
				return err
			}
			if d := message.Detail; message.Source == "shardkeeper" && d.Kind == ledger.EventCompleted && d.Stream == orders && d.From == 1 && d.To == 2 {
				return nil
			}
		}
		return fmt.Errorf("it is not there")
	})
	await(t, "the message of the topic", 10*time.Second, func() error {
		for _, body := range c.received(t, told) {
			if strings.Contains(body, "orders was scaled up from 1 to 2 shards") {
				return nil
			}
		}
		return fmt.Errorf("it is not there")
	})
}

// operation has the registry hold an accepted operation, of which the stream shows that it is done.
func (c cloud) operation(t *testing.T, kept *registry.Registry) {
	t.Helper()
	if _, err := c.kinesis.CreateStream(t.Context(), &kinesis.CreateStreamInput{
		StreamName: aws.String(orders), ShardCount: aws.Int32(2), Tags: map[string]string{"shardkeeper": "enabled"},
	}); err != nil {
		t.Fatal(err)
	}
	await(t, "the stream", 20*time.Second, func() error {
		out, err := c.kinesis.DescribeStreamSummary(t.Context(), &kinesis.DescribeStreamSummaryInput{StreamName: aws.String(orders)})
		if err == nil && out.StreamDescriptionSummary.StreamStatus != "ACTIVE" {
			err = fmt.Errorf("it is %s", out.StreamDescriptionSummary.StreamStatus)
		}
		return err
	})
	now := time.Now().Truncate(time.Millisecond)
	if _, err := kept.Save(t.Context(), ledger.Item{
		Name: orders, ARN: "arn:aws:kinesis:" + emulator.Region + ":" + emulator.Account + ":stream/" + orders, Status: ledger.Enrolled,
		Settings: scaling.Defaults(scaling.DoubleHalve), SettingsRevision: 1, OpenShards: 1, Fence: 7, DueAt: now, Tags: scaling.Layer{"mode": "enabled"},
		InFlight: &ledger.Entry{
			Stream: orders, At: now.Add(-3 * time.Minute), ID: "op-7", Kind: ledger.KindOperation, Direction: scaling.Up, From: 1, To: 2,
			Fence: 7, Outcome: ledger.OutcomeAccepted, Actor: "scaler",
		},
	}); err != nil {
		t.Fatal(err)
	}
}

func (c cloud) queue(t *testing.T, name string) (url, arn string) {
	t.Helper()
	queue, err := c.sqs.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: &name})
	if err != nil {
		t.Fatal(err)
	}
	return *queue.QueueUrl, "arn:aws:sqs:" + emulator.Region + ":" + emulator.Account + ":" + name
}

// ruledQueue is behind a rule as docs/events.md has them.
func (c cloud) ruledQueue(t *testing.T) string {
	t.Helper()
	url, arn := c.queue(t, "ruled")
	_, err := c.events.PutRule(t.Context(), &eventbridge.PutRuleInput{
		Name: aws.String("operations"), EventPattern: aws.String(`{"source": ["shardkeeper"], "detail": {"kind": ["operation_completed"]}}`),
	})
	if err == nil {
		_, err = c.events.PutTargets(t.Context(), &eventbridge.PutTargetsInput{
			Rule: aws.String("operations"), Targets: []eventbridgetypes.Target{{Id: aws.String("queue"), Arn: &arn}},
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	return url
}

// toldQueue subscribes to the topic.
func (c cloud) toldQueue(t *testing.T, topic string) string {
	t.Helper()
	url, arn := c.queue(t, "told")
	if _, err := c.sns.Subscribe(t.Context(), &sns.SubscribeInput{TopicArn: &topic, Protocol: aws.String("sqs"), Endpoint: &arn}); err != nil {
		t.Fatal(err)
	}
	return url
}

// received are the bodies of the messages that are in a queue now; they are taken out of it.
func (c cloud) received(t *testing.T, url string) []string {
	t.Helper()
	out, err := c.sqs.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: &url, MaxNumberOfMessages: 10, VisibilityTimeout: 600})
	if err != nil {
		t.Fatal(err)
	}
	var bodies []string
	for _, message := range out.Messages {
		bodies = append(bodies, *message.Body)
	}
	return bodies
}
