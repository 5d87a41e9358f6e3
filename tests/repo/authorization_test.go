package repo_test

// The template's policies are held against what IAM knows of each action: which resources it takes and
// which conditions it looks at. A policy that says more than that denies where it seems to allow.

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"github.com/shardkeeper/shardkeeper/internal/emf"
)

// authorization is the part of AWS's Service Authorization Reference that the template uses, with its
// sources and dates: testdata/authorization.json.
type authorization struct {
	Actions map[string]struct {
		Required, Optional []string // types of resources; an action without any takes all resources or none
		Conditions         []string
	}
	Resources map[string]struct {
		ARN        string
		Conditions []string
	}
}

func reference(t *testing.T) authorization {
	t.Helper()
	text, err := os.ReadFile("tests/repo/testdata/authorization.json")
	if err != nil {
		t.Fatal(err)
	}
	var known authorization
	if err := json.Unmarshal(text, &known); err != nil {
		t.Fatal(err)
	}
	return known
}

// global are the condition keys that every request has, or every one of a service, of those that are used.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html (read 2026-11)
func global() []string {
	return []string{"aws:RequestedRegion", "aws:SourceAccount", "aws:SourceArn"}
}

// undocumented are the faults that are known and chosen: what the parameter ReshardTaggedOnly turns on.
func undocumented() []string {
	return []string{
		"ReshardTagged: kinesis:UpdateShardCount does not look at aws:ResourceTag/shardkeeper",
		"ReshardTagged: kinesis:UpdateShardCount takes every resource or none, not arn:${AWS::Partition}:kinesis:${AWS::Region}:${AWS::AccountId}:stream/*",
	}
}

// everywhere are the actions that take a resource and are yet allowed on all: an alarm that is not there
// cannot be described by its name, and a trail may be of the organization's account.
func everywhere() []string {
	return []string{"cloudwatch:DescribeAlarms", "cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors"}
}

// arnOf is the ARN that a reference to a resource of the template stands for, and the text itself if it is
// none. The ARN of a log group ends with ":*", for its streams.
func arnOf(resources node, text string) string {
	name, rest, attribute := strings.Cut(text, ".Arn")
	name, rest = strings.TrimSuffix(strings.TrimPrefix(name, "${"), "."), strings.TrimPrefix(rest, "}")
	resource, _ := resources[name].(map[string]any)
	isRule := strings.HasPrefix(name, "EnrollerFunction") // SAM makes the enroller's rules; the template has none of its own
	prefix := "arn:${AWS::Partition}:%s:${AWS::Region}:${AWS::AccountId}:%s"
	switch kind := resource["Type"]; {
	case kind == "AWS::SNS::Topic" && !attribute:
		return fmt.Sprintf(prefix, "sns", name)
	case kind == "AWS::DynamoDB::Table" && attribute:
		return fmt.Sprintf(prefix, "dynamodb", "table/"+name) + rest
	case kind == "AWS::IAM::Role" && attribute:
		return "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/" + name
	case kind == "AWS::SQS::Queue" && attribute:
		return fmt.Sprintf(prefix, "sqs", name)
	case kind == nil && isRule && attribute:
		return fmt.Sprintf(prefix, "events", "rule/"+name)
	case kind == "AWS::Logs::LogGroup" && attribute:
		return fmt.Sprintf(prefix, "logs", "log-group:"+name+":*")
	}
	return text
}

// fits reports whether a resource of a policy is of a type, by the form of its ARN.
func fits(resource, form string) bool {
	pattern := regexp.QuoteMeta(form)
	for name, value := range map[string]string{"Partition": "AWS::Partition", "Region": "AWS::Region", "Account": "AWS::AccountId", "StackName": "AWS::StackName"} {
		pattern = strings.ReplaceAll(pattern, regexp.QuoteMeta("${"+name+"}"), regexp.QuoteMeta("${"+value+"}"))
	}
	pattern = strings.ReplaceAll(pattern, ":log-stream:", ":") // a * covers both
	pattern = regexp.MustCompile(`\\\$\\\{[A-Za-z]+\\\}`).ReplaceAllString(pattern, `([^:/]+|\*|$${[A-Za-z]+}|[$$]\{AWS::StackName\}-\*)`)
	return regexp.MustCompile("^" + pattern + "$").MatchString(resource)
}

// policyFaults tells where the template's policies say what IAM does not know.
func policyFaults(t *testing.T, resources node, known authorization) (faults []string, used map[string]bool) {
	t.Helper()
	used = map[string]bool{}
	for _, statement := range statements(resources) {
		name := fmt.Sprint(statement["Sid"])
		fault := func(format string, args ...any) { faults = append(faults, name+": "+fmt.Sprintf(format, args...)) }
		for _, action := range words(statement["Action"]) {
			used[action] = true
			entry, there := known.Actions[action]
			if !there {
				fault("%s is not in the extract of the reference", action)
				continue
			}
			conditions, types := entry.Conditions, slices.Concat(entry.Required, entry.Optional)
			service, _, _ := strings.Cut(action, ":")
			for _, kind := range types {
				conditions = slices.Concat(conditions, known.Resources[service+":"+kind].Conditions)
			}
			for _, key := range conditionKeys(statement["Condition"]) {
				if !slices.Contains(global(), key) && !slices.ContainsFunc(conditions, func(c string) bool { return sameKey(c, key) }) {
					fault("%s does not look at %s", action, key)
				}
			}
			if statement["Resource"] == nil { // of a role's trust: the role itself
				continue
			}
			for _, resource := range appliesTo(statement) {
				resource = arnOf(resources, resource)
				switch isType := func(kind string) bool { return fits(resource, known.Resources[service+":"+kind].ARN) }; {
				case resource == "*" && len(entry.Required) > 0 && !slices.Contains(everywhere(), action):
					fault("%s takes a resource, and is allowed on all", action)
				case resource != "*" && len(entry.Required) == 0 && !slices.ContainsFunc(types, isType):
					fault("%s takes every resource or none, not %s", action, resource)
				case resource != "*" && !slices.ContainsFunc(types, isType):
					fault("%s does not take %s", action, resource)
				}
			}
		}
	}
	slices.Sort(faults)
	return faults, used
}

// conditionKeys are the keys that a statement's conditions look at.
func conditionKeys(condition any) []string {
	var keys []string
	operators, _ := condition.(map[string]any)
	for _, operator := range operators {
		tests, _ := operator.(map[string]any)
		keys = slices.AppendSeq(keys, maps.Keys(tests))
	}
	return keys
}

// sameKey compares with a key of the reference, such as aws:ResourceTag/${TagKey}.
func sameKey(reference, key string) bool {
	base, _, tagged := strings.Cut(reference, "${")
	return reference == key || tagged && strings.HasPrefix(key, base)
}

// Each action, resource and condition of a policy is one that IAM knows, but for what a parameter turns on
// at the operator's own risk; and the extract has no action that no policy has.
func TestThePoliciesSayWhatIAMKnows(t *testing.T) {
	known := reference(t)
	faults, used := policyFaults(t, template(t).at(t, "Resources"), known)
	if diff := cmp.Diff(undocumented(), faults); diff != "" {
		t.Errorf("(-known +found):\n%s", diff)
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(used)), slices.Sorted(maps.Keys(known.Actions))); diff != "" {
		t.Errorf("actions (-template +extract):\n%s", diff)
	}
}

// The check finds what it is for.
func TestPolicyFaultsAreFound(t *testing.T) {
	text, err := os.ReadFile("template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, new, fault string }{
		{"Action: kinesis:DescribeStreamSummary", "Action: kinesis:DescribeStreamSumary", "LookAtStreams: kinesis:DescribeStreamSumary is not in the extract of the reference"},
		{"- !GetAtt Registry.Arn\n", "- '*'\n", "Registry: dynamodb:GetItem takes a resource, and is allowed on all"},
		{"- !GetAtt Registry.Arn\n", "- !GetAtt ScalerDeadLetters.Arn\n", "Registry: dynamodb:GetItem does not take arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:ScalerDeadLetters"},
		{"${Registry.Arn}/index/by_due", "${Registry.Arn}/stream/by_due", "WhatIsDue: dynamodb:Query does not take arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/Registry/stream/by_due"},
		{"aws:RequestedRegion", "kinesis:Region", "Reshard: kinesis:UpdateShardCount does not look at kinesis:Region"},
		{":stream/*", ":streams/*", "LookAtStreams: kinesis:ListTagsForStream does not take arn:${AWS::Partition}:kinesis:${AWS::Region}:${AWS::AccountId}:streams/*"},
	} {
		if !strings.Contains(string(text), c.old) {
			t.Errorf("the template has no %q any more: mend this test", c.old)
		}
		edited := map[string]any{}
		if err := yaml.Unmarshal([]byte(strings.ReplaceAll(string(text), c.old, c.new)), &edited); err != nil {
			t.Fatal(err)
		}
		if faults, _ := policyFaults(t, node(edited).at(t, "Resources"), reference(t)); !slices.Contains(faults, c.fault) {
			t.Errorf("%s instead of %s: found\n%s\nwant\n%s", c.new, c.old, strings.Join(faults, "\n"), c.fault)
		}
	}
}

// One denied call of any function is enough, and its minute is over within five, with two to spare until
// CloudWatch has the metric.
func TestADeniedCallAlarmsWithinFiveMinutes(t *testing.T) {
	alarm := template(t).at(t, "Resources", "AccessDeniedAlarm", "Properties")
	found := map[string]bool{}
	metricsOf(map[string]any(alarm), found)
	for _, function := range []string{"ScalerFunction", "EnrollerFunction", "ReconcilerFunction"} {
		if metric := fmt.Sprintf(`[{"Name":%q,"Value":%q}] %s`, emf.Dimension, function, emf.AccessDenied); !found[metric] {
			t.Errorf("it does not read %s", metric)
		}
	}
	queries, _ := alarm["Metrics"].([]any)
	for _, query := range queries {
		q, _ := query.(map[string]any)
		if stat, reads := q["MetricStat"].(map[string]any); reads && (stat["Period"] != 60 || stat["Stat"] != "Sum") {
			t.Errorf("%v", stat)
		}
	}
	if alarm["DatapointsToAlarm"] != 1 || alarm["Threshold"] != 1 || alarm["TreatMissingData"] != "notBreaching" || alarm["AlarmActions"] == nil {
		t.Errorf("%v", alarm)
	}
}
