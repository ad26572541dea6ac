package house

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path"
)

// owned are variables that are state of the process by necessity, by directory
// and name, with the reason.
var owned = map[string]string{
	"models/onnx.environment": "ONNX Runtime has one environment per process; this counts who uses it",
}

// State refuses package-level variables that change. Errors, tables, embedded
// files and regular expressions are declared once and read: they may stay.
func State(h *House) []Finding {
	var found []Finding
	for _, p := range h.packages() {
		if len(p.Files) > 0 {
			found = append(found, h.state(p)...)
		}
	}
	return found
}

func (h *House) state(p *Package) []Finding {
	const why = "state of the process is shared by everything in it, tests too; make it a field of what is opened"
	globals, names := h.globals(p)
	var found []Finding
	blame := func(f *File, n ast.Node, name, how string) {
		if owned[p.Dir+"."+name] == "" {
			found = append(found, Finding{File: f.Path, Line: h.line(n), What: fmt.Sprintf("the package variable %s %s", name, how), Why: why})
		}
	}
	changed := func(f *File, n ast.Node, target ast.Expr, how string) {
		name := root(target)
		if name == nil {
			return
		}
		if _, foreign := names[name].(*types.PkgName); foreign && how == "is assigned" {
			blame(f, n, types.ExprString(target), how)
		} else if globals[names[name]] {
			blame(f, n, name.Name, how)
		}
	}
	for _, f := range p.Files {
		ast.Inspect(f.Tree, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				for _, target := range n.Lhs {
					changed(f, n, target, "is assigned")
				}
			case *ast.IncDecStmt:
				changed(f, n, n.X, "is counted")
			case *ast.RangeStmt:
				if n.Tok == token.ASSIGN {
					changed(f, n, n.Key, "is assigned")
					changed(f, n, n.Value, "is assigned")
				}
			case *ast.UnaryExpr:
				if n.Op == token.AND {
					changed(f, n, n.X, "is handed out by address")
				}
			case *ast.CallExpr:
				if name, ok := n.Fun.(*ast.Ident); ok && len(n.Args) > 0 && (name.Name == "delete" || name.Name == "clear") {
					changed(f, n, n.Args[0], "is emptied")
				}
			case *ast.ValueSpec:
				if name := n.Names[0]; globals[names[name]] && holdsState(n) {
					blame(f, n, name.Name, "is a lock, counter, pool or channel")
				}
			}
			return true
		})
	}
	return found
}

// globals type-checks the package far enough to tell a package variable from
// a local one of the same name. What is imported stays unknown, and the errors
// that follow from that do not matter here.
func (h *House) globals(p *Package) (map[types.Object]bool, map[*ast.Ident]types.Object) {
	info := &types.Info{Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}}
	conf := types.Config{Importer: unknown{}, Error: func(error) {}, FakeImportC: true}
	var trees []*ast.File
	for _, f := range p.Files {
		trees = append(trees, f.Tree)
	}
	pkg, _ := conf.Check(path.Join(h.Module, p.Dir), h.fset, trees, info)
	globals := map[types.Object]bool{}
	names := info.Uses
	for id, obj := range info.Defs {
		if v, ok := obj.(*types.Var); ok && !v.IsField() && v.Parent() == pkg.Scope() {
			globals[obj] = true
			names[id] = obj
		}
	}
	return globals, names
}

// unknown imports every package as an empty one.
type unknown struct{}

func (unknown) Import(importPath string) (*types.Package, error) {
	pkg := types.NewPackage(importPath, path.Base(importPath))
	pkg.MarkComplete()
	return pkg, nil
}

// root is the variable that an assignable expression starts from: a of
// a[i].b, or nil.
func root(e ast.Expr) *ast.Ident {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return x
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		default:
			return nil
		}
	}
}

// holdsState says whether a variable is of a kind that is only there to change.
func holdsState(v *ast.ValueSpec) bool {
	stateful := func(e ast.Expr) bool {
		if _, ok := e.(*ast.ChanType); ok {
			return true
		}
		for _, kind := range []string{"Mutex", "RWMutex", "Once", "Map", "Pool", "WaitGroup", "Cond"} {
			if selects(e, "sync", kind) {
				return true
			}
		}
		if x, ok := e.(*ast.IndexExpr); ok {
			e = x.X
		}
		s, ok := e.(*ast.SelectorExpr)
		if !ok {
			return false
		}
		x, ok := s.X.(*ast.Ident)
		return ok && x.Name == "atomic"
	}
	if v.Type != nil {
		return stateful(v.Type)
	}
	for _, value := range v.Values {
		if u, ok := value.(*ast.UnaryExpr); ok {
			value = u.X
		}
		switch x := value.(type) {
		case *ast.CompositeLit:
			if stateful(x.Type) {
				return true
			}
		case *ast.CallExpr:
			if name, ok := x.Fun.(*ast.Ident); ok && name.Name == "make" && len(x.Args) > 0 && stateful(x.Args[0]) {
				return true
			}
		}
	}
	return false
}
