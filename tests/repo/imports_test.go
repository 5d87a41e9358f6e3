package repo_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

// module is the path in go.mod.
const module = "github.com/shardkeeper/shardkeeper"

// Modules of others that more than one package may import.
const (
	sdkCore   = "github.com/aws/aws-sdk-go-v2/aws"
	smithy    = "github.com/aws/smithy-go"
	sdk       = "github.com/aws/aws-sdk-go-v2" // all of it
	lambdaSDK = "github.com/aws/aws-lambda-go"
	cobra     = "github.com/spf13/cobra"
	pflag     = "github.com/spf13/pflag"
)

// may says what a package may import beside the standard library.
type may struct {
	inside  []string // packages of this module, each exactly
	outside []string // modules or folders of others, with all below them
	never   []string // of the standard library
}

// impure is what the core must not know: it takes values and returns values.
func impure() []string {
	return []string{"context", "log", "log/slog", "math/rand", "math/rand/v2", "net", "net/http", "os", "os/exec"}
}

// importRules says who may import what. Imports point inward: the core knows only what it computes with, an adapter
// knows the core and its one service, the wiring knows all, the entry points know the wiring.
func importRules() map[string]may {
	useCases := []string{"scaling", "scaling/ledger", "scaling/report", "scaling/scaler", "scaling/enroller", "scaling/reconciler"}
	useCase := may{inside: []string{"scaling", "scaling/ledger", "scaling/report"}, never: []string{"log", "log/slog", "net", "net/http", "os", "os/exec"}} // the handlers log its reports
	adapter := func(outside ...string) may {
		return may{inside: []string{"scaling", "internal/aws/fault"}, outside: append(outside, sdkCore, smithy)}
	}
	model := append(useCases[:6:6], "internal/aws/cloudwatch", "internal/aws/pace", "metricmath", "registry/inmem", "internal/trace")
	handler := may{inside: append(useCases[:6:6], "internal/app"), outside: []string{lambdaSDK}}
	cloudwatch := adapter(sdk + "/service/cloudwatch")
	cloudwatch.inside = append(cloudwatch.inside, "metricmath")
	eventbridge := adapter(sdk + "/service/eventbridge")
	eventbridge.inside = append(eventbridge.inside, "scaling/notification")
	sns := adapter(sdk + "/service/sns")
	sns.inside = append(sns.inside, "scaling/notification")
	table := adapter(sdk+"/service/dynamodb", sdk+"/feature/dynamodb")
	table.inside = append(table.inside, "scaling/ledger", "scaling/schedule")
	return map[string]may{
		"scaling":              {inside: []string{"scaling/planner", "scaling/resize", "scaling/schedule"}, never: impure()},
		"scaling/planner":      {inside: []string{"scaling/resize"}, never: impure()},
		"scaling/resize":       {never: impure()},
		"scaling/schedule":     {outside: []string{"github.com/netresearch/go-cron"}, never: impure()},
		"scaling/ledger":       {inside: []string{"scaling", "scaling/schedule"}, never: impure()},
		"scaling/report":       {inside: []string{"scaling", "scaling/ledger"}, never: impure()},
		"scaling/scaler":       useCase,
		"scaling/enroller":     useCase,
		"scaling/reconciler":   useCase,
		"scaling/notification": useCase,

		"internal/aws/kinesis":     adapter(sdk + "/service/kinesis"),
		"internal/aws/cloudwatch":  cloudwatch,
		"internal/aws/lambda":      adapter(sdk + "/service/lambda"),
		"internal/aws/tagging":     adapter(sdk + "/service/resourcegroupstaggingapi"),
		"internal/aws/eventbridge": eventbridge,
		"internal/aws/sns":         sns,
		"internal/aws/fault":       {inside: []string{"scaling"}, outside: []string{sdkCore, smithy}},
		"internal/aws/pace":        {never: impure()},
		"metricmath":               {never: impure()},

		"registry":              table,
		"registry/inmem":        {inside: []string{"scaling", "scaling/ledger"}},
		"registry/registrytest": {inside: []string{"scaling", "scaling/ledger"}, outside: []string{"github.com/google/go-cmp", "pgregory.net/rapid"}},

		"internal/emf":       {inside: []string{"scaling", "scaling/report"}},
		"internal/telemetry": {inside: []string{"scaling", "scaling/report", "internal/emf"}},
		"internal/embedded":  {inside: []string{"scaling", "scaling/ledger", "registry/inmem"}},
		"internal/emulator":  {},
		"internal/page":      {},
		"internal/race":      {},
		"internal/trace":     {},
		"internal/app": {
			inside:  append(useCases[:6:6], "internal/aws/kinesis", "internal/aws/cloudwatch", "internal/aws/lambda", "internal/aws/tagging", "internal/aws/eventbridge", "internal/aws/sns", "scaling/notification", "registry", "internal/telemetry", "internal/aws/fault", "internal/aws/pace", "internal/embedded"),
			outside: []string{sdk, smithy, "golang.org/x/time"},
		},
		"internal/app/operator": {
			inside:  []string{"scaling", "internal/app", "internal/aws/cloudwatch", "internal/aws/kinesis", "internal/aws/fault", "internal/deadletter/queue", "registry", "internal/app/operator/inspect"},
			outside: []string{sdk, smithy, "golang.org/x/time"},
		},
		"internal/app/operator/inspect": {inside: []string{"scaling", "scaling/ledger"}, never: []string{"log", "log/slog", "net", "net/http", "os", "os/exec"}},
		"internal/simulate":             {inside: append(model[:11:11], "internal/simulate/profile")},
		"internal/simulate/demo":        {inside: append(model[:11:11], "internal/simulate", "internal/simulate/profile")},
		"internal/simulate/faults":      {inside: []string{"metricmath", "scaling", "scaling/ledger", "scaling/notification", "scaling/report", "scaling/reconciler", "scaling/scaler", "internal/simulate", "internal/simulate/profile", "internal/trace"}},
		"internal/simulate/optimum":     {inside: []string{"scaling", "internal/simulate/profile"}},
		"internal/simulate/profile":     {never: impure()},
		"internal/simulate/traffic":     {inside: []string{"scaling", "internal/trace"}},
		"internal/simulate/trial":       {inside: append(model[:11:11], "internal/simulate", "internal/simulate/optimum", "internal/simulate/profile")},
		"internal/simulate/chart":       {inside: []string{"internal/simulate/trial"}},
		"internal/simulate/verdict":     {inside: []string{"scaling", "internal/simulate/trial"}}, // it advises a policy, by its name
		"internal/simulate/report":      {inside: []string{"scaling", "scaling/report", "internal/page", "internal/simulate", "internal/simulate/profile", "internal/simulate/trial", "internal/simulate/verdict", "internal/trace"}},
		"internal/simulate/recommend":   {inside: []string{"scaling", "internal/simulate", "internal/simulate/profile", "internal/simulate/trial", "internal/simulate/verdict", "internal/trace"}},

		"internal/deadletter": {},
		"internal/deadletter/queue": {
			inside:  []string{"internal/deadletter"},
			outside: []string{sdkCore, sdk + "/service/sqs", sdk + "/service/lambda"},
		},

		"handlers/enroller":   handler,
		"handlers/scaler":     handler,
		"handlers/reconciler": handler,
		"cmd/shardkeeper": {
			inside: []string{
				"scaling", "scaling/ledger", "scaling/report", "internal/app/operator", "internal/app/operator/inspect",
				"internal/simulate", "internal/simulate/demo", "internal/simulate/profile", "internal/trace",
				"internal/simulate/recommend", "internal/simulate/report", "internal/simulate/traffic", "internal/simulate/trial", "internal/simulate/verdict",
				"internal/deadletter", "cmd/shardkeeper/internal/file", "cmd/shardkeeper/internal/output", "cmd/shardkeeper/internal/settingsfile", "cmd/shardkeeper/internal/terminal",
			},
			outside: []string{cobra, pflag},
		},
		"cmd/shardkeeper/internal/file":   {},
		"cmd/shardkeeper/internal/output": {outside: []string{"github.com/jedib0t/go-pretty/v6"}},
		"cmd/shardkeeper/internal/settingsfile": {
			inside: []string{"scaling", "scaling/ledger", "scaling/schedule", "cmd/shardkeeper/internal/output"}, outside: []string{"go.yaml.in/yaml/v4"},
		},
		"cmd/shardkeeper/internal/terminal": {outside: []string{"github.com/vbauerster/mpb/v8", "golang.org/x/term"}},
		"tools/emulators":                   {inside: []string{"scaling/enroller", "scaling", "internal/app", "internal/emulator", "registry"}, outside: []string{sdk}},
		"tools/looks":                       {inside: []string{"scaling", "scaling/ledger", "internal/app", "internal/emulator", "registry"}, outside: []string{sdk}},
		"tools/mutants":                     {},
		"tools/fleet":                       {inside: []string{"scaling", "internal/simulate", "internal/simulate/trial", "internal/trace"}},
		"tools/verdicts": {inside: []string{
			"scaling", "internal/simulate", "internal/simulate/profile", "internal/simulate/recommend", "internal/simulate/trial", "internal/simulate/verdict", "internal/trace",
		}},
		"tools/shares": {inside: []string{"scaling", "internal/simulate", "internal/simulate/profile", "internal/simulate/trial", "internal/trace"}},
		"tools/figures": {inside: []string{
			"scaling", "internal/simulate/chart", "internal/simulate/profile", "internal/simulate/recommend", "internal/simulate/traffic", "internal/simulate/trial",
		}},
	}
}

// sourceFile is one .go file, parsed.
type sourceFile struct {
	name  string // from the module's root
	lines int
	ast   *ast.File
}

func (f sourceFile) isTest() bool { return strings.HasSuffix(f.name, "_test.go") }

// imports are the paths that the file imports.
func (f sourceFile) imports() []string {
	var paths []string
	for _, spec := range f.ast.Imports {
		if p, err := strconv.Unquote(spec.Path.Value); err == nil {
			paths = append(paths, p)
		}
	}
	return paths
}

// sources parses every .go file of the module, by folder; "." is the root.
func sources(t *testing.T, root fs.FS) map[string][]sourceFile {
	t.Helper()
	packages := map[string][]sourceFile{}
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		base := path.Base(name)
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != "." && (strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") || base == "testdata" || base == "node_modules"):
			return fs.SkipDir // the go tool does not look there either
		case entry.IsDir() || path.Ext(name) != ".go":
			return nil
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		folder := path.Dir(name)
		packages[folder] = append(packages[folder], sourceFile{name: name, lines: strings.Count(string(text), "\n"), ast: file})
		return nil
	})
	if err != nil {
		t.Fatalf("read the module's sources: %v", err)
	}
	return packages
}

// importFaults tells what a package's files, its tests apart, import against the rules.
func importFaults(folder string, files []sourceFile, rules map[string]may) []string {
	var faults []string
	rule, known := rules[folder]
	for _, file := range files {
		if file.isTest() {
			continue
		}
		if !known {
			return []string{fmt.Sprintf("package %s is not in the table of imports: say in importRules, in tests/repo/imports_test.go, what it may import", folder)}
		}
		for _, imported := range file.imports() {
			if !rule.allows(imported) {
				faults = append(faults, fmt.Sprintf("%s imports %s: imports point inward, and package %s may not; move the code to where it may, or change importRules, in tests/repo/imports_test.go, and say why", file.name, imported, folder))
			}
		}
	}
	return faults
}

func (m may) allows(imported string) bool {
	if own, ours := strings.CutPrefix(imported, module+"/"); ours {
		return slices.Contains(m.inside, own)
	}
	if first, _, _ := strings.Cut(imported, "/"); !strings.Contains(first, ".") {
		return !slices.Contains(m.never, imported)
	}
	return slices.ContainsFunc(m.outside, func(prefix string) bool {
		return imported == prefix || strings.HasPrefix(imported, prefix+"/")
	})
}

func TestImportsPointInward(t *testing.T) {
	packages, rules := sources(t, os.DirFS(".")), importRules()
	for _, folder := range slices.Sorted(maps.Keys(packages)) {
		for _, fault := range importFaults(folder, packages[folder], rules) {
			t.Error(fault)
		}
	}
	for folder, rule := range rules {
		if _, exists := packages[folder]; !exists {
			t.Errorf("importRules has package %s, which is not there", folder)
		}
		for _, own := range rule.inside {
			if _, exists := packages[own]; !exists {
				t.Errorf("importRules lets %s import %s, which is not there", folder, own)
			}
		}
	}
}

// A function's program carries no client that it does not need: each makes the start of a new
// process slower.
func TestTheFunctionsCarryNoClientOfTheirOperators(t *testing.T) {
	packages := sources(t, os.DirFS("."))
	for _, function := range []string{"handlers/scaler", "handlers/enroller", "handlers/reconciler"} {
		seen, next := map[string]bool{}, []string{function}
		for len(next) > 0 {
			folder := next[0]
			next = next[1:]
			for _, file := range packages[folder] {
				for _, imported := range file.imports() {
					own, ours := strings.CutPrefix(imported, module+"/")
					switch {
					case file.isTest():
					case ours && !seen[own]:
						seen[own] = true
						next = append(next, own)
					case strings.HasPrefix(imported, sdk+"/service/sqs"), strings.HasPrefix(imported, sdk+"/service/cloudformation"), strings.HasPrefix(imported, cobra):
						t.Errorf("%s reaches %s through %s", function, imported, file.name)
					}
				}
			}
		}
		if len(seen) < 5 {
			t.Errorf("%s reaches only %v", function, seen)
		}
	}
}

// The rules themselves leave no way around: no package reaches, through any others, one that
// may import it.
func TestImportRulesHaveNoCircle(t *testing.T) {
	rules := importRules()
	for start := range rules {
		seen, next := map[string]bool{}, slices.Clone(rules[start].inside)
		for len(next) > 0 {
			folder := next[0]
			next = next[1:]
			if folder == start {
				t.Errorf("%s may import itself through others", start)
			}
			if !seen[folder] {
				seen[folder] = true
				next = append(next, rules[folder].inside...)
			}
		}
	}
}

// The check finds what it is for.
func TestImportFaultsAreFound(t *testing.T) {
	for _, c := range []struct {
		file, imported string
		fault          string // a part of the sentence; empty: none
	}{
		{"scaling/decide.go", "time", ""},
		{"scaling/decide.go", "os", "imports os"},
		{"scaling/decide.go", "golang.org/x/time/rate", "imports golang.org/x/time/rate"},
		{"scaling/decide.go", module + "/internal/aws/kinesis", "imports " + module + "/internal/aws/kinesis"},
		{"scaling/decide.go", module + "/registry", "imports"},
		{"scaling/decide_test.go", module + "/registry", ""},
		{"internal/aws/kinesis/kinesis.go", sdk + "/service/kinesis/types", ""},
		{"internal/aws/kinesis/kinesis.go", sdk + "/service/kinesisanalytics", "imports"},
		{"internal/aws/kinesis/kinesis.go", sdk + "/service/dynamodb", "imports"},
		{"scaling/scaler/scaler.go", module + "/registry", "imports"},
		{"scaling/scaler/scaler.go", "log/slog", "imports log/slog"},
		{"scaling/planner/plan.go", "os", "imports os"},
		{"registry/registry.go", sdk + "/service/kinesis", "imports"},
		{"registry/registry.go", module + "/handlers/scaler", "imports"},
		{"registry/inmem/claim.go", sdk + "/service/dynamodb", "imports"},
		{"handlers/scaler/main.go", sdk + "/service/kinesis", "imports"},
		{"handlers/scaler/main.go", module + "/registry", "imports"},
		{"handlers/scaler/main.go", lambdaSDK + "/lambda", ""},
		{"cmd/shardkeeper/main.go", lambdaSDK + "/events", "imports"},
		{"internal/simulate/step.go", sdk + "/service/cloudwatch", "imports"},
		{"internal/simulate/step.go", lambdaSDK + "/events", "imports"},
		{"internal/brandnew/new.go", "time", "not in the table"},
		{"helper.go", "time", "not in the table"},
	} {
		root := fstest.MapFS{c.file: {Data: []byte("package p\n\nimport _ " + strconv.Quote(c.imported) + "\n")}}
		var faults []string
		for folder, files := range sources(t, root) {
			faults = append(faults, importFaults(folder, files, importRules())...)
		}
		if (c.fault == "") != (len(faults) == 0) || !strings.Contains(strings.Join(faults, "\n"), c.fault) {
			t.Errorf("%s importing %s: faults %q, want %q", c.file, c.imported, faults, c.fault)
		}
	}
}
