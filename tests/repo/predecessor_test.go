package repo_test

// The predecessor's defects that lie in its build and its template, and the document that lists
// all of them: docs/predecessor.md.

import (
	"fmt"
	"go/ast"
	"io/fs"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/shardkeeper/shardkeeper/internal/emf"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// statements returns every policy statement below a part of the template.
func statements(part any) []node {
	var found []node
	switch p := part.(type) {
	case node:
		return statements(map[string]any(p))
	case map[string]any:
		if p["Action"] != nil && p["Effect"] != nil {
			return []node{p}
		}
		for _, key := range slices.Sorted(maps.Keys(p)) {
			found = append(found, statements(p[key])...)
		}
	case []any:
		for _, inner := range p {
			found = append(found, statements(inner)...)
		}
	}
	return found
}

// allowing returns the statements that give the right to an action.
func allowing(t *testing.T, action string) []node {
	t.Helper()
	var found []node
	for _, role := range ofType(t, "AWS::IAM::Role") {
		for _, s := range statements(role) {
			if strings.Contains(fmt.Sprint(s["Action"]), action) {
				found = append(found, s)
			}
		}
	}
	return found
}

// Its function was not tried again, and nothing kept an event that it failed.
func TestPredecessor15_NothingKeepsAFailedEvent(t *testing.T) {
	for _, name := range []string{"ScalerFunction", "EnrollerFunction"} {
		function := template(t).at(t, "Resources", name, "Properties")
		if retries, _ := function.at(t, "EventInvokeConfig")["MaximumRetryAttempts"].(int); retries != 2 {
			t.Errorf("%s: %d retries", name, retries)
		}
		if queue := function.at(t, "EventInvokeConfig", "DestinationConfig", "OnFailure")["Destination"]; queue == nil {
			t.Errorf("%s has no dead-letter queue", name)
		}
		for event, source := range function.at(t, "Events") {
			if s, _ := source.(map[string]any); !strings.Contains(fmt.Sprint(s["Properties"]), "DeadLetters") {
				t.Errorf("%s: what %s cannot deliver is lost", name, event)
			}
		}
	}
}

// All streams shared one invocation at a time.
func TestPredecessor16_AllStreamsShareOneInvocation(t *testing.T) {
	root := template(t)
	if reserved := root.at(t, "Resources", "ScalerFunction", "Properties")["ReservedConcurrentExecutions"]; !strings.Contains(fmt.Sprint(reserved), "ScalerConcurrency") {
		t.Errorf("reserved concurrency %v", reserved)
	}
	if value := fmt.Sprint(root.at(t, "Parameters", "ScalerConcurrency")["Default"]); value != "0" {
		t.Errorf("ScalerConcurrency is %s by default", value)
	}
	if reserved := root.at(t, "Resources", "EnrollerFunction", "Properties")["ReservedConcurrentExecutions"]; !strings.Contains(fmt.Sprint(reserved), "EnrollerConcurrency") {
		t.Errorf("reserved concurrency of the enroller %v", reserved)
	}
	if value := fmt.Sprint(root.at(t, "Parameters", "EnrollerConcurrency")["Default"]); value != "0" {
		t.Errorf("EnrollerConcurrency is %s by default", value)
	}
	if rule := fmt.Sprint(root.at(t, "Rules", "NotOne")); !strings.Contains(rule, "ScalerConcurrency 1") {
		t.Errorf("rule %s", rule)
	}
}

// Its logger was a global that each invocation wrote to. Here no package has a variable besides
// its error values, so there is nothing for one invocation to leave to the next.
func TestPredecessor21_FieldsOfOneStreamLeakIntoTheNext(t *testing.T) {
	for _, files := range sources(t, os.DirFS(".")) {
		for _, file := range files {
			if file.isTest() {
				continue
			}
			for _, name := range variables(file.ast) {
				t.Errorf("%s: variable %s of the package", file.name, name)
			}
		}
	}
}

// variables are the names of a file's package variables, those of error values, of embedded files (of
// type embed.FS, which can only be read) and blanks apart.
func variables(file *ast.File) []string {
	var names []string
	for _, declaration := range file.Decls {
		group, ok := declaration.(*ast.GenDecl)
		if !ok || group.Tok.String() != "var" {
			continue
		}
		for _, spec := range group.Specs {
			v, ok := spec.(*ast.ValueSpec)
			if !ok || isEmbedded(v.Type) {
				continue
			}
			for i, name := range v.Names {
				call, isCall := value(v, i).(*ast.CallExpr)
				if name.Name != "_" && (!isCall || calledName(call) != "errors.New") {
					names = append(names, name.Name)
				}
			}
		}
	}
	return names
}

func isEmbedded(kind ast.Expr) bool {
	s, ok := kind.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	from, ok := s.X.(*ast.Ident)
	return ok && from.Name == "embed" && s.Sel.Name == "FS"
}

func value(v *ast.ValueSpec, i int) ast.Expr {
	if i < len(v.Values) {
		return v.Values[i]
	}
	return nil
}

// Its error metric went to a namespace that is AWS's own, by a call that its role did not allow,
// and no alarm looked at it.
func TestPredecessor25_TheErrorMetricIsDenied(t *testing.T) {
	if strings.HasPrefix(emf.Namespace, "AWS") {
		t.Errorf("namespace %s is AWS's own", emf.Namespace)
	}
	if s := allowing(t, "cloudwatch:PutMetricData"); len(s) > 0 {
		t.Errorf("%v: metrics are log lines and need no right", s)
	}
	watched := 0
	for name, alarm := range ofType(t, "AWS::CloudWatch::Alarm") {
		found := map[string]bool{}
		metricsOf(map[string]any(alarm), found)
		for metric := range found {
			if strings.HasSuffix(metric, " "+string(emf.Failures)) {
				watched++
				if alarm["AlarmActions"] == nil {
					t.Errorf("%s tells nobody", name)
				}
			}
		}
	}
	if watched == 0 {
		t.Errorf("no alarm looks at %s", emf.Failures)
	}
}

// Its role could change any function's concurrency and any stream, or else no stream that was
// there before it.
func TestPredecessor26_TheRoleMayChangeEverything(t *testing.T) {
	// By the Service Authorization Reference UpdateShardCount takes neither a resource nor a stream's tag.
	// So the tag's condition is a choice, and what holds without it is the Region's condition, and that
	// the scaler claims enrolled items only.
	reshard := allowing(t, "kinesis:UpdateShardCount")
	if len(reshard) != 2 || reshard[0]["Sid"] != "ReshardTagged" || reshard[1]["Sid"] != "Reshard" {
		t.Fatalf("%v allow UpdateShardCount", reshard)
	}
	if resource := fmt.Sprint(reshard[0]["Resource"]); !strings.HasSuffix(resource, ":stream/*") {
		t.Errorf("resource %s: streams of any name can be enrolled", resource)
	}
	if condition := fmt.Sprint(reshard[0]["Condition"]); !strings.Contains(condition, "aws:ResourceTag/"+scaling.ModeTag) {
		t.Errorf("condition %s: only streams with the tag", condition)
	}
	if condition := fmt.Sprint(reshard[1]["Condition"]); condition != "map[StringEquals:map[aws:RequestedRegion:AWS::Region]]" {
		t.Errorf("condition %s: only in the stack's Region", condition)
	}
	if value := template(t).at(t, "Parameters", "ReshardTaggedOnly")["Default"]; value != "false" {
		t.Errorf("ReshardTaggedOnly is %v by default", value)
	}
	consumers := allowing(t, "lambda:PutFunctionConcurrency")
	if len(consumers) != 2 { // of the scaler and the reconciler
		t.Errorf("%d statements allow PutFunctionConcurrency", len(consumers))
	}
	for _, s := range consumers {
		if !strings.HasSuffix(fmt.Sprint(s["Resource"]), ":function:${ConsumerFunctions}") {
			t.Errorf("resource %v", s["Resource"])
		}
	}
	if value := template(t).at(t, "Parameters", "ConsumerFunctions")["Default"]; value != "" {
		t.Errorf("ConsumerFunctions is %v by default", value)
	}
	reads := regexp.MustCompile(`:(Get|Describe|List)[A-Za-z]+$`)
	for _, role := range ofType(t, "AWS::IAM::Role") {
		for _, s := range statements(role) {
			if s["Resource"] != "*" {
				continue
			}
			for action := range strings.FieldsSeq(strings.Trim(fmt.Sprint(s["Action"]), "[]")) {
				if !reads.MatchString(action) && action != "sts:AssumeRole" && action != "kinesis:UpdateShardCount" {
					t.Errorf("%s is allowed on everything", action)
				}
			}
		}
	}
}

// It tagged each alarm with the name of the other, never read that, and failed where one of the
// two was missing. Here the names alone say what belongs together.
func TestPredecessor30_AMissingAlarmBreaksThePair(t *testing.T) {
	for _, stream := range []string{"orders", "a", "x.y_z-1", "orders-scale-up", "orders-scale-down"} {
		for _, dir := range []scaling.Direction{scaling.Up, scaling.Down} {
			got, gotDir, ok := scaling.ParseAlarmName(scaling.AlarmName(stream, dir))
			if !ok || got != stream || gotDir != dir {
				t.Errorf("%s, %s: read back as %s, %s, %v", stream, dir, got, gotDir, ok)
			}
		}
	}
}

// It needs a runtime that is gone, has no go.mod, and its binaries are in the repository beside
// sources that may be others.
func TestPredecessor31_ItCannotBeBuiltOrDeployed(t *testing.T) {
	if runtime := template(t).at(t, "Globals", "Function")["Runtime"]; runtime != "provided.al2023" {
		t.Errorf("runtime %v", runtime)
	}
	if module, err := os.ReadFile("go.mod"); err != nil || !strings.Contains(string(module), "\ngo 1.26") {
		t.Errorf("go.mod: %v", err)
	}
	packages := sources(t, os.DirFS("."))
	for _, handler := range []string{"handlers/scaler", "handlers/enroller", "handlers/reconciler"} {
		if !slices.ContainsFunc(packages[handler], sourceFile.isTest) {
			t.Errorf("%s has no test", handler)
		}
	}
	err := fs.WalkDir(os.DirFS("."), ".", func(name string, entry fs.DirEntry, err error) error {
		base := path.Base(name)
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != "." && (strings.HasPrefix(base, ".") || slices.Contains([]string{"node_modules", "bin", "dist"}, base)):
			return fs.SkipDir // not in the repository
		case slices.Contains([]string{".zip", ".jar", ".so", ".exe"}, path.Ext(base)) || base == "bootstrap":
			t.Errorf("%s: binaries are built, not kept", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// knownDefects is how many defects of the predecessor are known.
const knownDefects = 31

// The document names a regression test, or says why there is none, for each defect; and the
// tests that it names are there, as are the tests' lines in it.
func TestThePredecessorsDocumentNamesTests(t *testing.T) {
	text, err := os.ReadFile("docs/predecessor.md")
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(text), "\n## Its 31 defects\n")
	there := testNames(t)
	named := regexp.MustCompile("`(Test[A-Za-z0-9_]+)`")
	for _, match := range named.FindAllStringSubmatch(string(text), -1) {
		if !there[match[1]] {
			t.Errorf("there is no %s", match[1])
		}
	}
	for number := 1; number <= knownDefects; number++ {
		rows := regexp.MustCompile(fmt.Sprintf(`(?m)^\| %d \|.*$`, number)).FindAllString(list, -1)
		if len(rows) != 1 {
			t.Errorf("%d lines on defect %d", len(rows), number)
			continue
		}
		if !named.MatchString(rows[0]) && !strings.Contains(rows[0], "impossible: ") {
			t.Errorf("defect %d has neither a test nor a reason: %s", number, rows[0])
		}
		for name := range there {
			if strings.HasPrefix(name, fmt.Sprintf("TestPredecessor%02d_", number)) && !strings.Contains(rows[0], "`"+name+"`") {
				t.Errorf("the line on defect %d does not name %s", number, name)
			}
		}
	}
	for name := range there {
		number, numbered := strings.CutPrefix(name, "TestPredecessor")
		number, _, _ = strings.Cut(number, "_")
		if n, err := strconv.Atoi(number); numbered && (err != nil || n < 1 || n > knownDefects) {
			t.Errorf("%s is of no known defect", name)
		}
	}
}

// testNames are the names of all test functions of the module.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	for _, files := range sources(t, os.DirFS(".")) {
		for _, file := range files {
			for _, declaration := range file.ast.Decls {
				if f, ok := declaration.(*ast.FuncDecl); ok && file.isTest() && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") {
					found[f.Name.Name] = true
				}
			}
		}
	}
	return found
}
