package operator

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	ebtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"github.com/shardkeeper/shardkeeper/internal/app/operator/inspect"
)

// rules, topics and functions are the parts of the clients that are used.
type (
	rules interface {
		ListRuleNamesByTarget(context.Context, *eventbridge.ListRuleNamesByTargetInput, ...func(*eventbridge.Options)) (*eventbridge.ListRuleNamesByTargetOutput, error)
		DescribeRule(context.Context, *eventbridge.DescribeRuleInput, ...func(*eventbridge.Options)) (*eventbridge.DescribeRuleOutput, error)
	}
	topics interface {
		ListSubscriptionsByTopic(context.Context, *sns.ListSubscriptionsByTopicInput, ...func(*sns.Options)) (*sns.ListSubscriptionsByTopicOutput, error)
	}
	functions interface {
		GetFunctionConfiguration(context.Context, *lambda.GetFunctionConfigurationInput, ...func(*lambda.Options)) (*lambda.GetFunctionConfigurationOutput, error)
	}
)

// Wiring reads how the parts of a stack are connected: about forty calls. What cannot be read is left out, and is among
// the errors.
func (a *Account) Wiring(ctx context.Context, stack Stack) (inspect.Wiring, []error) {
	w := wirer{
		region: a.Region(), caller: a.Caller, trails: cloudtrail.NewFromConfig(a.sdk), rules: eventbridge.NewFromConfig(a.sdk), topics: sns.NewFromConfig(a.sdk),
		functions: lambda.NewFromConfig(a.sdk), policies: iam.NewFromConfig(a.sdk),
	}
	return w.look(ctx, stack)
}

// wirer is what the look at the wiring needs.
type wirer struct {
	region    string
	caller    func(context.Context) (string, error)
	trails    trails
	rules     rules
	topics    topics
	functions functions
	policies  policies
}

func (w wirer) look(ctx context.Context, stack Stack) (found inspect.Wiring, unread []error) {
	note := func(err error) {
		if err != nil {
			unread = append(unread, err)
		}
	}
	var err error
	found.Trail, err = trailOf(ctx, w.trails, w.region)
	note(err)
	arns := map[string]string{}
	for _, name := range Functions() {
		if stack.Functions[name] == "" {
			continue
		}
		out, err := w.functions.GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: aws.String(stack.Functions[name])})
		if err != nil {
			note(fmt.Errorf("look at the function %s: %w", name, err))
			continue
		}
		arns[name] = aws.ToString(out.FunctionArn)
		denied, err := deniedTo(ctx, w.policies, name, aws.ToString(out.Role), arns[name], stack.Table)
		note(err)
		found.Denied = append(found.Denied, denied...)
	}
	if arns["enroller"] != "" {
		found.Rules, err = rulesOf(ctx, w.rules, arns["enroller"])
		note(err)
	}
	for _, t := range []inspect.Topic{{ARN: stack.TopicARN, Function: "scaler"}, {ARN: stack.NotificationsARN}, {ARN: stack.EventsARN}} {
		if t.ARN == "" || t.Function != "" && arns[t.Function] == "" {
			continue
		}
		if err := w.hears(ctx, &t, arns[t.Function]); err != nil {
			note(err)
			continue
		}
		found.Topics = append(found.Topics, t)
	}
	denied, err := w.deniedToYou(ctx, arns["scaler"], stack.Table)
	note(err)
	found.Denied = append(found.Denied, denied...)
	return found, unread
}

// rulesOf are the rules that have a function as their target: a call, and one for each of them.
func rulesOf(ctx context.Context, api rules, function string) ([]inspect.Rule, error) {
	found := []inspect.Rule{}
	in := &eventbridge.ListRuleNamesByTargetInput{TargetArn: &function}
	for more := true; more; more = aws.ToString(in.NextToken) != "" {
		out, err := api.ListRuleNamesByTarget(ctx, in)
		if err != nil {
			return nil, fmt.Errorf("look for the rules of the enroller: %w", err)
		}
		for _, name := range out.RuleNames {
			rule, err := api.DescribeRule(ctx, &eventbridge.DescribeRuleInput{Name: aws.String(name)})
			if err != nil {
				return nil, fmt.Errorf("look at the rule %s: %w", name, err)
			}
			found = append(found, inspect.Rule{Name: name, Enabled: rule.State != ebtypes.RuleStateDisabled})
		}
		in.NextToken = out.NextToken
	}
	return found, nil
}

// pending is what SNS gives as the ARN of a subscription that nobody has confirmed.
const pending = "PendingConfirmation"

// hears reads who is subscribed to a topic: the function with an ARN, or anybody.
func (w wirer) hears(ctx context.Context, t *inspect.Topic, function string) error {
	in := &sns.ListSubscriptionsByTopicInput{TopicArn: aws.String(t.ARN)}
	for more := true; more; more = aws.ToString(in.NextToken) != "" {
		out, err := w.topics.ListSubscriptionsByTopic(ctx, in)
		if err != nil {
			return fmt.Errorf("look at the subscriptions of topic %s: %w", t.ARN, err)
		}
		for _, s := range out.Subscriptions {
			switch {
			case aws.ToString(s.SubscriptionArn) == pending:
				t.Pending = append(t.Pending, aws.ToString(s.Endpoint))
			case function == "" || aws.ToString(s.Endpoint) == function:
				t.Hears = true
			}
		}
		in.NextToken = out.NextToken
	}
	slices.Sort(t.Pending)
	return nil
}

// deniedToYou simulates what who asks may do. The root user may do everything that policies of accounts can allow.
func (w wirer) deniedToYou(ctx context.Context, scaler, table string) ([]inspect.Denied, error) {
	if scaler == "" {
		return nil, nil
	}
	caller, err := w.caller(ctx)
	if err != nil {
		return nil, err
	}
	principal, err := principalOf(ctx, w.policies, caller)
	if errors.Is(err, errNoPrincipal) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look at your own rights: %w", err)
	}
	return deniedTo(ctx, w.policies, inspect.You, principal, scaler, table)
}
