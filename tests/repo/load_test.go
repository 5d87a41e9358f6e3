package repo_test

// Programs of this module in the form that call graphs are made of (SSA): our packages from their source, which
// a test may have edited, those of others by the types that the compiler has written.

import (
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/go/ssa"
)

// built are the packages that the functions are made of, as the go tool lists them.
type built struct {
	fset   *token.FileSet
	files  map[string][]string // of each package of ours
	others types.Importer      // packages that are not ours, each read once for all tests
}

// listBuilt asks the go tool once. Where the packages are not built yet, it builds them.
func listBuilt(t *testing.T) built {
	t.Helper()
	listOnce.Do(func() {
		out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-export", "-f", "{{.ImportPath}}\t{{.Export}}\t{{join .GoFiles \" \"}}", "./handlers/...").Output()
		if err != nil {
			errList = fmt.Errorf("list the packages of the functions: %w", err)
			return
		}
		exports := map[string]string{}
		list = built{fset: token.NewFileSet(), files: map[string][]string{}}
		for line := range strings.Lines(string(out)) {
			cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
			exports[cells[0]] = cells[1]
			if strings.HasPrefix(cells[0], module+"/") {
				list.files[cells[0]] = strings.Fields(cells[2])
			}
		}
		list.others = importer.ForCompiler(list.fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	})
	if errList != nil {
		t.Fatal(errList)
	}
	return list
}

var (
	listOnce sync.Once
	list     built
	errList  error
)

// load returns the program whose main is in a folder. What does not compile is an error.
func load(t *testing.T, root fs.FS, folder string) (*ssa.Program, *ssa.Package, error) {
	t.Helper()
	l := loader{built: listBuilt(t), root: root, known: map[string]*types.Package{}}
	l.program = ssa.NewProgram(l.fset, ssa.InstantiateGenerics)
	if _, err := l.Import(module + "/" + folder); err != nil {
		return nil, nil, err
	}
	for _, p := range slices.Collect(maps.Values(l.known)) {
		l.foreign(p)
	}
	l.program.Build()
	return l.program, l.program.ImportedPackage(module + "/" + folder), nil
}

type loader struct {
	built
	root    fs.FS
	known   map[string]*types.Package
	program *ssa.Program
}

// Import returns a package of ours by reading it and what it imports, one of others by its types.
func (l loader) Import(imported string) (*types.Package, error) {
	if known := l.known[imported]; known != nil {
		return known, nil
	}
	folder, ours := strings.CutPrefix(imported, module+"/")
	if !ours {
		return l.others.Import(imported)
	}
	var files []*ast.File
	for _, name := range l.files[imported] {
		text, err := fs.ReadFile(l.root, folder+"/"+name)
		if err != nil {
			return nil, err
		}
		file, err := parser.ParseFile(l.fset, folder+"/"+name, text, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Instances: map[*ast.Ident]types.Instance{}, Scopes: map[ast.Node]*types.Scope{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, FileVersions: map[*ast.File]string{},
	}
	var faults []error
	config := types.Config{Importer: l, Error: func(err error) {
		if fault, ok := errors.AsType[types.Error](err); !ok || !fault.Soft { // soft: what is not used
			faults = append(faults, err)
		}
	}}
	p, _ := config.Check(imported, l.fset, files, info) // its error is the first of those above
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	l.known[imported] = p
	l.program.CreatePackage(p, files, info, true)
	return p, nil
}

// foreign makes the packages of others that a package imports, and those below them, known to the program,
// without bodies. The types of all must be read before.
func (l loader) foreign(p *types.Package) {
	for _, imported := range p.Imports() {
		if l.known[imported.Path()] != nil {
			continue
		}
		l.known[imported.Path()] = imported
		if imported != types.Unsafe {
			l.program.CreatePackage(imported, nil, nil, true)
		}
		l.foreign(imported)
	}
}
