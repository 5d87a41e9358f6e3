// Package cloudwatch is what Shardkeeper asks of CloudWatch: a stream's recent traffic, and the two
// alarms that watch it. Nothing else talks to CloudWatch. The formula that the alarms watch is
// [Definition], in formula.go.
//
// The console is a place where people work too. Of an alarm Shardkeeper owns what decides its
// state: metrics, expressions, labels, threshold, periods, the treatment of missing data; and that
// its topic is among the actions for ALARM. It keeps all else as it finds it: other actions, a
// description that is not its own, tags, a warm-up, and whether actions are enabled. An alarm
// whose actions somebody disabled stays so, and scales nothing until they are enabled again.
package cloudwatch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// API is the part of the CloudWatch client that is used.
type API interface {
	GetMetricData(context.Context, *cloudwatch.GetMetricDataInput, ...func(*cloudwatch.Options)) (*cloudwatch.GetMetricDataOutput, error)
	DescribeAlarms(context.Context, *cloudwatch.DescribeAlarmsInput, ...func(*cloudwatch.Options)) (*cloudwatch.DescribeAlarmsOutput, error)
	PutMetricAlarm(context.Context, *cloudwatch.PutMetricAlarmInput, ...func(*cloudwatch.Options)) (*cloudwatch.PutMetricAlarmOutput, error)
	SetAlarmState(context.Context, *cloudwatch.SetAlarmStateInput, ...func(*cloudwatch.Options)) (*cloudwatch.SetAlarmStateOutput, error)
	DeleteAlarms(context.Context, *cloudwatch.DeleteAlarmsInput, ...func(*cloudwatch.Options)) (*cloudwatch.DeleteAlarmsOutput, error)
}

// Options are what a client needs besides the API.
type Options struct {
	// TopicARN is the topic that the alarms notify. Required.
	TopicARN string
	// Table is the name of the registry's table. Our alarms name it, so that those of another stack
	// are not taken for ours. Required.
	Table string
	// Pace is called with the operation's name before each call that CloudWatch allows only a few
	// times a second: DescribeAlarms, PutMetricAlarm, SetAlarmState and DeleteAlarms. It waits
	// until the call may be made; if it returns an error the call is not made, and counts as
	// throttled. Nil never waits.
	Pace func(ctx context.Context, operation string) error
}

// Client reads metrics and keeps alarms. Its errors wrap one of scaling's service errors.
type Client struct {
	api  API
	opts Options
}

// New returns a client of an account and Region: those of the API.
func New(api API, opts Options) *Client { return &Client{api: api, opts: opts} }

// maxNames is how many alarms DescribeAlarms and DeleteAlarms take in a call (API reference, read
// 2026-11).
const maxNames = 100

// directions are those that a stream has an alarm for. Up comes first: after a stream has grown,
// the old scale-up alarm sees too few shards.
func directions() []scaling.Direction { return []scaling.Direction{scaling.Up, scaling.Down} }

// Update makes a stream's two alarms what they should be, and leaves one alone that is so
// already: one DescribeAlarms call and at most two PutMetricAlarm calls. A new alarm gets the tag
// "shardkeeper" with the stream's name. When one alarm cannot be written the other still is; the
// error names those that were not. Where one of the two is somebody else's, nothing is written, and the
// error is [scaling.ErrForeignAlarm].
//
// CloudWatch has no conditional write: of an edit that somebody makes between the two calls, what
// Shardkeeper would have kept is lost.
func (c *Client) Update(ctx context.Context, want scaling.AlarmWant) error {
	if want.OpenShards < 1 || want.Stream == "" {
		return fmt.Errorf("alarms of stream %q for %d open shards: cannot be: %w", want.Stream, want.OpenShards, scaling.ErrRefused)
	}
	existing, err := c.describe(ctx, namesOf(want.Stream))
	if err != nil {
		return err
	}
	var faults []error
	for _, dir := range directions() {
		if found, exists := existing[scaling.AlarmName(want.Stream, dir)]; exists && !c.owns(found, want.Stream) {
			faults = append(faults, fmt.Errorf("alarm %q is not of table %s: %w", aws.ToString(found.AlarmName), c.opts.Table, scaling.ErrForeignAlarm))
		}
	}
	if len(faults) > 0 {
		return errors.Join(faults...)
	}
	for _, dir := range directions() {
		name := scaling.AlarmName(want.Stream, dir)
		found, exists := existing[name]
		in := c.input(want, dir)
		if exists {
			keepAdditions(in, found)
			if inSync(in, found) {
				continue
			}
		}
		faults = append(faults, c.call(ctx, "PutMetricAlarm", fmt.Sprintf("alarm %q", name), func() error {
			_, err := c.api.PutMetricAlarm(ctx, in)
			return err
		}))
	}
	return errors.Join(faults...)
}

// Rearm sets an alarm to OK, so that CloudWatch evaluates it anew and notifies again if it still
// has reason to. It fails with [scaling.ErrStreamNotFound] when there is no such alarm.
func (c *Client) Rearm(ctx context.Context, stream string, dir scaling.Direction, reason string) error {
	name := scaling.AlarmName(stream, dir)
	if name == "" {
		return fmt.Errorf("arm an alarm of stream %q: no alarm for direction %s: %w", stream, dir, scaling.ErrRefused)
	}
	data, err := json.Marshal(map[string]string{"by": "shardkeeper", "stream": stream, "direction": dir.String(), "reason": reason})
	if err != nil {
		return fmt.Errorf("arm alarm %q: %w: %w", name, scaling.ErrRefused, err)
	}
	return c.call(ctx, "SetAlarmState", fmt.Sprintf("alarm %q", name), func() error {
		_, err := c.api.SetAlarmState(ctx, &cloudwatch.SetAlarmStateInput{
			AlarmName:       aws.String(name),
			StateValue:      types.StateValueOk,
			StateReason:     aws.String(reason),
			StateReasonData: aws.String(string(data)),
		})
		return err
	})
}

// call makes a call when its turn has come, and translates its error.
func (c *Client) call(ctx context.Context, operation, subject string, send func() error) error {
	if c.opts.Pace != nil {
		if err := c.opts.Pace(ctx, operation); err != nil {
			return fmt.Errorf("cloudwatch %s of %s was not sent: %w: %w", operation, subject, scaling.ErrThrottled, err)
		}
	}
	return translated(operation, subject, send())
}

func namesOf(streams ...string) []string {
	var names []string
	for _, stream := range streams {
		for _, dir := range directions() {
			names = append(names, scaling.AlarmName(stream, dir))
		}
	}
	return names
}

// subjectOf names a batch of alarms in an error.
func subjectOf(names []string) string {
	if len(names) <= 2 {
		return fmt.Sprintf("alarms %q", names)
	}
	return fmt.Sprintf("%d alarms, %q to %q", len(names), names[0], names[len(names)-1])
}
