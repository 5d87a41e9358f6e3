package operator

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/smithy-go"
)

// Stack is what a stack of Shardkeeper has made, by its outputs.
type Stack struct {
	Name     string
	Table    string
	TopicARN string // that the streams' alarms publish to

	// The topics that people hear: of failures of Shardkeeper, and of events of streams. Empty: there is none.
	NotificationsARN, EventsARN string

	// MaxShardsCeiling is the highest max-shards that the stack lets a stream have, a parameter. 0: not known.
	MaxShardsCeiling int

	// The functions and their dead-letter queues' URLs, by scaler, enroller and reconciler.
	Functions map[string]string
	Queues    map[string]string
}

// The outputs of the template that are read.
const (
	OutputTable       = "TableName"
	OutputTopic       = "AlarmTopicArn"
	outputFailures    = "NotificationTopicArn"
	outputEvents      = "EventTopicArn"
	suffixFunction    = "FunctionName"
	suffixDeadLetters = "DeadLettersUrl"
)

// ParameterCeiling is the parameter of the template that is read.
const ParameterCeiling = "MaxShardsCeiling"

// Functions returns the names by which a stack's functions are known, and their queues.
func Functions() []string { return []string{"scaler", "enroller", "reconciler"} }

// Outputs returns the outputs of the template that are read.
func Outputs() []string {
	names := []string{OutputTable, OutputTopic, outputFailures, outputEvents}
	for _, function := range Functions() {
		names = append(names, outputOf(function, suffixFunction), outputOf(function, suffixDeadLetters))
	}
	return names
}

// outputOf is the output for a function: that of scaler begins with Scaler.
func outputOf(function, suffix string) string {
	return strings.ToUpper(function[:1]) + function[1:] + suffix
}

// CloudFormation is the part of the CloudFormation client that is used.
type CloudFormation interface {
	DescribeStacks(context.Context, *cloudformation.DescribeStacksInput, ...func(*cloudformation.Options)) (*cloudformation.DescribeStacksOutput, error)
}

// validationError is what CloudFormation answers for a stack that it does not have: it has no error of
// its own for that.
const validationError = "ValidationError"

func findStack(ctx context.Context, api CloudFormation, name string) (Stack, error) {
	out, err := api.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: &name})
	if answer, is := errors.AsType[smithy.APIError](err); is && answer.ErrorCode() == validationError {
		return Stack{}, noStack(name, err)
	}
	if err != nil {
		return Stack{}, fmt.Errorf("find stack %s: %w", name, err)
	}
	if len(out.Stacks) == 0 {
		return Stack{}, noStack(name, errors.New("no stack in the answer"))
	}
	outputs := map[string]string{}
	for _, o := range out.Stacks[0].Outputs {
		outputs[aws.ToString(o.OutputKey)] = aws.ToString(o.OutputValue)
	}
	if outputs[OutputTable] == "" {
		return Stack{}, &PlainError{
			What: fmt.Sprintf("stack %s is none of Shardkeeper: it has no output %s", name, OutputTable),
			Next: "aws cloudformation list-stacks, and --stack NAME; or --table NAME", Err: errors.New("no output"),
		}
	}
	found := Stack{Name: name, Table: outputs[OutputTable], TopicARN: outputs[OutputTopic], NotificationsARN: outputs[outputFailures], EventsARN: outputs[outputEvents], Functions: map[string]string{}, Queues: map[string]string{}}
	for _, p := range out.Stacks[0].Parameters {
		if most, err := strconv.Atoi(aws.ToString(p.ParameterValue)); err == nil && aws.ToString(p.ParameterKey) == ParameterCeiling {
			found.MaxShardsCeiling = most
		}
	}
	for _, function := range Functions() {
		found.Functions[function] = outputs[outputOf(function, suffixFunction)]
		found.Queues[function] = outputs[outputOf(function, suffixDeadLetters)]
	}
	return found, nil
}

func noStack(name string, err error) error {
	return &PlainError{
		What: fmt.Sprintf("no stack is named %s", name),
		Next: "aws cloudformation list-stacks, and --stack NAME; or another --region", Err: err,
	}
}
