//go:build unix && e2e

package e2e

// What the operator's command sees of what is deployed, and takes over.

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// lookedAt asks each verb that looks, of the table and of the stack, what it sees.
func lookedAt(s *story) {
	for _, look := range []struct {
		args  string
		wants []string
	}{
		{"streams --stack " + stackName + " --live --output json", []string{`"stream":"orders","region":"eu-west-1"`}},
		{"show orders --stack " + stackName + " --output json", []string{`"about":"alarm"`, `"what":"scale up"`, `"from":"tag"`}},
		{"explain orders --stack " + stackName + " --output json", []string{`"asked":"up"`, `"asked":"down"`, "utilization_measured"}},
		{"survey --days 1 --stack " + stackName + " --output json", []string{`"stream":"orders","region":"eu-west-1","enrolled":true`}},
		{"deadletters --stack " + stackName + " --output json", []string{`"function":"scaler","messages":0`}},
		{"export-settings --stack " + stackName, []string{"orders"}},
	} {
		out := s.keeper(strings.Fields(look.args)...)
		for _, want := range look.wants {
			if !strings.Contains(out, want) {
				s.Errorf("%s: no %s in\n%s", look.args, want, out)
			}
		}
	}
	// Nothing is grave, else it would end with status 1. What the emulator cannot be asked is left out.
	found := s.keeper("doctor", "--stack", stackName, "--live")
	for _, want := range []string{"no trail of CloudTrail logs management events here", "nobody is subscribed to " + s.physical["NotificationTopic"]} {
		if !strings.Contains(found, want) {
			s.Errorf("doctor does not find %q:\n%s", want, found)
		}
	}
}

// adopted is a stream that the predecessor scales: adopt finds its alarms, shows what differs, and tags it; by the event of
// that it is enrolled, and the same two alarms are ours.
func adopted(s *story) {
	const legacy = "legacy"
	s.createStream(legacy, 2, nil)
	for _, dir := range []scaling.Direction{scaling.Up, scaling.Down} {
		if _, err := s.cloudwatch.PutMetricAlarm(s.Context(), predecessorsAlarm(legacy, dir)); err != nil {
			s.Fatal(err)
		}
	}
	shown := s.keeper("adopt", legacy, "--stack", stackName, "--dry-run")
	for _, want := range []string{"tag shardkeeper (none) -> enabled", "tag shardkeeper:scale-up-threshold (none) -> 0.75"} {
		if !strings.Contains(shown, want) {
			s.Errorf("no %q in\n%s", want, shown)
		}
	}
	if _, err := s.registry.Load(s.Context(), legacy); err == nil {
		s.Error("the dry run has changed something")
	}
	s.keeper("adopt", legacy, "--stack", stackName, "--yes", "--no-wait")
	s.publish("enroller-add-tags.json", legacy, nil)
	s.awaitEnrollment(legacy, 2)
	if settings := s.load(legacy).Settings; settings.ScaleUpThreshold != 0.75 || settings.ScaleUpAlarm.PeriodMinutes != 5 {
		s.Errorf("the settings of its alarms are lost: %+v", settings)
	}
	for _, alarm := range s.alarmsOf(legacy) {
		if !slices.Contains(alarm.AlarmActions, pager) || !slices.Contains(alarm.AlarmActions, s.physical["AlarmTopic"]) {
			s.Errorf("%s notifies %v", *alarm.AlarmName, alarm.AlarmActions)
		}
	}

	s.keeper("unenroll", legacy, "--stack", stackName, "--yes", "--no-wait")
	s.publish("enroller-add-tags.json", legacy, nil)
	await(s.T, "the end of "+legacy+"'s enrollment", 20*time.Second, func() error {
		if status, left := s.load(legacy).Status, s.alarmsOf(legacy); status != ledger.Unenrolled || len(left) > 0 {
			return fmt.Errorf("it is %s, with %d alarms", status, len(left))
		}
		return nil
	})
	if _, err := s.kinesis.DeleteStream(s.Context(), &kinesis.DeleteStreamInput{StreamName: aws.String(legacy)}); err != nil {
		s.Fatal(err)
	}
}

// pager is whom the predecessor's alarms tell.
const pager = "arn:aws:sns:eu-west-1:123456789012:scaling-topic"

// predecessorsAlarm is an alarm as aws-samples/kinesis-auto-scaling makes it for a stream of more than one shard.
func predecessorsAlarm(stream string, dir scaling.Direction) *cloudwatch.PutMetricAlarmInput {
	metric := func(id, name string) types.MetricDataQuery {
		return types.MetricDataQuery{Id: aws.String(id), ReturnData: aws.Bool(false), MetricStat: &types.MetricStat{
			Metric: &types.Metric{
				Namespace: aws.String("AWS/Kinesis"), MetricName: aws.String(name),
				Dimensions: []types.Dimension{{Name: aws.String("StreamName"), Value: &stream}},
			},
			Period: aws.Int32(300), Stat: aws.String("Sum"),
		}}
	}
	math := func(id, expression string, returned bool) types.MetricDataQuery {
		return types.MetricDataQuery{Id: aws.String(id), Expression: aws.String(expression), ReturnData: aws.Bool(returned)}
	}
	alarm := &cloudwatch.PutMetricAlarmInput{
		AlarmName: aws.String(scaling.AlarmName(stream, dir)), AlarmActions: []string{pager}, Threshold: aws.Float64(0.75),
		EvaluationPeriods: aws.Int32(5), DatapointsToAlarm: aws.Int32(5), ComparisonOperator: types.ComparisonOperatorGreaterThanOrEqualToThreshold,
		Metrics: []types.MetricDataQuery{
			metric("m1", "IncomingBytes"), metric("m2", "IncomingRecords"), math("e1", "FILL(m1,0)", false), math("e2", "FILL(m2,0)", false), math("s1", "2", false),
			math("e3", fmt.Sprintf("e1/(1024*1024*%d*s1)", 300), false), math("e4", fmt.Sprintf("e2/(1000*%d*s1)", 300), false), math("e6", "MAX([e3,e4])", true),
		},
	}
	if dir == scaling.Down {
		alarm.Threshold, alarm.EvaluationPeriods, alarm.DatapointsToAlarm = aws.Float64(0.25), aws.Int32(60), aws.Int32(57)
		alarm.ComparisonOperator = types.ComparisonOperatorLessThanThreshold
	}
	return alarm
}
