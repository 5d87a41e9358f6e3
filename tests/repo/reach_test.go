package repo_test

// Which calls of AWS a program can make, found in its source: from its main, through the types
// that it builds, down to the methods of the interfaces that stand for the SDK's clients.

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// reach is a walk over what can run. Only packages of this module are read. Those of others stay
// empty, so their types are unknown and the type checker's complaints are dropped: what is
// followed is our own functions, types and interfaces.
type reach struct {
	root     fs.FS
	fset     *token.FileSet
	info     *types.Info
	packages map[string]*types.Package
	bodies   map[*types.Func]*ast.FuncDecl
	calls    map[*types.Func]string // methods of interfaces that are calls of AWS, such as "kinesis:ListStreams"

	done map[*types.Func]bool
	todo []*types.Func
	live map[*types.Named]bool // types that can have a value
	open map[*types.Func]bool  // methods of interfaces that are called

	found  map[string]bool // calls of AWS, and what is in their input where that matters
	faults []string        // what could not be followed
}

// reachOf returns the calls of AWS that the program in a folder can make. A fault is a place
// where a call could hide.
func reachOf(root fs.FS, folder string) (found map[string]bool, faults []string) {
	r := &reach{
		root: root, fset: token.NewFileSet(), packages: map[string]*types.Package{},
		info: &types.Info{
			Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{},
			Types: map[ast.Expr]types.TypeAndValue{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
		},
		bodies: map[*types.Func]*ast.FuncDecl{}, calls: map[*types.Func]string{},
		done: map[*types.Func]bool{}, live: map[*types.Named]bool{}, open: map[*types.Func]bool{},
		found: map[string]bool{},
	}
	program, err := r.Import(module + "/" + folder)
	if err != nil {
		return nil, []string{err.Error()}
	}
	main, ok := program.Scope().Lookup("main").(*types.Func)
	if !ok {
		return nil, []string{folder + " has no main"}
	}
	r.use(main)
	r.run()
	return r.found, r.faults
}

// Import reads and checks a package of this module; one of somebody else's is empty.
func (r *reach) Import(imported string) (*types.Package, error) {
	if known := r.packages[imported]; known != nil {
		return known, nil
	}
	folder, ours := strings.CutPrefix(imported, module+"/")
	if !ours {
		empty := types.NewPackage(imported, path.Base(imported))
		empty.MarkComplete()
		r.packages[imported] = empty
		return empty, nil
	}
	names, err := fs.Glob(r.root, folder+"/*.go")
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("no package %s: %w", folder, errors.Join(err, fs.ErrNotExist))
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := fs.ReadFile(r.root, name)
		if err != nil {
			return nil, err
		}
		file, err := parser.ParseFile(r.fset, name, text, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	config := types.Config{Importer: r, Error: func(error) {}, DisableUnusedImportCheck: true}
	checked, _ := config.Check(imported, r.fset, files, r.info) // of types that are not ours it complains much
	r.packages[imported] = checked
	for _, file := range files {
		r.declared(file)
	}
	return checked, nil
}

// declared notes a file's functions, and which methods of its interfaces are calls of AWS: those
// whose argument is the SDK's input of the same name.
func (r *reach) declared(file *ast.File) {
	ast.Inspect(file, func(node ast.Node) bool {
		switch n := node.(type) {
		case *ast.FuncDecl:
			if f, ok := r.info.Defs[n.Name].(*types.Func); ok {
				r.bodies[f] = n
			}
		case *ast.InterfaceType:
			for _, method := range n.Methods.List {
				signature, ok := method.Type.(*ast.FuncType)
				if !ok || len(method.Names) != 1 {
					continue
				}
				for _, parameter := range signature.Params.List {
					if service, name := r.fromSDK(parameter.Type); name == method.Names[0].Name+"Input" {
						if f, ok := r.info.Defs[method.Names[0]].(*types.Func); ok {
							r.calls[f] = service + ":" + method.Names[0].Name
						}
					}
				}
			}
		}
		return true
	})
}

// fromSDK names the service and the thing that an expression such as *kinesis.ListStreamsInput or
// types.Tag takes from the SDK.
func (r *reach) fromSDK(expression ast.Expr) (service, name string) {
	if star, ok := expression.(*ast.StarExpr); ok {
		expression = star.X
	}
	selector, ok := expression.(*ast.SelectorExpr)
	if !ok {
		return "", ""
	}
	service, ok = strings.CutPrefix(r.packageOf(selector.X), sdk+"/service/")
	if !ok {
		return "", ""
	}
	return service, selector.Sel.Name
}

// packageOf is the path of the package that an expression names, or empty.
func (r *reach) packageOf(expression ast.Expr) string {
	id, ok := expression.(*ast.Ident)
	if !ok {
		return ""
	}
	if name, ok := r.info.Uses[id].(*types.PkgName); ok {
		return name.Imported().Path()
	}
	return ""
}

// run walks until nothing new can run. A method of an interface that is called runs in every type
// of ours that can have a value and has all the interface's methods.
func (r *reach) run() {
	for before := -1; before != len(r.done)+len(r.live)+len(r.open); {
		before = len(r.done) + len(r.live) + len(r.open)
		for len(r.todo) > 0 {
			next := r.todo[0]
			r.todo = r.todo[1:]
			if body := r.bodies[next]; body != nil {
				r.walk(body)
			}
		}
		for method := range r.open {
			for named := range r.live {
				r.dispatch(method, named)
			}
		}
	}
}

func (r *reach) dispatch(method *types.Func, named *types.Named) {
	receiver := method.Signature().Recv().Type()
	contract, ok := receiver.Underlying().(*types.Interface)
	if !ok || types.IsInterface(named) {
		return
	}
	for m := range contract.Methods() {
		if r.methodOf(named, m.Name()) == nil {
			return
		}
	}
	r.use(r.methodOf(named, method.Name()))
}

func (r *reach) methodOf(named *types.Named, name string) *types.Func {
	object, _, _ := types.LookupFieldOrMethod(types.NewPointer(named), true, named.Obj().Pkg(), name)
	method, _ := object.(*types.Func)
	return method
}

// use notes that a function can run.
func (r *reach) use(f *types.Func) {
	f = f.Origin()
	if r.done[f] {
		return
	}
	r.done[f] = true
	if call, ok := r.calls[f]; ok {
		r.found[call] = true
	}
	if receiver := f.Signature().Recv(); receiver != nil && types.IsInterface(receiver.Type()) {
		r.open[f] = true
		return
	}
	r.todo = append(r.todo, f)
}

// walk notes what the declaration of a function that can run uses.
func (r *reach) walk(declared *ast.FuncDecl) {
	joined := map[ast.Expr]bool{} // clients that become the value of a field
	ast.Inspect(declared, func(node ast.Node) bool {
		switch n := node.(type) {
		case *ast.Ident:
			switch object := r.info.Uses[n].(type) {
			case *types.Func:
				r.use(object)
			case *types.TypeName:
				r.lives(object.Type())
			}
		case *ast.KeyValueExpr:
			joined[n.Value] = r.isClient(n.Key)
		case *ast.CompositeLit:
			r.input(n)
		case *ast.SelectorExpr:
			r.unresolved(n)
		case *ast.CallExpr:
			r.external(n, joined[n])
		}
		return true
	})
}

func (r *reach) lives(t types.Type) {
	if named, ok := types.Unalias(t).(*types.Named); ok {
		r.live[named.Origin()] = true
	}
}

// isClient reports whether a field is an interface with calls of AWS.
func (r *reach) isClient(key ast.Expr) bool {
	id, ok := key.(*ast.Ident)
	if !ok || r.info.Uses[id] == nil {
		return false
	}
	contract, ok := r.info.Uses[id].Type().Underlying().(*types.Interface)
	if !ok {
		return false
	}
	return slices.ContainsFunc(slices.Collect(contract.Methods()), func(m *types.Func) bool { return r.calls[m] != "" })
}

// input notes what is put into an input and needs a right of its own: tags, found as
// "cloudwatch:PutMetricAlarmInput.Tags", and the parts of a transaction.
func (r *reach) input(literal *ast.CompositeLit) {
	note := func(kind ast.Expr, literal *ast.CompositeLit) {
		service, name := r.fromSDK(kind)
		service, _, _ = strings.Cut(service, "/")
		for _, element := range literal.Elts {
			pair, ok := element.(*ast.KeyValueExpr)
			if !ok {
				continue
			}
			key, ok := pair.Key.(*ast.Ident)
			if ok && (name == "TransactWriteItem" || strings.HasSuffix(name, "Input") && key.Name == "Tags") {
				r.found[service+":"+name+"."+key.Name] = true
			}
		}
	}
	list, ok := literal.Type.(*ast.ArrayType)
	if !ok {
		note(literal.Type, literal)
		return
	}
	for _, element := range literal.Elts {
		if inner, ok := element.(*ast.CompositeLit); ok && inner.Type == nil {
			note(list.Elt, inner)
		}
	}
}

// unresolved finds calls of AWS on something whose type is not known here.
func (r *reach) unresolved(selector *ast.SelectorExpr) {
	if r.info.Uses[selector.Sel] != nil || r.packageOf(selector.X) != "" {
		return
	}
	for _, call := range r.calls {
		if strings.HasSuffix(call, ":"+selector.Sel.Name) {
			r.fault(selector, "%s is called on something that is not known", selector.Sel.Name)
		}
	}
}

// paginator is a function of the SDK that makes the calls of one operation.
var paginator = regexp.MustCompile(`^New(\w+)Paginator$`)

// external follows what goes out of the module: the SDK's own functions, and values of ours that
// somebody else calls back.
func (r *reach) external(call *ast.CallExpr, joined bool) {
	service, name := r.fromSDK(call.Fun)
	switch paged := paginator.FindStringSubmatch(name); {
	case service == "" || strings.Contains(service, "/"):
	case paged != nil:
		r.found[service+":"+paged[1]] = true
	case name == "NewFromConfig" && joined:
	case name == "NewFromConfig":
		r.fault(call, "a client of %s that is not behind an interface of ours", service)
	default:
		r.fault(call, "%s.%s is called, and which calls it makes is not known", service, name)
	}
	if known := r.info.Types[call.Fun].Type; known != nil && known != types.Typ[types.Invalid] {
		return
	}
	for _, argument := range call.Args {
		t := r.info.TypeOf(argument)
		if pointer, ok := t.(*types.Pointer); ok {
			t = pointer.Elem()
		}
		if named, ok := t.(*types.Named); ok && !types.IsInterface(named) {
			for method := range named.Methods() {
				if method.Exported() {
					r.use(method)
				}
			}
		}
	}
}

func (r *reach) fault(at ast.Node, format string, args ...any) {
	where := r.fset.Position(at.Pos())
	r.faults = append(r.faults, where.Filename+":"+strconv.Itoa(where.Line)+": "+fmt.Sprintf(format, args...))
}
