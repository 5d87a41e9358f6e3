package operator

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"
)

// stacks is CloudFormation with the outputs of some stacks.
type stacks map[string]map[string]string

func (s stacks) DescribeStacks(_ context.Context, in *cloudformation.DescribeStacksInput, _ ...func(*cloudformation.Options)) (*cloudformation.DescribeStacksOutput, error) {
	outputs, there := s[aws.ToString(in.StackName)]
	if !there {
		return nil, &smithy.OperationError{ServiceID: "CloudFormation", OperationName: "DescribeStacks", Err: &smithy.GenericAPIError{Code: validationError, Message: "Stack with id x does not exist"}}
	}
	stack := types.Stack{Parameters: []types.Parameter{
		{ParameterKey: aws.String("LogLevel"), ParameterValue: aws.String("7")},
		{ParameterKey: aws.String(ParameterCeiling), ParameterValue: aws.String("64")},
		{ParameterKey: aws.String("HistoryRetentionDays"), ParameterValue: aws.String("400")},
	}}
	for key, value := range outputs {
		stack.Outputs = append(stack.Outputs, types.Output{OutputKey: &key, OutputValue: &value})
	}
	return &cloudformation.DescribeStacksOutput{Stacks: []types.Stack{stack}}, nil
}

func TestFindStack(t *testing.T) {
	api := stacks{"web": {"Url": "https://example.com"}, "keeper": {}}
	for _, name := range Outputs() {
		api["keeper"][name] = "the " + name
	}
	want := Stack{
		Name: "keeper", Table: "the TableName", TopicARN: "the AlarmTopicArn", NotificationsARN: "the NotificationTopicArn", EventsARN: "the EventTopicArn",
		MaxShardsCeiling: 64,
		Functions:        map[string]string{"scaler": "the ScalerFunctionName", "enroller": "the EnrollerFunctionName", "reconciler": "the ReconcilerFunctionName"},
		Queues:           map[string]string{"scaler": "the ScalerDeadLettersUrl", "enroller": "the EnrollerDeadLettersUrl", "reconciler": "the ReconcilerDeadLettersUrl"},
	}
	got, err := findStack(t.Context(), api, "keeper")
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v, %s", err, diff)
	}
	for name, says := range map[string]string{"web": "stack web is none of Shardkeeper", "nobody": "no stack is named nobody"} {
		_, err := findStack(t.Context(), api, name)
		if fault, is := errors.AsType[*PlainError](err); !is || !strings.Contains(fault.What, says) || !strings.Contains(fault.Next, "--stack NAME") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
