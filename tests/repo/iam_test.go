package repo_test

// The rights of each function's role are held against the calls that its program can make, both
// ways.

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// actionsFor are the IAM actions that a call of AWS needs; most need the one of their own name.
// https://docs.aws.amazon.com/service-authorization/latest/reference/ (pages of Kinesis, CloudWatch,
// DynamoDB and Lambda, read 2026-11). Of a transaction each part needs the action of its own:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
// Tags on a new alarm need TagResource: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
func actionsFor() map[string][]string {
	actions := map[string][]string{
		"dynamodb:TransactWriteItems":               nil,
		"dynamodb:TransactWriteItem.Put":            {"dynamodb:PutItem"},
		"dynamodb:TransactWriteItem.Update":         {"dynamodb:UpdateItem"},
		"dynamodb:TransactWriteItem.Delete":         {"dynamodb:DeleteItem"},
		"dynamodb:TransactWriteItem.ConditionCheck": {"dynamodb:ConditionCheckItem"},
		"cloudwatch:PutMetricAlarmInput.Tags":       {"cloudwatch:TagResource"},
		"eventbridge:PutEvents":                     {"events:PutEvents"},
		"sns:Publish":                               {"sns:Publish"},
		"resourcegroupstaggingapi:GetResources":     {"tag:GetResources"},
	}
	for service, calls := range map[string]string{
		"dynamodb":   "GetItem PutItem UpdateItem Query BatchGetItem",
		"kinesis":    "DescribeStreamSummary UpdateShardCount ListTagsForStream ListStreams DescribeLimits",
		"cloudwatch": "GetMetricData DescribeAlarms PutMetricAlarm SetAlarmState DeleteAlarms",
		"lambda":     "GetFunctionConcurrency PutFunctionConcurrency GetAccountSettings",
	} {
		for call := range strings.FieldsSeq(calls) {
			actions[service+":"+call] = []string{service + ":" + call}
		}
	}
	return actions
}

// anywhere are the actions that may be allowed on every resource, since IAM takes none for them
// (tests/repo/testdata/authorization.json), or since DescribeAlarms and GetMetricData cannot be narrowed to names that are not known yet.
func anywhere() []string {
	return []string{
		"cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData",
		"kinesis:DescribeLimits", "kinesis:ListStreams", "kinesis:UpdateShardCount", "lambda:GetAccountSettings", "tag:GetResources",
	}
}

// needed returns the actions that calls need, and those on which no word is in actionsFor.
func needed(calls map[string]bool) (actions map[string]bool, unknown []string) {
	actions = map[string]bool{}
	known := actionsFor()
	for call := range calls {
		needs, ok := known[call]
		if !ok {
			unknown = append(unknown, call)
		}
		for _, action := range needs {
			actions[action] = true
		}
	}
	return actions, unknown
}

// platform are the actions that Lambda itself takes from a function's role: for its log lines,
// and for what goes to its destination on failure.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html (read 2026-11)
func platform(function node) []string {
	var actions []string
	if _, logs := function["LoggingConfig"]; logs {
		actions = append(actions, "logs:CreateLogStream", "logs:PutLogEvents")
	}
	if strings.Contains(fmt.Sprint(function["EventInvokeConfig"]), "OnFailure:map[Destination") {
		actions = append(actions, "sqs:SendMessage")
	}
	return actions
}

// words are the one or many texts of a policy's element, also those of lists that a condition chooses between.
func words(element any) []string {
	var all []string
	if list, ok := element.([]any); ok {
		for _, one := range list {
			all = append(all, words(one)...)
		}
		return all
	}
	return []string{fmt.Sprint(element)}
}

// reached is what reachOf found.
type reached struct {
	calls  map[string]bool
	faults []string
}

// asIs is what each function's program reaches as it is, found once.
var asIs = map[string]reached{}

func reachAsIs(t *testing.T, function string) reached {
	t.Helper()
	if _, done := asIs[function]; !done {
		calls, faults := reachOf(t, os.DirFS("."), "handlers/"+function)
		asIs[function] = reached{calls, faults}
	}
	return asIs[function]
}

// appliesTo are the resources that a statement is about; of a choice by the condition MakesTable, both.
func appliesTo(statement node) []string {
	return slices.DeleteFunc(words(statement["Resource"]), func(word string) bool { return word == "MakesTable" })
}

// rightsFaults tells where the rights of a function's role and its program's calls differ.
func rightsFaults(t *testing.T, root fs.FS, function string, r reached) []string {
	t.Helper()
	text, err := fs.ReadFile(root, "template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	resources := map[string]any{}
	if err := yaml.Unmarshal(text, &resources); err != nil {
		t.Fatal(err)
	}
	title := strings.ToUpper(function[:1]) + function[1:]
	faults := slices.Clone(r.faults)
	want, unknown := needed(r.calls)
	for _, call := range unknown {
		faults = append(faults, "no action is known for "+call+": add it to actionsFor, in tests/repo/iam_test.go")
	}
	properties := node(resources).at(t, "Resources", title+"Function", "Properties")
	if properties["Role"] != title+"Role.Arn" {
		faults = append(faults, fmt.Sprintf("the role is %v", properties["Role"]))
	}
	for _, action := range platform(properties) {
		want[action] = true
	}
	have := map[string]bool{}
	for _, statement := range statements(node(resources).at(t, "Resources", title+"Role", "Properties")["Policies"]) {
		for _, action := range words(statement["Action"]) {
			have[action] = true
			if statement["Effect"] != "Allow" {
				faults = append(faults, action+" is not allowed")
			}
			if slices.Contains(appliesTo(statement), "*") && !slices.Contains(anywhere(), action) {
				faults = append(faults, action+" is allowed on every resource")
			}
		}
	}
	for action := range want {
		if !have[action] {
			faults = append(faults, "missing: "+action)
		}
	}
	for action := range have {
		if !want[action] {
			faults = append(faults, "extra: "+action)
		}
	}
	slices.Sort(faults)
	return faults
}

func TestRolesAllowWhatTheFunctionsCall(t *testing.T) {
	for _, function := range []string{"scaler", "enroller", "reconciler"} {
		r := reachAsIs(t, function)
		if len(r.calls) < 10 {
			t.Errorf("%s: found only %v", function, slices.Sorted(maps.Keys(r.calls)))
		}
		for _, fault := range rightsFaults(t, os.DirFS("."), function, r) {
			t.Errorf("%s: %s", function, fault)
		}
	}
}
