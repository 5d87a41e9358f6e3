//go:build unix && e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"go.yaml.in/yaml/v4"

	"github.com/shardkeeper/shardkeeper/internal/emulator"
)

// stackName is the CloudFormation stack's; the table and the functions are named after it.
const stackName = "shardkeeper"

// consumerFunction is a Lambda function that reads a stream: no part of the stack.
const consumerFunction = "orders-consumer"

// stack is the template, deployed.
type stack struct {
	cloud
	physical map[string]string     // id of each resource, by its name in the template
	left     map[string]properties // what CloudFormation's stand-in does not deploy, by name
	declared int                   // alarms in the template
}

// properties are those of a resource, as the built template has them.
type properties = map[string]any

// deploy builds the template and deploys it as a user would: sam build, sam deploy.
func deploy(t *testing.T, c cloud) stack {
	t.Helper()
	if err := built(); err != nil {
		t.Fatal(err)
	}
	s := stack{cloud: c}
	file := s.writeDeployable(t)
	sam := installed("sam", "bin", "sam")
	mustRun(t, c.env(), sam, "deploy", "--template-file", file, "--stack-name", stackName,
		"--resolve-s3", "--capabilities", "CAPABILITY_IAM", "--no-confirm-changeset", "--no-progressbar",
		"--parameter-overrides", architecture(), "ConsumerFunctions=orders-*")
	s.physical = c.resources(t, stackName)
	s.deployRest(t)
	s.createConsumer(t)
	return s
}

// resources are the ids of a stack's resources, by their names in the template.
func (c cloud) resources(t *testing.T, stackName string) map[string]string {
	t.Helper()
	var resources []struct {
		LogicalResourceID  string `json:"LogicalResourceId"`
		PhysicalResourceID string `json:"PhysicalResourceId"`
	}
	listed := mustRun(t, c.env(), installed("sam", "bin", "sam"), "list", "resources", "--stack-name", stackName, "--output", "json")
	if err := json.Unmarshal([]byte(listed), &resources); err != nil {
		t.Fatalf("read what was deployed: %v\n%s", err, listed)
	}
	physical := map[string]string{}
	for _, r := range resources {
		physical[r.LogicalResourceID] = r.PhysicalResourceID
	}
	return physical
}

// besideAnother deploys the same template once more in the same account and Region, under the longest name that a
// stack may have, and with streams of its own: nothing of it is the first one's.
func besideAnother(s *story) {
	long := stackName + "-" + strings.Repeat("x", 53-len(stackName)-1)
	mustRun(s.T, s.env(), installed("sam", "bin", "sam"), "deploy", "--template-file", buildDir+"/deployable.yaml", "--stack-name", long,
		"--resolve-s3", "--capabilities", "CAPABILITY_IAM", "--no-confirm-changeset", "--no-progressbar",
		"--parameter-overrides", architecture(), "StackTag=blue")
	second := s.resources(s.T, long)
	for name, id := range second {
		if id != "-" && s.physical[name] == id { // - is what a condition leaves out
			s.Errorf("%s is %s in both stacks", name, id)
		}
	}
	if len(second) < 20 || second["ScalerFunction"] != long+"-scaler" {
		s.Errorf("of the second stack there is %v", second)
	}
}

// writeDeployable writes the built template without the alarms on metric math, which ministack's CloudFormation
// fails on, and returns the file from the module's root. It lies beside the built one, whose paths are relative.
func (s *stack) writeDeployable(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, buildDir, "template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	template := properties{}
	if err := yaml.Unmarshal(text, &template); err != nil {
		t.Fatal(err)
	}
	s.left = map[string]properties{}
	resources, _ := template["Resources"].(properties)
	for name := range resources {
		resource, _ := resources[name].(properties)
		own, _ := resource["Properties"].(properties)
		if resource["Type"] == "AWS::CloudWatch::Alarm" {
			s.declared++
		}
		if _, math := own["Metrics"]; math {
			s.left[name] = own
			delete(resources, name)
		}
		if ttl, has := own["TimeToLiveSpecification"].(properties); has { // deployed without it
			s.left[name] = ttl
		}
	}
	text, err = json.Marshal(template) // JSON is YAML
	if err != nil {
		t.Fatal(err)
	}
	file := buildDir + "/deployable.yaml"
	if err := os.WriteFile(filepath.Join(root, file), text, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// deployRest makes what was left, by the properties in the template.
func (s *stack) deployRest(t *testing.T) {
	t.Helper()
	for name, own := range s.left {
		if name == "Registry" {
			var ttl dynamodb.UpdateTimeToLiveInput
			ttl.TableName = aws.String(s.physical[name])
			s.convert(t, properties{"TimeToLiveSpecification": own}, &ttl)
			if _, err := s.dynamodb.UpdateTimeToLive(t.Context(), &ttl); err != nil {
				t.Fatal(err)
			}
			continue
		}
		var alarm cloudwatch.PutMetricAlarmInput
		s.convert(t, own, &alarm)
		if _, err := s.cloudwatch.PutMetricAlarm(t.Context(), &alarm); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		s.physical[name] = *alarm.AlarmName
	}
}

// convert gives an API's input the properties of a resource: CloudFormation and the API have the same names.
func (s *stack) convert(t *testing.T, own properties, input any) {
	t.Helper()
	text, err := json.Marshal(s.resolved(t, own))
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(input); err != nil {
		t.Fatalf("%T from %s: %v", input, text, err)
	}
}

// resolved replaces Ref and Fn::Sub, as far as the properties need it.
func (s *stack) resolved(t *testing.T, value any) any {
	t.Helper()
	switch v := value.(type) {
	case []any:
		all := make([]any, len(v))
		for i, one := range v {
			all[i] = s.resolved(t, one)
		}
		return all
	case properties:
		if name, is := v["Ref"].(string); is && s.physical[name] != "" {
			return s.physical[name]
		}
		if text, is := v["Fn::Sub"].(string); is {
			known := strings.NewReplacer("${AWS::StackName}", stackName, "${AWS::Region}", emulator.Region)
			if text = known.Replace(text); !strings.Contains(text, "${") {
				return text
			}
		}
		all := properties{}
		for key, one := range v {
			if key == "Ref" || strings.HasPrefix(key, "Fn::") {
				t.Fatalf("the test cannot resolve %v", v)
			}
			all[key] = s.resolved(t, one)
		}
		return all
	}
	return value
}

// createConsumer makes the function whose reserved concurrency is to follow the stream.
func (s *stack) createConsumer(t *testing.T) {
	t.Helper()
	program, err := os.ReadFile(trivialBootstrap(t))
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.lambda.CreateFunction(t.Context(), &lambda.CreateFunctionInput{
		FunctionName: aws.String(consumerFunction), Runtime: lambdatypes.RuntimeProvidedal2023, Handler: aws.String("bootstrap"),
		Role: aws.String("arn:aws:iam::123456789012:role/consumer"), Code: &lambdatypes.FunctionCode{ZipFile: zipped(t, program)},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// checkStack holds what is deployed against the template: the rest of the story relies on it.
func checkStack(t *testing.T, s stack) {
	t.Helper()
	t.Run("the functions have their time and environment", func(t *testing.T) {
		counted(t)
		for function := range functions() {
			f, err := s.lambda.GetFunctionConfiguration(t.Context(), &lambda.GetFunctionConfigurationInput{FunctionName: aws.String(s.physical[function])})
			if err != nil {
				t.Fatal(err)
			}
			variables := f.Environment.Variables
			if variables["TABLE_NAME"] != s.physical["Registry"] || variables["TOPIC_ARN"] != s.physical["AlarmTopic"] || aws.ToInt32(f.Timeout) < 30 {
				t.Errorf("%s: %d s, environment %v", function, aws.ToInt32(f.Timeout), variables)
			}
			invoked, err := s.lambda.GetFunctionEventInvokeConfig(t.Context(), &lambda.GetFunctionEventInvokeConfigInput{
				FunctionName: f.FunctionName, Qualifier: aws.String("$LATEST"),
			})
			if err != nil {
				t.Fatal(err)
			}
			if want := *f.FunctionName + "-dead-letters"; !strings.HasSuffix(aws.ToString(invoked.DestinationConfig.OnFailure.Destination), ":"+want) {
				t.Errorf("%s: failures go to %v, want %s", function, invoked.DestinationConfig.OnFailure.Destination, want)
			}
		}
	})
	t.Run("history expires", func(t *testing.T) {
		counted(t)
		ttl, err := s.dynamodb.DescribeTimeToLive(t.Context(), &dynamodb.DescribeTimeToLiveInput{TableName: aws.String(s.physical["Registry"])})
		if err != nil {
			t.Fatal(err)
		}
		if d := ttl.TimeToLiveDescription; d.TimeToLiveStatus != "ENABLED" || aws.ToString(d.AttributeName) != "expires_at" {
			t.Errorf("time to live: %s of %q", d.TimeToLiveStatus, aws.ToString(d.AttributeName))
		}
	})
	t.Run("the template's alarms exist", func(t *testing.T) {
		counted(t)
		found, err := s.cloudwatch.DescribeAlarms(t.Context(), &cloudwatch.DescribeAlarmsInput{AlarmNamePrefix: aws.String(stackName + "-")})
		if err != nil {
			t.Fatal(err)
		}
		names := map[string]int{}
		for _, alarm := range found.MetricAlarms {
			names[*alarm.AlarmName] = len(alarm.Metrics)
			if !slices.Contains(alarm.AlarmActions, s.physical["NotificationTopic"]) {
				t.Errorf("%s tells nobody: %v", *alarm.AlarmName, alarm.AlarmActions)
			}
		}
		if len(names) != s.declared || s.declared == 0 {
			t.Errorf("%d alarms, want %d: %v", len(names), s.declared, slices.Sorted(maps.Keys(names)))
		}
		for name, own := range s.left {
			if metrics, math := own["Metrics"].([]any); math && names[s.physical[name]] != len(metrics) {
				t.Errorf("%s has %d metrics, want %d", name, names[s.physical[name]], len(metrics))
			}
		}
	})
}
