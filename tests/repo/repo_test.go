package repo_test

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

	"github.com/shardkeeper/shardkeeper/internal/app"
	"github.com/shardkeeper/shardkeeper/internal/app/operator"
	"github.com/shardkeeper/shardkeeper/internal/emf"
	"github.com/shardkeeper/shardkeeper/registry"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// What is said twice, in the template and in the code, is held together here.

// node is a part of the template. A short form of a function is its argument: !Ref X is "X".
type node map[string]any

func template(t *testing.T) node {
	t.Helper()
	text, err := os.ReadFile("template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	root := map[string]any{} // its maps inside have the same type
	if err := yaml.Unmarshal(text, &root); err != nil {
		t.Fatal(err)
	}
	return root
}

// at returns the node under keys, and fails the test where there is none.
func (n node) at(t *testing.T, keys ...string) node {
	t.Helper()
	for i, key := range keys {
		next, there := n[key].(map[string]any)
		if !there {
			t.Fatalf("the template has no %s", strings.Join(keys[:i+1], "."))
		}
		n = next
	}
	return n
}

// ofType returns the properties of the resources of a type, by name.
func ofType(t *testing.T, kind string) map[string]node {
	t.Helper()
	found := map[string]node{}
	resources := template(t).at(t, "Resources")
	for name := range resources {
		if resources.at(t, name)["Type"] == kind {
			found[name] = resources.at(t, name, "Properties")
		}
	}
	if len(found) == 0 {
		t.Fatalf("the template has no %s", kind)
	}
	return found
}

// The command finds the table, the topic, the functions and the queues by the stack's outputs.
func TestTheOutputsThatTheCommandReadsAreThere(t *testing.T) {
	outputs := template(t).at(t, "Outputs")
	for _, name := range operator.Outputs() {
		if outputs[name] == nil {
			t.Errorf("the template has no output %s", name)
		}
	}
}

// emptyMeans is what a parameter that is left empty stands for.
func emptyMeans(key, doubleHalve, targetTracking string) string {
	if doubleHalve == targetTracking || key == "policy" {
		return doubleHalve
	}
	return doubleHalve + ", with target-tracking " + targetTracking
}

// Each stack-level setting has a parameter, which says what holds when it is empty.
func TestTheParametersTellTheDefaults(t *testing.T) {
	root := template(t)
	parameters, variables := root.at(t, "Parameters"), root.at(t, "Globals", "Function", "Environment", "Variables")
	defaults, tracked := scaling.Defaults(scaling.DoubleHalve).Layer(), scaling.Defaults(scaling.TargetTracking).Layer()
	for _, key := range app.StackKeys() {
		name, _ := variables[app.DefaultVariable(key)].(string)
		parameter := parameters.at(t, name)
		if parameter["Default"] != "" {
			t.Errorf("%s: default %v, want none: the policy's own is to hold", name, parameter["Default"])
		}
		if said, want := fmt.Sprint(parameter["Description"]), "Empty: "+emptyMeans(key, defaults[key], tracked[key])+"."; !strings.HasSuffix(said, want) {
			t.Errorf("%s: %q does not end with %q", name, said, want)
		}
		if pattern, has := parameter["AllowedPattern"].(string); has && !regexp.MustCompile(pattern).MatchString(defaults[key]) {
			t.Errorf("%s: its pattern %s does not take %s", name, pattern, defaults[key])
		}
	}
}

func TestEveryParameterIsInAGroup(t *testing.T) {
	root := template(t)
	var grouped []string
	groups, _ := root.at(t, "Metadata", "AWS::CloudFormation::Interface")["ParameterGroups"].([]any)
	for _, group := range groups {
		g, _ := group.(map[string]any)
		names, _ := g["Parameters"].([]any)
		for _, name := range names {
			grouped = append(grouped, fmt.Sprint(name))
		}
	}
	slices.Sort(grouped)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(root.at(t, "Parameters"))), grouped); diff != "" {
		t.Errorf("(-parameters +grouped):\n%s", diff)
	}
}

// jsonOf gives Go's and the template's words for the same thing one form.
func jsonOf(t *testing.T, v any) map[string]any {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	form := map[string]any{}
	if err := json.Unmarshal(text, &form); err != nil {
		t.Fatal(err)
	}
	maps.DeleteFunc(form, func(_ string, value any) bool { return value == nil })
	return form
}

func TestTheTableIsTheOneThatTheRegistryNeeds(t *testing.T) {
	table := template(t).at(t, "Resources", "Registry", "Properties")
	definition := registry.TableDefinition("shardkeeper")
	want := map[string]any{}
	got := map[string]any{}
	for key, value := range jsonOf(t, definition) {
		switch key {
		case "BillingMode", "AttributeDefinitions", "KeySchema":
			want[key], got[key] = value, jsonOf(t, table)[key]
		}
	}
	var indexes []any
	for _, index := range definition.GlobalSecondaryIndexes {
		form := jsonOf(t, index)
		form["Projection"] = map[string]any{"ProjectionType": string(index.Projection.ProjectionType)}
		indexes = append(indexes, form)
	}
	want["GlobalSecondaryIndexes"], got["GlobalSecondaryIndexes"] = indexes, jsonOf(t, table)["GlobalSecondaryIndexes"]
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-registry +template):\n%s", diff)
	}
	if ttl := table.at(t, "TimeToLiveSpecification"); ttl["AttributeName"] != registry.ExpiryAttribute || ttl["Enabled"] != true {
		t.Errorf("time to live: %v, want %s", ttl, registry.ExpiryAttribute)
	}
	if table.at(t, "PointInTimeRecoverySpecification")["PointInTimeRecoveryEnabled"] != true || table.at(t, "SSESpecification")["SSEEnabled"] != true {
		t.Error("the table is not recoverable or not encrypted")
	}
}

// metricsOf collects what a part of the template reads in our namespace, as "Function Metric". The function
// is that of the stack: its metrics must not be another stack's.
func metricsOf(part any, found map[string]bool) {
	switch p := part.(type) {
	case map[string]any:
		if p["Namespace"] == emf.Namespace {
			dimensions, _ := json.Marshal(p["Dimensions"])
			found[fmt.Sprintf("%s %s", dimensions, p["MetricName"])] = true
		}
		for _, inner := range p {
			metricsOf(inner, found)
		}
	case []any:
		if len(p) >= 4 && p[0] == emf.Namespace { // of a dashboard: namespace, metric, dimension, value
			dimensions, _ := json.Marshal([]map[string]any{{"Name": p[2], "Value": strings.Trim(fmt.Sprint(p[3]), "${}")}})
			found[fmt.Sprintf("%s %s", dimensions, p[1])] = true
		}
		for _, inner := range p {
			metricsOf(inner, found)
		}
	}
}

func TestAlarmsAndDashboardReadMetricsThatAreWritten(t *testing.T) {
	found := map[string]bool{}
	for name, alarm := range ofType(t, "AWS::CloudWatch::Alarm") {
		metricsOf(map[string]any(alarm), found)
		if alarm["AlarmDescription"] == nil || alarm["AlarmActions"] == nil {
			t.Errorf("%s has no description or tells nobody", name)
		}
	}
	inAlarms := len(found)
	for _, dashboard := range ofType(t, "AWS::CloudWatch::Dashboard") {
		var body map[string]any
		if err := json.Unmarshal(fmt.Append(nil, dashboard["DashboardBody"]), &body); err != nil {
			t.Fatal(err)
		}
		metricsOf(body, found)
	}
	if inAlarms < 10 || len(found) <= inAlarms {
		t.Errorf("%d metrics in alarms, %d in all", inAlarms, len(found))
	}
	written := map[string]bool{}
	for _, function := range []string{"ScalerFunction", "EnrollerFunction", "ReconcilerFunction"} {
		for _, metric := range emf.All() {
			written[fmt.Sprintf(`[{"Name":%q,"Value":%q}] %s`, emf.Dimension, function, metric)] = true
		}
	}
	for metric := range found {
		if !written[metric] {
			t.Errorf("nothing writes %s", metric)
		}
	}
}
