package repo_test

// What must hold of the template for a stack to be deployed beside another, under a long name, with a key of
// one's own, in any partition, and to leave nothing when its first deployment fails.

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
)

// longest and shortest are how many characters a stack's name may have: docs/deploy.md.
const shortest, longest = 3, 53

// named are the properties that name a resource, and the least and most characters that the service takes
// (pages on quotas and API references of each, read 2026-11).
func named() map[string][2]int {
	return map[string][2]int{
		"TableName":     {3, 255}, // of DynamoDB
		"FunctionName":  {1, 64},
		"Name":          {1, 64}, // of a schedule
		"QueueName":     {1, 80},
		"TopicName":     {1, 256},
		"LogGroupName":  {1, 512},
		"AlarmName":     {1, 255},
		"DashboardName": {1, 255},
	}
}

// namesOf collects the names in a part of the template, as "property: value".
func namesOf(part any, found map[string]string) {
	switch p := part.(type) {
	case map[string]any:
		for key, value := range p {
			if text, ok := value.(string); ok && named()[key] != [2]int{} && strings.Contains(text, "AWS::StackName") {
				found[key+": "+text] = key
			}
			namesOf(value, found)
		}
	case []any:
		for _, inner := range p {
			namesOf(inner, found)
		}
	}
}

func TestStackNamesOf3To53CharactersFit(t *testing.T) {
	found := map[string]string{}
	namesOf(map[string]any(template(t).at(t, "Resources")), found)
	for _, length := range []int{shortest, longest} {
		stack := strings.Repeat("s", length)
		for name, property := range found {
			_, text, _ := strings.Cut(name, ": ")
			text = strings.ReplaceAll(strings.ReplaceAll(text, "${AWS::StackName}", stack), "AWS::StackName", stack)
			if limits := named()[property]; len(text) < limits[0] || len(text) > limits[1] {
				t.Errorf("%s %q has %d characters, not %d to %d", property, text, len(text), limits[0], limits[1])
			}
		}
	}
	kinds := slices.Compact(slices.Sorted(maps.Values(found)))
	if diff := cmp.Diff(slices.Sorted(maps.Keys(named())), kinds); diff != "" {
		t.Errorf("properties that name something (-known +in the template):\n%s", diff)
	}
	if text := document(t, "docs/deploy.md"); !strings.Contains(text, fmt.Sprintf("%d to %d characters", shortest, longest)) {
		t.Error("docs/deploy.md does not say how long a stack's name may be")
	}
}

// What has a name has the stack's, so that two stacks do not collide; and where SAM gives a name that is the
// same in each stack, the template gives another.
func TestTwoStacksDoNotCollide(t *testing.T) {
	for name, resource := range template(t).at(t, "Resources") {
		r, _ := resource.(map[string]any)
		properties, _ := r["Properties"].(map[string]any)
		for property := range named() {
			value, has := properties[property].(string)
			if has && property != "Name" && !strings.Contains(value, "AWS::StackName") {
				t.Errorf("%s: %s %q is the same in every stack", name, property, value)
			}
		}
		events, _ := properties["Events"].(map[string]any)
		for event, source := range events {
			s, _ := source.(map[string]any)
			own, _ := s["Properties"].(map[string]any)
			if scheduled := s["Type"] == "ScheduleV2"; scheduled != strings.Contains(fmt.Sprint(own["Name"]), "AWS::StackName") {
				t.Errorf("%s, event %s: name %v", name, event, own["Name"])
			}
		}
	}
}

// A failed first deployment leaves nothing; later the table is kept.
func TestAFailedFirstDeploymentLeavesNothing(t *testing.T) {
	kept := 0
	for name, resource := range template(t).at(t, "Resources") {
		r, _ := resource.(map[string]any)
		switch r["DeletionPolicy"] {
		case "RetainExceptOnCreate":
			kept++
			if r["UpdateReplacePolicy"] != "Retain" {
				t.Errorf("%s is lost when it is replaced", name)
			}
		case nil, "Delete":
		default:
			t.Errorf("%s: DeletionPolicy %v", name, r["DeletionPolicy"])
		}
	}
	if kept == 0 {
		t.Error("nothing is kept: the registry must be")
	}
}

// sam deploy --guided asks for the parameters in the order of the template: those that matter come first, in
// the order of the groups that the console shows.
func TestTheParametersComeInTheOrderOfTheirGroups(t *testing.T) {
	text, err := os.ReadFile("template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(text), "\nParameters:\n")
	list, _, _ = strings.Cut(list, "\nRules:\n")
	var order, grouped []string
	for _, match := range regexp.MustCompile(`(?m)^  ([A-Za-z]+):$`).FindAllStringSubmatch(list, -1) {
		order = append(order, match[1])
	}
	groups, _ := template(t).at(t, "Metadata", "AWS::CloudFormation::Interface")["ParameterGroups"].([]any)
	for _, group := range groups {
		g, _ := group.(map[string]any)
		grouped = append(grouped, words(g["Parameters"])...)
	}
	if diff := cmp.Diff(grouped, order); diff != "" {
		t.Errorf("(-groups +template):\n%s", diff)
	}
	first, _ := groups[0].(map[string]any)
	asked := regexp.MustCompile("(?m)^\\| `([A-Za-z]+)` \\|").FindAllStringSubmatch(document(t, "docs/deploy.md"), -1)
	var told []string
	for _, row := range asked {
		told = append(told, row[1])
	}
	if diff := cmp.Diff(words(first["Parameters"]), told); diff != "" {
		t.Errorf("what matters (-template +docs/deploy.md):\n%s", diff)
	}
}

// Everything that keeps data takes the operator's key, and the key's policy in the document lets every
// service use it that the template's policies let write there.
func TestAKeyOfTheOperatorsOwn(t *testing.T) {
	for kind, property := range map[string]string{"AWS::SNS::Topic": "KmsMasterKeyId", "AWS::SQS::Queue": "KmsMasterKeyId", "AWS::DynamoDB::Table": "SSESpecification", "AWS::Logs::LogGroup": "KmsKeyId"} {
		for name, properties := range ofType(t, kind) {
			if !strings.Contains(fmt.Sprint(properties[property]), "HasKey KmsKeyArn") {
				t.Errorf("%s: %s is %v", name, property, properties[property])
			}
		}
	}
	blocks := regexp.MustCompile("(?s)```json\n(.*?)```").FindAllStringSubmatch(document(t, "docs/deploy.md"), -1)
	if len(blocks) != 1 {
		t.Fatalf("%d policies in docs/deploy.md", len(blocks))
	}
	policy := map[string]any{}
	if err := json.Unmarshal([]byte(blocks[0][1]), &policy); err != nil {
		t.Fatal(err)
	}
	allowed := map[string]bool{}
	for _, statement := range statements(policy) {
		principal, _ := statement["Principal"].(map[string]any)
		for _, service := range words(principal["Service"]) {
			for _, action := range words(statement["Action"]) {
				allowed[service+" "+action] = true
			}
		}
	}
	// In China the principal has the partition's ending (region-info of aws-cdk, read 2026-11).
	if !strings.Contains(document(t, "docs/deploy.md"), "`logs.cn-north-1.amazonaws.com.cn`") {
		t.Error("docs/deploy.md does not say what CloudWatch Logs is called in China")
	}
	if !allowed["logs.us-east-1.amazonaws.com kms:Encrypt*"] {
		t.Error("the key's policy in docs/deploy.md does not let CloudWatch Logs use it")
	}
	for _, kind := range []string{"AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy"} {
		for _, properties := range ofType(t, kind) {
			for _, statement := range statements(properties) {
				for _, action := range []string{"kms:Decrypt", "kms:GenerateDataKey*"} {
					if service := fmt.Sprint(statement.at(t, "Principal")["Service"]); !allowed[service+" "+action] {
						t.Errorf("the key's policy in docs/deploy.md does not allow %s %s", service, action)
					}
				}
			}
		}
	}
}

// The console has another address in each partition; where it has none that is public, there is no link.
func TestConsoleLinksOfEveryPartition(t *testing.T) {
	text, err := os.ReadFile("template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "console.aws.amazon.com") {
		t.Error("a link with the console of one partition only")
	}
	root := map[string]any{}
	if err := yaml.Unmarshal(text, &root); err != nil {
		t.Fatal(err)
	}
	conditions := node(root).at(t, "Conditions")
	outputs := node(root).at(t, "Outputs", "DashboardUrl")
	if outputs["Condition"] != "HasConsole" {
		t.Errorf("condition %v", outputs["Condition"])
	}
	value, _ := outputs["Value"].([]any)
	for partition, domain := range map[string]string{
		"aws": "aws.amazon.com", "aws-cn": "amazonaws.cn", "aws-us-gov": "amazonaws-us-gov.com", "aws-eusc": "amazonaws-eusc.eu", "aws-iso": "",
	} {
		if has := holds(conditions, "HasConsole", partition); has != (domain != "") {
			t.Errorf("%s: a link %t", partition, has)
		}
		given, _ := value[1].(map[string]any)
		if got := chosen(conditions, given["Domain"], partition); domain != "" && got != domain {
			t.Errorf("%s: the console of %s, want %s", partition, got, domain)
		}
	}
}

// holds evaluates a condition on the partition: two texts that are to be equal, or several conditions of
// which one is to hold.
func holds(conditions node, condition any, partition string) bool {
	if name, ok := condition.(string); ok {
		condition = conditions[name]
	}
	parts, _ := condition.([]any)
	if len(parts) == 2 && parts[0] == "AWS::Partition" {
		return parts[1] == partition
	}
	return slices.ContainsFunc(parts, func(part any) bool { return holds(conditions, part, partition) })
}

// chosen evaluates an !If on such conditions.
func chosen(conditions node, value any, partition string) any {
	parts, ok := value.([]any)
	switch {
	case !ok:
		return value
	case holds(conditions, parts[0], partition):
		return chosen(conditions, parts[1], partition)
	}
	return chosen(conditions, parts[2], partition)
}

// CloudFormation refuses the whole template for one !If that has more or fewer parts than a condition and two values.
func TestEachIfHasAConditionAndTwoValues(t *testing.T) {
	text, err := os.ReadFile("template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		t.Fatal(err)
	}
	found := 0
	var look func(n *yaml.Node)
	look = func(n *yaml.Node) {
		if n.Tag == "!If" {
			if found++; len(n.Content) != 3 {
				t.Errorf("line %d: !If has %d parts, want 3", n.Line, len(n.Content))
			}
		}
		for _, inner := range n.Content {
			look(inner)
		}
	}
	look(&root)
	if found == 0 {
		t.Error("no !If was found")
	}
}
