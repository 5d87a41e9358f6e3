package repo_test

// Which calls of AWS a program can make: the functions that can run from its main, found with a call graph
// that follows values (variable type analysis). A package that two programs share gives neither the calls
// of the other, since an interface is followed only to the types that come to it.

import (
	"fmt"
	"go/token"
	"go/types"
	"io/fs"
	"iter"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/callgraph"
	"golang.org/x/tools/go/callgraph/vta"
	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"
)

// reachOf returns the calls of AWS that the program in a folder can make, and what is in their input where
// that matters. A fault is a place where a call could hide.
func reachOf(t *testing.T, root fs.FS, folder string) (found map[string]bool, faults []string) {
	t.Helper()
	program, main, err := load(t, root, folder)
	if err != nil {
		return nil, []string{err.Error()}
	}
	r := reach{program: program, found: map[string]bool{}, faults: map[string]bool{}}
	live, graph := r.canRun(main)
	for f := range live {
		for instruction := range instructions(f) {
			r.note(instruction, graph.Nodes[f])
		}
	}
	return r.found, slices.Sorted(maps.Keys(r.faults))
}

// reach gathers what the functions that can run do with the SDK.
type reach struct {
	program       *ssa.Program
	found, faults map[string]bool
}

// canRun returns the functions that can run in a program, and who calls whom. Each turn follows only the values of functions that
// can run by the turn before, so what is left out once can make the next turn leave out more.
func (r reach) canRun(main *ssa.Package) (map[*ssa.Function]bool, *callgraph.Graph) {
	roots := []*ssa.Function{main.Func("main")}
	for _, p := range r.program.AllPackages() {
		if start := p.Func("init"); start != nil {
			roots = append(roots, start)
		}
	}
	live := ssautil.AllFunctions(r.program)
	for {
		graph := vta.CallGraph(live, nil)
		next := r.from(slices.Clone(roots), graph, givenAway(live))
		if len(next) == len(live) {
			return next, graph
		}
		live = next
	}
}

// givenAway returns the interfaces of ours whose values become values of interfaces that are not ours.
func givenAway(live map[*ssa.Function]bool) []*types.Interface {
	var away []*types.Interface
	for f := range live {
		for instruction := range instructions(f) {
			if i, ok := instruction.(*ssa.ChangeInterface); ok && isOurs(i.X.Type()) && !isOurs(i.Type()) {
				away = append(away, i.X.Type().Underlying().(*types.Interface)) //nolint:forcetypeassert // as the instruction says
			}
		}
	}
	return away
}

// instructions yields what a function does; nothing if it has no body.
func instructions(f *ssa.Function) iter.Seq[ssa.Instruction] {
	return func(yield func(ssa.Instruction) bool) {
		for _, block := range f.Blocks {
			for _, instruction := range block.Instrs {
				if !yield(instruction) {
					return
				}
			}
		}
	}
}

// from walks the graph. Code of others has no body here: it can call each function whose value is taken, and
// each exported method of what is given to it as an interface.
func (r reach) from(todo []*ssa.Function, graph *callgraph.Graph, away []*types.Interface) map[*ssa.Function]bool {
	seen := map[*ssa.Function]bool{}
	for len(todo) > 0 {
		f := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if f == nil || seen[f] {
			continue
		}
		seen[f] = true
		if node := graph.Nodes[f]; node != nil {
			for _, edge := range node.Out {
				todo = append(todo, edge.Callee.Func)
			}
		}
		for instruction := range instructions(f) {
			for _, operand := range instruction.Operands(nil) {
				if taken, ok := (*operand).(*ssa.Function); ok {
					todo = append(todo, taken)
				}
			}
			if made, ok := instruction.(*ssa.MakeInterface); ok {
				of := made.X.Type()
				if !isOurs(made.Type()) || slices.ContainsFunc(away, func(i *types.Interface) bool { return types.Implements(of, i) }) {
					todo = append(todo, r.exported(of)...)
				}
			}
		}
	}
	return seen
}

func (r reach) exported(t types.Type) []*ssa.Function {
	var methods []*ssa.Function
	for method := range r.program.MethodSets.MethodSet(t).Methods() {
		if method.Obj().Exported() {
			methods = append(methods, r.program.MethodValue(method))
		}
	}
	return methods
}

// isOurs reports whether a type is declared in this module.
func isOurs(t types.Type) bool {
	path, _ := declared(t)
	return strings.HasPrefix(path, module+"/")
}

// declared is the package and the name of a type, or of what it points to; both empty if it has no name.
func declared(t types.Type) (path, name string) {
	if pointer, ok := types.Unalias(t).(*types.Pointer); ok {
		t = pointer.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return "", ""
	}
	return named.Obj().Pkg().Path(), named.Obj().Name()
}

// service cuts the name of an AWS service out of a path of the SDK; below is what is left, such as "types".
func service(path string) (name, below string) {
	rest, ok := strings.CutPrefix(path, sdk+"/service/")
	if !ok {
		return "", ""
	}
	name, below, _ = strings.Cut(rest, "/")
	return name, below
}

// note finds what an instruction of a function does with the SDK, and where the graph does not know what comes to
// an interface of ours.
func (r reach) note(instruction ssa.Instruction, caller *callgraph.Node) {
	switch i := instruction.(type) {
	case ssa.CallInstruction:
		if i.Common().IsInvoke() {
			r.call(i.Common().Method, i.Pos())
			if isOurs(i.Common().Value.Type()) && !slices.ContainsFunc(caller.Out, func(e *callgraph.Edge) bool { return e.Site == i }) {
				r.fault(i.Pos(), "%s is called on something that is not known", i.Common().Method.Name())
			}
		} else if callee := i.Common().StaticCallee(); callee != nil {
			if f, ok := callee.Object().(*types.Func); ok {
				r.call(f, i.Pos())
			}
		}
	case *ssa.Store:
		if field, ok := i.Addr.(*ssa.FieldAddr); ok && !isNil(i.Val) {
			r.input(field)
		}
	case *ssa.MakeInterface:
		path, name := declared(i.X.Type())
		if of, below := service(path); of != "" && below == "" && name == "Client" && !r.followed(i.Type()) {
			r.fault(i.Pos(), "a client of %s is given to others, and which calls they make is not known", of)
		}
	}
}

// followed reports whether calls on an interface are found: one of ours, or one that a function of the SDK takes,
// which is looked at itself.
func (r reach) followed(t types.Type) bool {
	path, _ := declared(t)
	of, _ := service(path)
	return isOurs(t) || of != ""
}

func isNil(v ssa.Value) bool {
	constant, ok := v.(*ssa.Const)
	return ok && constant.IsNil()
}

// paginator is a function of the SDK that makes the calls of one operation.
var paginator = regexp.MustCompile(`^New(\w+)Paginator$`)

// call finds a call of AWS: a method, of a client or of an interface, that takes the SDK's input of its name;
// or a function of the SDK that makes calls.
func (r reach) call(f *types.Func, at token.Pos) {
	if f.Signature().Recv() != nil {
		for parameter := range f.Signature().Params().Variables() {
			path, name := declared(parameter.Type())
			if of, below := service(path); of != "" && below == "" && name == f.Name()+"Input" {
				r.found[of+":"+f.Name()] = true
			}
		}
		return
	}
	if f.Pkg() == nil {
		return
	}
	of, below := service(f.Pkg().Path())
	paged := paginator.FindStringSubmatch(f.Name())
	switch {
	case of == "" || below != "" || f.Name() == "NewFromConfig":
	case paged != nil:
		r.found[of+":"+paged[1]] = true
	default:
		r.fault(at, "%s.%s is called, and which calls it makes is not known", of, f.Name())
	}
}

// input notes what is put into an input and needs a right of its own: tags, found as
// "cloudwatch:PutMetricAlarmInput.Tags", and the parts of a transaction.
func (r reach) input(field *ssa.FieldAddr) {
	path, name := declared(field.X.Type())
	of, _ := service(path)
	structure, ok := types.Unalias(field.X.Type()).Underlying().(*types.Pointer).Elem().Underlying().(*types.Struct)
	if !ok {
		return
	}
	set := structure.Field(field.Field).Name()
	if of != "" && (name == "TransactWriteItem" || strings.HasSuffix(name, "Input") && set == "Tags") {
		r.found[of+":"+name+"."+set] = true
	}
}

func (r reach) fault(at token.Pos, format string, args ...any) {
	r.faults[r.program.Fset.Position(at).String()+": "+fmt.Sprintf(format, args...)] = true
}
