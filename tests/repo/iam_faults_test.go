package repo_test

import (
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
)

// edited is the module with changes in one file: old, new, and so on.
type edited struct {
	fs.FS
	t       *testing.T
	file    string
	changes []string
}

func (e edited) ReadFile(name string) ([]byte, error) {
	text, err := fs.ReadFile(e.FS, name)
	if err != nil || name != e.file {
		return text, err
	}
	for i := 0; i < len(e.changes); i += 2 {
		if !strings.Contains(string(text), e.changes[i]) {
			e.t.Fatalf("%s has no %q any more: mend this test", name, e.changes[i])
		}
	}
	return []byte(strings.NewReplacer(e.changes...).Replace(string(text))), nil
}

// idle is the source of a service that calls nothing.
const idle = `
type idle struct{}

func (idle) Reserved(context.Context, string) (int, bool, error) { return 0, false, nil }
func (idle) Reserve(context.Context, string, int) error          { return nil }
func (idle) Unreserved(context.Context) (int, error)             { return 0, nil }

`

// joinsScaler is where the scaler gets its services.
const joinsScaler = "func joinScaler(c Config, now func() time.Time, s services) *scaler.Scaler {"

// The check finds what it is for, in the code and in the template.
func TestRightsFaultsAreFound(t *testing.T) {
	for _, c := range []struct {
		name, function, file string
		changes              []string
		faults               string
	}{
		{
			"a use case stops making a call", "enroller", "scaling/enroller/enroller.go",
			[]string{"e.Alarms.Delete(ctx, s.Name)", "nil"},
			"[extra: cloudwatch:DeleteAlarms]",
		},
		{
			"an adapter makes another call", "scaler", "internal/aws/lambda/lambda.go",
			[]string{
				"out, err := c.api.GetFunctionConcurrency(ctx, &lambda.GetFunctionConcurrencyInput{FunctionName: aws.String(function)})",
				"_, err := c.api.GetAccountSettings(ctx, nil)\n\tout := lambda.GetFunctionConcurrencyOutput{}",
			},
			"[extra: lambda:GetFunctionConcurrency missing: lambda:GetAccountSettings]",
		},
		{
			"a use case calls another method", "scaler", "scaling/scaler/scaler.go",
			[]string{
				"Describe(ctx context.Context, stream string) (scaling.Summary, error)", "Tags(ctx context.Context, stream string) (map[string]string, error)",
				"summary, err = s.Streams.Describe(ctx, stream.Name)", "_, err = s.Streams.Tags(ctx, stream.Name)",
			},
			"[extra: kinesis:DescribeStreamSummary missing: kinesis:ListTagsForStream]",
		},
		{
			"a function is joined without an adapter", "enroller", "internal/app/app.go",
			[]string{"Registry: newRegistry(c, now, s.dynamodb),", ""},
			"[extra: dynamodb:GetItem extra: dynamodb:PutItem extra: dynamodb:UpdateItem",
		},
		{
			"what another function calls, on other services", "scaler", "internal/app/app.go",
			[]string{joinsScaler, idle + joinsScaler + "\n\tvar consumers reconciler.Consumers = idle{}\n\tconsumers.Unreserved(nil)"},
			"[]",
		},
		{
			"nothing is known to come to an interface", "scaler", "internal/app/app.go",
			[]string{joinsScaler, joinsScaler + "\n\tvar consumers reconciler.Consumers\n\tconsumers.Unreserved(nil)"},
			"Unreserved is called on something that is not known",
		},
		{
			"an interface is given to others", "scaler", "internal/app/app.go",
			[]string{joinsScaler, joinsScaler + "\n\tvar consumers reconciler.Consumers = lambda.New(s.lambda)\n\tcontext.WithValue(nil, actorScaler, consumers)"},
			"[missing: lambda:GetAccountSettings]",
		},
		{
			"an alarm is made without tags", "scaler", "internal/aws/cloudwatch/input.go",
			[]string{"Tags:               []types.Tag{{Key: aws.String(streamTag), Value: aws.String(want.Stream)}},", ""},
			"[extra: cloudwatch:TagResource]",
		},
		{
			"a transaction deletes", "scaler", "registry/registry.go",
			[]string{"{{Update: update}}", "{{Delete: &types.Delete{}}}"},
			"[missing: dynamodb:DeleteItem]",
		},
		{
			"pages of a new operation", "scaler", "registry/registry.go",
			[]string{"if len(out.Item) == 0 {", "dynamodb.NewScanPaginator(nil, nil)\n\tif len(out.Item) == 0 {"},
			"[no action is known for dynamodb:Scan: add it to actionsFor, in tests/repo/iam_test.go]",
		},
		{
			"a client behind nothing", "enroller", "internal/app/app.go",
			[]string{"return joinEnroller(", "awskinesis.NewFromConfig(sdk).DeleteStream(ctx, nil)\n\treturn joinEnroller("},
			"[no action is known for kinesis:DeleteStream: add it to actionsFor, in tests/repo/iam_test.go]",
		},
		{
			"a client that others use", "enroller", "internal/app/app.go",
			[]string{"return joinEnroller(", "context.WithValue(ctx, actorEnroller, awskinesis.NewFromConfig(sdk))\n\treturn joinEnroller("},
			"a client of kinesis is given to others",
		},
		{
			"a helper of the SDK that makes calls", "enroller", "internal/aws/kinesis/kinesis.go",
			[]string{"mode := scaling.ModeProvisioned", "kinesis.NewStreamExistsWaiter(nil)\n\tmode := scaling.ModeProvisioned"},
			"kinesis.NewStreamExistsWaiter is called, and which calls it makes is not known",
		},
		{
			"what does not compile", "enroller", "internal/aws/kinesis/kinesis.go",
			[]string{"mode := scaling.ModeProvisioned", "c.other.ListStreams(ctx)\n\tmode := scaling.ModeProvisioned"},
			"c.other undefined",
		},
		{
			"the template allows less", "reconciler", "template.yaml",
			[]string{"cloudwatch:SetAlarmState, ", ""},
			"[missing: cloudwatch:SetAlarmState]",
		},
		{
			"the template allows more", "reconciler", "template.yaml",
			[]string{"cloudwatch:SetAlarmState, ", "cloudwatch:SetAlarmState, cloudwatch:DisableAlarmActions, "},
			"[extra: cloudwatch:DisableAlarmActions]",
		},
		{
			"more, behind a condition", "scaler", "template.yaml",
			[]string{"[lambda:GetFunctionConcurrency, ", "[lambda:DeleteFunction, lambda:GetFunctionConcurrency, "},
			"[extra: lambda:DeleteFunction]",
		},
		{
			"all of a service", "scaler", "template.yaml",
			[]string{"Action: kinesis:UpdateShardCount", "Action: kinesis:*"},
			"[extra: kinesis:* kinesis:* is allowed on every resource missing: kinesis:UpdateShardCount]",
		},
		{
			"on every resource", "scaler", "template.yaml",
			[]string{"- !GetAtt Registry.Arn\n", "- '*'\n"},
			"dynamodb:UpdateItem is allowed on every resource",
		},
		{
			"a role of another function", "scaler", "template.yaml",
			[]string{"Role: !GetAtt ScalerRole.Arn", "Role: !GetAtt ReconcilerRole.Arn"},
			"[the role is ReconcilerRole.Arn]",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := edited{os.DirFS("."), t, c.file, c.changes}
			r := reachAsIs(t, c.function)
			if strings.HasSuffix(c.file, ".go") {
				r.calls, r.faults = reachOf(t, root, "handlers/"+c.function)
			}
			faults := fmt.Sprint(rightsFaults(t, root, c.function, r))
			if !strings.Contains(faults, c.faults) {
				t.Errorf("faults %s, want %s", faults, c.faults)
			}
		})
	}
}
