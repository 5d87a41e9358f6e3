package operator

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/shardkeeper/shardkeeper/internal/app/operator/inspect"
)

// policies is the part of the IAM client that is used.
type policies interface {
	SimulatePrincipalPolicy(context.Context, *iam.SimulatePrincipalPolicyInput, ...func(*iam.Options)) (*iam.SimulatePrincipalPolicyOutput, error)
	GetRole(context.Context, *iam.GetRoleInput, ...func(*iam.Options)) (*iam.GetRoleOutput, error)
}

// What actions are done to.
const (
	anything = "*"
	stream   = "stream"
	alarm    = "alarm"
	table    = "table"
	index    = "index"
)

// reshard is the action of all that Shardkeeper is for.
const reshard = "kinesis:UpdateShardCount"

// Needs are the actions without which a function does not do its work, or who asks cannot use the command, by what they
// are done to. Who is the name of a function, or [inspect.You].
func Needs(who string) map[string][]string {
	items := []string{"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"}
	switch who {
	case "scaler":
		return map[string][]string{
			table: append(items, "dynamodb:ConditionCheckItem"), stream: {"kinesis:DescribeStreamSummary", reshard},
			anything: {"cloudwatch:GetMetricData", "cloudwatch:DescribeAlarms"}, alarm: {"cloudwatch:PutMetricAlarm"},
		}
	case "enroller":
		return map[string][]string{
			table: items, stream: {"kinesis:DescribeStreamSummary", "kinesis:ListTagsForStream"},
			anything: {"cloudwatch:DescribeAlarms"}, alarm: {"cloudwatch:PutMetricAlarm", "cloudwatch:DeleteAlarms"},
		}
	case "reconciler":
		return map[string][]string{
			table: append(items, "dynamodb:BatchGetItem"), index: {"dynamodb:Query"}, stream: {"kinesis:DescribeStreamSummary", "kinesis:ListTagsForStream"},
			anything: {"kinesis:ListStreams", "tag:GetResources", "cloudwatch:DescribeAlarms"}, alarm: {"cloudwatch:PutMetricAlarm", "cloudwatch:SetAlarmState", "cloudwatch:DeleteAlarms"},
		}
	case inspect.You:
		return map[string][]string{
			table: {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:UpdateItem"}, index: {"dynamodb:Query"},
			stream: {"kinesis:DescribeStreamSummary", "kinesis:AddTagsToStream"}, anything: {"cloudwatch:GetMetricData", "cloudwatch:DescribeAlarms"},
		}
	}
	return nil
}

// deniedTo simulates what a principal needs: a call for each kind of resource. Function is the ARN of one of the stack's
// functions, which has its partition, Region and account.
func deniedTo(ctx context.Context, api policies, who, principal, function, tableName string) ([]inspect.Denied, error) {
	at, err := arn.Parse(function)
	if err != nil {
		return nil, fmt.Errorf("simulate the rights of %s: %w", who, err)
	}
	of := func(service, resource string) string {
		return arn.ARN{Partition: at.Partition, Service: service, Region: at.Region, AccountID: at.AccountID, Resource: resource}.String()
	}
	arns := map[string]string{
		anything: "*", stream: of("kinesis", "stream/shardkeeper-doctor"), alarm: of("cloudwatch", "alarm:shardkeeper-doctor-scale-up"),
		table: of("dynamodb", "table/"+tableName), index: of("dynamodb", "table/"+tableName+"/index/by_due"),
	}
	var all []inspect.Denied
	for _, kind := range []string{table, index, stream, alarm, anything} {
		actions := Needs(who)[kind]
		if len(actions) == 0 {
			continue
		}
		denied, err := simulate(ctx, api, principal, at.Region, arns[kind], actions)
		if err == nil && denied[reshard] != "" {
			err = allowedOfAll(ctx, api, principal, at.Region, denied)
		}
		if err != nil {
			return nil, fmt.Errorf("simulate the rights of %s: %w", who, err)
		}
		for _, action := range actions {
			if why := denied[action]; why != "" {
				all = append(all, inspect.Denied{Who: who, Action: action, Why: why})
			}
		}
	}
	return all, nil
}

// allowedOfAll takes the resharding out of what is denied if it is allowed of all streams: IAM knows no resource for it, so
// its policy may name all.
func allowedOfAll(ctx context.Context, api policies, principal, region string, denied map[string]string) error {
	again, err := simulate(ctx, api, principal, region, "*", []string{reshard})
	if err == nil && again[reshard] == "" {
		delete(denied, reshard)
	}
	return err
}

// simulate returns the actions that are denied, with why. One of which the simulator lacks the context is not known, and
// left out.
func simulate(ctx context.Context, api policies, principal, region, resource string, actions []string) (map[string]string, error) {
	denied := map[string]string{}
	in := &iam.SimulatePrincipalPolicyInput{PolicySourceArn: &principal, ActionNames: actions, ResourceArns: []string{resource}, ContextEntries: []types.ContextEntry{
		contextOf("aws:RequestedRegion", region), contextOf("aws:ResourceTag/shardkeeper", "enabled"),
	}}
	for more := true; more; more = aws.ToString(in.Marker) != "" {
		out, err := api.SimulatePrincipalPolicy(ctx, in)
		if err != nil {
			return nil, err
		}
		for _, r := range out.EvaluationResults {
			if why := denial(r); why != "" {
				denied[aws.ToString(r.EvalActionName)] = why
			}
		}
		in.Marker = out.Marker
	}
	return denied, nil
}

func contextOf(key, value string) types.ContextEntry {
	return types.ContextEntry{ContextKeyName: &key, ContextKeyType: types.ContextKeyTypeEnumString, ContextKeyValues: []string{value}}
}

// denial says why an action is denied; empty: it is allowed, or that is not known.
func denial(r types.EvaluationResult) string {
	missing := len(r.MissingContextValues) > 0 || slices.ContainsFunc(r.ResourceSpecificResults, func(one types.ResourceSpecificResult) bool {
		return len(one.MissingContextValues) > 0
	})
	switch {
	case r.EvalDecision == types.PolicyEvaluationDecisionTypeAllowed:
		return ""
	case r.OrganizationsDecisionDetail != nil && !r.OrganizationsDecisionDetail.AllowedByOrganizations:
		return "the organization denies it"
	case r.PermissionsBoundaryDecisionDetail != nil && !r.PermissionsBoundaryDecisionDetail.AllowedByPermissionsBoundary:
		return "the permissions boundary denies it"
	case r.EvalDecision == types.PolicyEvaluationDecisionTypeExplicitDeny:
		return "a policy denies it"
	case missing:
		return ""
	}
	return "no policy allows it"
}

// errNoPrincipal means that who asks has no policies of their own: the root user, or somebody from outside of IAM.
var errNoPrincipal = errors.New("no user and no role")

// principalOf is the user or the role behind a caller's ARN. The ARN of an assumed role lacks the role's path.
func principalOf(ctx context.Context, api policies, caller string) (string, error) {
	at, err := arn.Parse(caller)
	if err != nil {
		return "", err
	}
	kind, name, _ := strings.Cut(at.Resource, "/")
	switch kind {
	case "user":
		return caller, nil
	case "assumed-role":
		name, _, _ = strings.Cut(name, "/")
		out, err := api.GetRole(ctx, &iam.GetRoleInput{RoleName: &name})
		if err != nil {
			return "", err
		}
		if out.Role == nil {
			return "", errNoPrincipal
		}
		return aws.ToString(out.Role.Arn), nil
	}
	return "", errNoPrincipal
}
