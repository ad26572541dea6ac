package house

import (
	"go/ast"
)

// Inits refuses functions that run before main.
func Inits(h *House) []Finding {
	var found []Finding
	for _, f := range h.Files {
		for _, d := range f.Tree.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				found = append(found, Finding{File: f.Path, Line: h.line(fn), What: "has a func init",
					Why: "what runs because a package was imported cannot be ordered, configured, tested or left out; open it by name"})
			}
		}
	}
	return found
}

// raised are files that pass on a panic, each with the reason.
var raised = map[string]string{
	"storage/commit.go": "what a caller's function panicked with in the committer surfaces in the caller's goroutine",
}

// Panics refuses panic outside tests. http.ErrAbortHandler is net/http's own
// way to cut an answer short.
func Panics(h *House) []Finding {
	return h.calls(func(f *File) bool { return shipped(f) && raised[f.Path] == "" }, func(c *ast.CallExpr) bool {
		name, ok := c.Fun.(*ast.Ident)
		return ok && name.Name == "panic" && len(c.Args) == 1 && !selects(c.Args[0], "http", "ErrAbortHandler")
	}, "calls panic", "a panic takes down every other request; return an error that says what was tried")
}

// Exits refuses to end the process anywhere but in a command.
func Exits(h *House) []Finding {
	return h.calls(func(f *File) bool { return shipped(f) && f.Tree.Name.Name != "main" }, func(c *ast.CallExpr) bool {
		return selects(c.Fun, "os", "Exit") || selects(c.Fun, "log", "Fatal") || selects(c.Fun, "log", "Fatalf") || selects(c.Fun, "log", "Fatalln")
	}, "ends the process", "only package main ends the process: below it, ending skips the closing of storage")
}

// Sleeps refuses tests that wait for the clock. Inside synctest.Test the clock
// is not the real one, and sleeping there costs nothing.
func Sleeps(h *House) []Finding {
	var found []Finding
	for _, f := range h.Files {
		if !f.Test {
			continue
		}
		ast.Inspect(f.Tree, func(n ast.Node) bool {
			c, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if selects(c.Fun, "time", "Sleep") {
				found = append(found, Finding{File: f.Path, Line: h.line(c), What: "sleeps",
					Why: "a test that sleeps is slow when the machine is fast and wrong when it is slow; wait for the event, or use testing/synctest"})
			}
			return !selects(c.Fun, "synctest", "Test")
		})
	}
	return found
}

// shipped says whether a file ends up in the program.
func shipped(f *File) bool {
	return !f.Test && testsOnly[f.Dir] == ""
}

// calls finds the calls that match in the files that are asked for.
func (h *House) calls(in func(*File) bool, match func(*ast.CallExpr) bool, what, why string) []Finding {
	var found []Finding
	for _, f := range h.Files {
		if !in(f) {
			continue
		}
		ast.Inspect(f.Tree, func(n ast.Node) bool {
			if c, ok := n.(*ast.CallExpr); ok && match(c) {
				found = append(found, Finding{File: f.Path, Line: h.line(c), What: what, Why: why})
			}
			return true
		})
	}
	return found
}
