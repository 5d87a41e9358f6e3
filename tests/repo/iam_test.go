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
	}
	for service, calls := range map[string]string{
		"dynamodb":   "GetItem PutItem UpdateItem Query",
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
		"kinesis:DescribeLimits", "kinesis:ListStreams", "kinesis:UpdateShardCount", "lambda:GetAccountSettings",
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

// words are the one or many texts of a policy's element.
func words(element any) []string {
	var all []string
	if list, ok := element.([]any); ok {
		for _, one := range list {
			all = append(all, fmt.Sprint(one))
		}
		return all
	}
	return []string{fmt.Sprint(element)}
}

// rightsFaults tells where the rights of a function's role and its program's calls differ.
func rightsFaults(t *testing.T, root fs.FS, function string) []string {
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
	calls, faults := reachOf(root, "handlers/"+function)
	want, unknown := needed(calls)
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
			if slices.Contains(words(statement["Resource"]), "*") && !slices.Contains(anywhere(), action) {
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
	root := os.DirFS(".")
	for _, function := range []string{"scaler", "enroller", "reconciler"} {
		calls, _ := reachOf(root, "handlers/"+function)
		if len(calls) < 10 {
			t.Errorf("%s: found only %v", function, slices.Sorted(maps.Keys(calls)))
		}
		for _, fault := range rightsFaults(t, root, function) {
			t.Errorf("%s: %s", function, fault)
		}
	}
}

// edited is the module with a change in one file.
type edited struct {
	fs.FS
	t              *testing.T
	file, old, new string
}

func (e edited) ReadFile(name string) ([]byte, error) {
	text, err := fs.ReadFile(e.FS, name)
	if err != nil || name != e.file {
		return text, err
	}
	if !strings.Contains(string(text), e.old) {
		e.t.Fatalf("%s has no %q any more: mend this test", name, e.old)
	}
	return []byte(strings.ReplaceAll(string(text), e.old, e.new)), nil
}

// The check finds what it is for, in the code and in the template.
func TestRightsFaultsAreFound(t *testing.T) {
	for _, c := range []struct {
		name, function string
		file, old, new string
		faults         string
	}{
		{
			"a use case stops making a call", "enroller", "scaling/enroller/enroller.go", "e.Alarms.Delete(ctx, s.Name)", "nil",
			"[extra: cloudwatch:DeleteAlarms]",
		},
		{
			"an adapter makes another call", "scaler", "internal/aws/lambda/lambda.go", "c.api.GetFunctionConcurrency(", "c.api.GetAccountSettings(",
			"[extra: lambda:GetFunctionConcurrency missing: lambda:GetAccountSettings]",
		},
		{
			"a use case calls another method", "scaler", "scaling/scaler/scaler.go", "Describe(ctx", "Tags(ctx",
			"[extra: kinesis:DescribeStreamSummary missing: kinesis:ListTagsForStream]",
		},
		{
			"a function is joined with another adapter", "enroller", "internal/app/app.go", "Registry: newRegistry(c, now, s.dynamodb),", "",
			"[extra: dynamodb:GetItem extra: dynamodb:PutItem extra: dynamodb:UpdateItem]",
		},
		{
			"an alarm is made without tags", "scaler", "internal/aws/cloudwatch/input.go", "Tags: ", "Labels: ",
			"[extra: cloudwatch:TagResource]",
		},
		{
			"a transaction deletes", "scaler", "registry/registry.go", "{{Update: update}}", "{{Delete: update}}",
			"[missing: dynamodb:DeleteItem]",
		},
		{
			"pages of a new operation", "scaler", "registry/registry.go", "if len(out.Item) == 0 {", "dynamodb.NewScanPaginator(r.api, nil)\n\tif len(out.Item) == 0 {",
			"[no action is known for dynamodb:Scan: add it to actionsFor, in tests/repo/iam_test.go]",
		},
		{
			"a client behind nothing", "enroller", "internal/app/app.go", "return joinEnroller(", "awskinesis.NewFromConfig(sdk).DeleteStream(ctx, nil)\n\treturn joinEnroller(",
			"a client of kinesis that is not behind an interface of ours",
		},
		{
			"a helper of the SDK that makes calls", "enroller", "internal/aws/kinesis/kinesis.go", "mode := scaling.ModeProvisioned", "kinesis.NewStreamExistsWaiter(c.api)\n\tmode := scaling.ModeProvisioned",
			"kinesis.NewStreamExistsWaiter is called, and which calls it makes is not known",
		},
		{
			"a call on what is not known", "enroller", "internal/aws/kinesis/kinesis.go", "mode := scaling.ModeProvisioned", "c.other.ListStreams(ctx)\n\tmode := scaling.ModeProvisioned",
			"ListStreams is called on something that is not known",
		},
		{
			"the template allows less", "reconciler", "template.yaml", "cloudwatch:SetAlarmState, ", "",
			"[missing: cloudwatch:SetAlarmState]",
		},
		{
			"the template allows more", "reconciler", "template.yaml", "cloudwatch:SetAlarmState, ", "cloudwatch:SetAlarmState, cloudwatch:DisableAlarmActions, ",
			"[extra: cloudwatch:DisableAlarmActions]",
		},
		{
			"more, behind a condition", "scaler", "template.yaml", "[lambda:GetFunctionConcurrency, ", "[lambda:DeleteFunction, lambda:GetFunctionConcurrency, ",
			"[extra: lambda:DeleteFunction]",
		},
		{
			"all of a service", "scaler", "template.yaml", "Action: kinesis:UpdateShardCount", "Action: kinesis:*",
			"[extra: kinesis:* kinesis:* is allowed on every resource missing: kinesis:UpdateShardCount]",
		},
		{
			"on every resource", "scaler", "template.yaml", "Resource: !GetAtt Registry.Arn", "Resource: '*'",
			"dynamodb:UpdateItem is allowed on every resource",
		},
		{
			"a role of another function", "scaler", "template.yaml", "Role: !GetAtt ScalerRole.Arn", "Role: !GetAtt ReconcilerRole.Arn",
			"[the role is ReconcilerRole.Arn]",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			faults := fmt.Sprint(rightsFaults(t, edited{os.DirFS("."), t, c.file, c.old, c.new}, c.function))
			if !strings.Contains(faults, c.faults) {
				t.Errorf("faults %s, want %s", faults, c.faults)
			}
		})
	}
}
