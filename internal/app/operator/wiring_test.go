package operator

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	cttypes "github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	ebtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/internal/app/operator/inspect"
)

const role = "arn:aws:iam::123456789012:role/"

// home is an account in which all is as the template makes it, until a test changes it.
type home struct {
	trails    []cttypes.Trail
	logging   map[string]bool // trails, by ARN
	selectors cloudtrail.GetEventSelectorsOutput
	disabled  string // a rule
	rules     []string
	subs      map[string][]snstypes.Subscription // by topic
	denied    map[string]iamtypes.EvaluationResult
	caller    string
	fault     error // for every call
	simulated []string
}

func atHome() *home {
	confirmed := func(endpoint string) []snstypes.Subscription {
		return []snstypes.Subscription{{Endpoint: aws.String(endpoint), SubscriptionArn: aws.String("arn:sub")}}
	}
	return &home{
		trails:    []cttypes.Trail{{Name: aws.String("main"), TrailARN: aws.String("arn:main"), HomeRegion: aws.String("eu-west-1")}},
		logging:   map[string]bool{"arn:main": true},
		selectors: cloudtrail.GetEventSelectorsOutput{EventSelectors: []cttypes.EventSelector{{IncludeManagementEvents: aws.Bool(true), ReadWriteType: cttypes.ReadWriteTypeAll}}},
		rules:     []string{"a", "b", "c"},
		subs:      map[string][]snstypes.Subscription{"arn:alarms": confirmed("arn:aws:lambda:eu-west-1:123456789012:function:k-scaler"), "arn:people": confirmed("ana@example.org")},
		denied:    map[string]iamtypes.EvaluationResult{}, caller: "arn:aws:sts::123456789012:assumed-role/Admin/ana",
	}
}

func (h *home) DescribeTrails(context.Context, *cloudtrail.DescribeTrailsInput, ...func(*cloudtrail.Options)) (*cloudtrail.DescribeTrailsOutput, error) {
	return &cloudtrail.DescribeTrailsOutput{TrailList: h.trails}, h.fault
}

func (h *home) GetTrailStatus(_ context.Context, in *cloudtrail.GetTrailStatusInput, _ ...func(*cloudtrail.Options)) (*cloudtrail.GetTrailStatusOutput, error) {
	logging, known := h.logging[*in.Name]
	if !known {
		return nil, errors.New("somebody else's trail")
	}
	return &cloudtrail.GetTrailStatusOutput{IsLogging: &logging}, h.fault
}

func (h *home) GetEventSelectors(context.Context, *cloudtrail.GetEventSelectorsInput, ...func(*cloudtrail.Options)) (*cloudtrail.GetEventSelectorsOutput, error) {
	return &h.selectors, h.fault
}

func (h *home) ListRuleNamesByTarget(_ context.Context, in *eventbridge.ListRuleNamesByTargetInput, _ ...func(*eventbridge.Options)) (*eventbridge.ListRuleNamesByTargetOutput, error) {
	if !strings.HasSuffix(*in.TargetArn, "k-enroller") {
		return &eventbridge.ListRuleNamesByTargetOutput{}, h.fault
	}
	if in.NextToken == nil && len(h.rules) > 1 { // two pages
		return &eventbridge.ListRuleNamesByTargetOutput{RuleNames: h.rules[:1], NextToken: aws.String("more")}, h.fault
	}
	return &eventbridge.ListRuleNamesByTargetOutput{RuleNames: h.rules[min(1, len(h.rules)):]}, h.fault
}

func (h *home) DescribeRule(_ context.Context, in *eventbridge.DescribeRuleInput, _ ...func(*eventbridge.Options)) (*eventbridge.DescribeRuleOutput, error) {
	state := ebtypes.RuleStateEnabled
	if *in.Name == h.disabled {
		state = ebtypes.RuleStateDisabled
	}
	return &eventbridge.DescribeRuleOutput{State: state}, h.fault
}

func (h *home) ListSubscriptionsByTopic(_ context.Context, in *sns.ListSubscriptionsByTopicInput, _ ...func(*sns.Options)) (*sns.ListSubscriptionsByTopicOutput, error) {
	return &sns.ListSubscriptionsByTopicOutput{Subscriptions: h.subs[*in.TopicArn]}, h.fault
}

func (h *home) GetFunctionConfiguration(_ context.Context, in *lambda.GetFunctionConfigurationInput, _ ...func(*lambda.Options)) (*lambda.GetFunctionConfigurationOutput, error) {
	return &lambda.GetFunctionConfigurationOutput{
		FunctionArn: aws.String("arn:aws:lambda:eu-west-1:123456789012:function:" + *in.FunctionName), Role: aws.String(role + *in.FunctionName),
	}, h.fault
}

func (h *home) GetRole(_ context.Context, in *iam.GetRoleInput, _ ...func(*iam.Options)) (*iam.GetRoleOutput, error) {
	return &iam.GetRoleOutput{Role: &iamtypes.Role{Arn: aws.String(role + "sso/" + *in.RoleName)}}, h.fault
}

func (h *home) SimulatePrincipalPolicy(_ context.Context, in *iam.SimulatePrincipalPolicyInput, _ ...func(*iam.Options)) (*iam.SimulatePrincipalPolicyOutput, error) {
	out := &iam.SimulatePrincipalPolicyOutput{}
	for _, action := range in.ActionNames {
		who := strings.TrimPrefix(*in.PolicySourceArn, role)
		h.simulated = append(h.simulated, who+" "+action+" "+in.ResourceArns[0])
		result, is := h.denied[who+" "+action+" "+in.ResourceArns[0]]
		if !is {
			result = iamtypes.EvaluationResult{EvalDecision: iamtypes.PolicyEvaluationDecisionTypeAllowed}
		}
		result.EvalActionName = aws.String(action)
		out.EvaluationResults = append(out.EvaluationResults, result)
	}
	return out, h.fault
}

func (h *home) look(t *testing.T) (inspect.Wiring, []error) {
	t.Helper()
	w := wirer{
		region: "eu-west-1", caller: func(context.Context) (string, error) { return h.caller, h.fault },
		trails: h, rules: h, topics: h, functions: h, policies: h,
	}
	return w.look(t.Context(), Stack{
		Table: "keeper", TopicARN: "arn:alarms", NotificationsARN: "arn:people",
		Functions: map[string]string{"scaler": "k-scaler", "enroller": "k-enroller", "reconciler": "k-reconciler"},
	})
}

func TestWiringThatIsWell(t *testing.T) {
	found, unread := atHome().look(t)
	want := inspect.Wiring{
		Trail: &inspect.Trail{Logging: true}, Rules: []inspect.Rule{{Name: "a", Enabled: true}, {Name: "b", Enabled: true}, {Name: "c", Enabled: true}},
		Topics: []inspect.Topic{{ARN: "arn:alarms", Function: "scaler", Hears: true}, {ARN: "arn:people", Hears: true}},
	}
	if diff := cmp.Diff(want, found); diff != "" || len(unread) > 0 {
		t.Errorf("%v\n%s", unread, diff)
	}
}

func TestTrails(t *testing.T) {
	advanced := func(fields ...cttypes.AdvancedFieldSelector) cloudtrail.GetEventSelectorsOutput {
		return cloudtrail.GetEventSelectorsOutput{AdvancedEventSelectors: []cttypes.AdvancedEventSelector{{FieldSelectors: fields}}}
	}
	field := func(name, value string) cttypes.AdvancedFieldSelector {
		return cttypes.AdvancedFieldSelector{Field: aws.String(name), Equals: []string{value}}
	}
	for name, c := range map[string]struct {
		change  func(h *home)
		logging bool
		others  string
	}{
		"none":           {func(h *home) { h.trails = nil }, false, ""},
		"stopped":        {func(h *home) { h.logging["arn:main"] = false }, false, "main does not log"},
		"reads alone":    {func(h *home) { h.selectors.EventSelectors[0].ReadWriteType = cttypes.ReadWriteTypeReadOnly }, false, "main logs no write events of management"},
		"data alone":     {func(h *home) { h.selectors.EventSelectors[0].IncludeManagementEvents = aws.Bool(false) }, false, "main logs no write events of management"},
		"advanced":       {func(h *home) { h.selectors = advanced(field("eventCategory", "Management")) }, true, ""},
		"advanced reads": {func(h *home) { h.selectors = advanced(field("eventCategory", "Management"), field("readOnly", "true")) }, false, "main logs no write events of management"},
		"advanced writes": {func(h *home) {
			h.selectors = advanced(field("eventCategory", "Management"), field("readOnly", "false"))
		}, true, ""},
		"advanced data":    {func(h *home) { h.selectors = advanced(field("eventCategory", "Data")) }, false, "main logs no write events of management"},
		"another Region's": {func(h *home) { h.selectors, h.trails[0].HomeRegion = advanced(), aws.String("us-east-1") }, true, ""},
		"one cannot be read": {func(h *home) {
			h.trails = append([]cttypes.Trail{{Name: aws.String("x"), TrailARN: aws.String("arn:x")}}, h.trails...)
		}, true, ""},
	} {
		h := atHome()
		c.change(h)
		found, unread := h.look(t)
		if len(unread) > 0 || found.Trail == nil || found.Trail.Logging != c.logging || found.Trail.Others != c.others {
			t.Errorf("%s: %+v, %v", name, found.Trail, unread)
		}
	}
	h := atHome()
	delete(h.logging, "arn:main")
	if found, unread := h.look(t); found.Trail != nil || len(unread) != 1 || !strings.Contains(unread[0].Error(), "look at trail main") {
		t.Errorf("the only one cannot be read: %+v, %v", found.Trail, unread)
	}
}

func TestRulesAndTopics(t *testing.T) {
	h := atHome()
	h.disabled, h.rules = "b", []string{"a", "b"}
	h.subs["arn:alarms"] = []snstypes.Subscription{{Endpoint: aws.String("arn:another"), SubscriptionArn: aws.String("arn:sub")}}
	h.subs["arn:people"] = []snstypes.Subscription{{Endpoint: aws.String("ana@example.org"), SubscriptionArn: aws.String("PendingConfirmation")}}
	found, _ := h.look(t)
	if diff := cmp.Diff([]inspect.Rule{{Name: "a", Enabled: true}, {Name: "b"}}, found.Rules); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]inspect.Topic{{ARN: "arn:alarms", Function: "scaler"}, {ARN: "arn:people", Pending: []string{"ana@example.org"}}}, found.Topics); diff != "" {
		t.Error(diff)
	}
}

const doctorStream = "arn:aws:kinesis:eu-west-1:123456789012:stream/shardkeeper-doctor"

func TestRightsThatAreDenied(t *testing.T) {
	implicit := iamtypes.EvaluationResult{EvalDecision: iamtypes.PolicyEvaluationDecisionTypeImplicitDeny}
	explicit := iamtypes.EvaluationResult{EvalDecision: iamtypes.PolicyEvaluationDecisionTypeExplicitDeny}
	organization, boundary, unknown := implicit, implicit, implicit
	organization.OrganizationsDecisionDetail = &iamtypes.OrganizationsDecisionDetail{}
	boundary.PermissionsBoundaryDecisionDetail = &iamtypes.PermissionsBoundaryDecisionDetail{}
	unknown.ResourceSpecificResults = []iamtypes.ResourceSpecificResult{{MissingContextValues: []string{"aws:SourceVpc"}}}
	h := atHome()
	h.denied = map[string]iamtypes.EvaluationResult{
		"k-scaler kinesis:UpdateShardCount " + doctorStream:        implicit,
		"k-scaler kinesis:UpdateShardCount *":                      implicit,
		"k-scaler cloudwatch:GetMetricData *":                      explicit,
		"k-enroller kinesis:ListTagsForStream " + doctorStream:     organization,
		"k-enroller kinesis:DescribeStreamSummary " + doctorStream: unknown,
		"k-reconciler kinesis:ListStreams *":                       boundary,
		"sso/Admin kinesis:AddTagsToStream " + doctorStream:        implicit,
	}
	found, unread := h.look(t)
	want := []inspect.Denied{
		{Who: "scaler", Action: "kinesis:UpdateShardCount", Why: "no policy allows it"},
		{Who: "scaler", Action: "cloudwatch:GetMetricData", Why: "a policy denies it"},
		{Who: "enroller", Action: "kinesis:ListTagsForStream", Why: "the organization denies it"},
		{Who: "reconciler", Action: "kinesis:ListStreams", Why: "the permissions boundary denies it"},
		{Who: "you", Action: "kinesis:AddTagsToStream", Why: "no policy allows it"},
	}
	slices.SortStableFunc(found.Denied, func(a, b inspect.Denied) int {
		order := []string{"scaler", "enroller", "reconciler", "you"}
		return slices.Index(order, a.Who) - slices.Index(order, b.Who)
	})
	if diff := cmp.Diff(want, found.Denied); diff != "" || len(unread) > 0 {
		t.Errorf("%v\n%s", unread, diff)
	}
	// One of the two ways to say it is enough: IAM knows no resource for it.
	delete(h.denied, "k-scaler kinesis:UpdateShardCount *")
	if found, _ := h.look(t); slices.ContainsFunc(found.Denied, func(d inspect.Denied) bool { return d.Action == "kinesis:UpdateShardCount" }) {
		t.Errorf("%+v", found.Denied)
	}
}

func TestWhoAsksMayBeAnybody(t *testing.T) {
	for caller, principal := range map[string]string{
		"arn:aws:iam::123456789012:user/ana":                     "arn:aws:iam::123456789012:user/ana",
		"arn:aws:sts::123456789012:assumed-role/Admin/ana@x.org": role + "sso/Admin",
		"arn:aws:iam::123456789012:root":                         "",
		"arn:aws:sts::123456789012:federated-user/ana":           "",
	} {
		got, err := principalOf(t.Context(), atHome(), caller)
		if got != principal || (err != nil) != (principal == "") {
			t.Errorf("%s: %q, %v", caller, got, err)
		}
	}
	if _, err := principalOf(t.Context(), atHome(), "ana"); err == nil {
		t.Error("no ARN is taken for one")
	}
}

// What cannot be read is left out, and told: the rest of the look goes on.
func TestWiringThatCannotBeRead(t *testing.T) {
	h := atHome()
	h.fault = errors.New("AccessDenied")
	found, unread := h.look(t)
	if diff := cmp.Diff(inspect.Wiring{}, found); diff != "" || len(unread) < 5 {
		t.Errorf("%d errors\n%s", len(unread), diff)
	}
	if findings := (inspect.Health{Wiring: found}).Findings(time.Time{}); len(findings) > 0 {
		t.Errorf("%+v", findings)
	}
}
