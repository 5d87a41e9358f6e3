package repo_test

import (
	"fmt"
	"go/ast"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// maxLines is how long a file may be, tests apart: one that is longer holds two subjects.
const maxLines = 300

// grammaticalNames are names that say what part of speech the content is, not what it is about.
func grammaticalNames() []string {
	return []string{
		"util", "utils", "utility", "common", "types", "interfaces", "helper", "helpers", "model", "models",
		"base", "misc", "shared", "lib", "constants", "errors", "api", "manager",
	}
}

// conventionFaults tells what a package does against the conventions of CONTRIBUTING.md.
func conventionFaults(folder string, files []sourceFile) []string {
	var faults []string
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	docs, code := 0, 0
	for _, file := range files {
		name := file.ast.Name.Name
		if slices.Contains(grammaticalNames(), strings.TrimSuffix(name, "_test")) {
			fault("%s: package %s is named for a grammatical role: name it for what it is about", file.name, name)
		}
		if folder == "." {
			fault("%s: no Go file may be in the root: the Go builder of SAM would build it in place of a handler", file.name)
		}
		if file.isTest() {
			continue
		}
		code++
		if file.lines > maxLines {
			fault("%s has %d lines, more than %d: split it by subject", file.name, file.lines, maxLines)
		}
		if file.ast.Doc != nil {
			docs++
			if start := "Package " + name + " "; name != "main" && !strings.HasPrefix(file.ast.Doc.Text(), start) {
				fault("%s: the package's doc does not start with %q; a comment on the file alone needs a blank line after it", file.name, start)
			}
		}
		faults = append(faults, forbiddenCalls(file, name == "main")...)
	}
	if code > 0 && docs != 1 {
		fault("package %s has %d package docs: write exactly one, in the file that best carries it", folder, docs)
	}
	return faults
}

// forbiddenCalls tells of functions called init, and of calls that end the process.
func forbiddenCalls(file sourceFile, isMain bool) []string {
	var faults []string
	ast.Inspect(file.ast, func(node ast.Node) bool {
		switch n := node.(type) {
		case *ast.FuncDecl:
			if n.Recv == nil && n.Name.Name == "init" {
				faults = append(faults, file.name+": init runs before anybody asks for it: build the value where it is used")
			}
		case *ast.CallExpr:
			switch called := calledName(n); {
			case called == "panic":
				faults = append(faults, file.name+": panic: return an error")
			case !isMain && (called == "os.Exit" || strings.HasPrefix(called, "log.Fatal") || strings.HasPrefix(called, "log.Panic")):
				faults = append(faults, file.name+": "+called+" outside package main: return an error")
			}
		}
		return true
	})
	return faults
}

// calledName is the name of a called function, with its package's where it has one.
func calledName(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			return x.Name + "." + f.Sel.Name
		}
	}
	return ""
}

func TestConventions(t *testing.T) {
	packages := sources(t, os.DirFS("."))
	if len(packages) < 10 {
		t.Fatalf("found %d packages: are the sources read right?", len(packages))
	}
	for _, folder := range slices.Sorted(maps.Keys(packages)) {
		for _, fault := range conventionFaults(folder, packages[folder]) {
			t.Error(fault)
		}
	}
}

// The check finds what it is for.
func TestConventionFaultsAreFound(t *testing.T) {
	doc := "// Package p is fine.\npackage p\n"
	for _, c := range []struct {
		name  string
		files map[string]string
		fault string // a part of the sentence; empty: none
	}{
		{"a good package", map[string]string{"p/a.go": doc, "p/b.go": "package p\n", "p/a_test.go": "package p_test\n"}, ""},
		{"no package doc", map[string]string{"p/a.go": "package p\n"}, "0 package docs"},
		{"two package docs", map[string]string{"p/a.go": doc, "p/b.go": doc}, "2 package docs"},
		{"a file's comment taken for one", map[string]string{"p/a.go": "// a.go does things.\npackage p\n"}, "does not start with"},
		{"tests alone need no doc", map[string]string{"p/a_test.go": "package p\n"}, ""},
		{"a grammatical name", map[string]string{"p/a.go": "// Package helpers helps.\npackage helpers\n"}, "grammatical role"},
		{"and that of its tests", map[string]string{"p/a_test.go": "package utils_test\n"}, "grammatical role"},
		{"code in the root", map[string]string{"a.go": doc}, "no Go file may be in the root"},
		{"a test in the root", map[string]string{"a_test.go": "package p\n"}, "no Go file may be in the root"},
		{"a long file", map[string]string{"p/a.go": doc + strings.Repeat("\n", maxLines)}, "more than 300"},
		{"a long test", map[string]string{"p/a_test.go": "package p\n" + strings.Repeat("\n", maxLines)}, ""},
		{"init", map[string]string{"p/a.go": doc + "func init() {}\n"}, "init runs"},
		{"a method called init", map[string]string{"p/a.go": doc + "type T int\nfunc (T) init() {}\n"}, ""},
		{"os.Exit", map[string]string{"p/a.go": doc + "import \"os\"\nfunc F() { os.Exit(1) }\n"}, "os.Exit outside"},
		{"os.Exit in main", map[string]string{"p/a.go": "// Command p ends.\npackage main\nimport \"os\"\nfunc main() { os.Exit(1) }\n"}, ""},
		{"log.Fatalf", map[string]string{"p/a.go": doc + "import \"log\"\nfunc F() { log.Fatalf(\"\") }\n"}, "log.Fatalf outside"},
		{"panic", map[string]string{"p/a.go": doc + "func F() { panic(1) }\n"}, "panic"},
	} {
		root := fstest.MapFS{}
		for name, text := range c.files {
			root[name] = &fstest.MapFile{Data: []byte(text)}
		}
		var faults []string
		for folder, files := range sources(t, root) {
			faults = append(faults, conventionFaults(folder, files)...)
		}
		if (c.fault == "") != (len(faults) == 0) || !strings.Contains(strings.Join(faults, "\n"), c.fault) {
			t.Errorf("%s: faults %q, want %q", c.name, faults, c.fault)
		}
	}
}
