package house

import (
	"fmt"
	"go/ast"
	"path"
	"regexp"
	"strings"
)

// vocabulary are packages that answer no question, because they are the words
// in which the others ask.
var vocabulary = map[string]bool{"engine": true}

// Docs asks each package for the question it answers, in doc.go. A command
// says in main.go what it starts.
func Docs(h *House) []Finding {
	const why = "a package answers one question, and its doc.go asks it; a package that cannot say which answers several or none"
	var found []Finding
	for _, p := range h.packages() {
		if len(p.Files) == 0 {
			continue
		}
		doc := p.file("doc.go")
		switch {
		case p.Name() == "main":
			if !documented(p) {
				found = append(found, Finding{File: p.Dir, What: "has no package comment", Why: "a command says what it starts"})
			}
		case doc == nil || doc.Tree.Doc == nil:
			found = append(found, Finding{File: p.Dir, What: "has no doc.go with a package comment", Why: why})
		case !vocabulary[p.Dir] && !strings.Contains(flow(doc.Tree.Doc), "answers one question"):
			found = append(found, Finding{File: doc.Path, What: `does not say which question the package answers ("Package ` + p.Name() + ` answers one question: ...?")`, Why: why})
		}
	}
	return found
}

func documented(p *Package) bool {
	for _, f := range p.Files {
		if f.Tree.Doc != nil {
			return true
		}
	}
	return false
}

// flow is a comment's text with its line breaks as spaces.
func flow(c *ast.CommentGroup) string { return strings.Join(strings.Fields(c.Text()), " ") }

// Rooms asks each directory directly below engine for the shape of a room.
func Rooms(h *House) []Finding {
	var found []Finding
	for _, p := range h.packages() {
		if path.Dir(p.Dir) != "engine" || testsOnly[p.Dir] != "" || len(p.Files) == 0 {
			continue
		}
		door := p.file("room.go")
		if door == nil || !declares(door, "Open") || !(declares(door, "Room") || mentions(door, "room", "Room")) {
			found = append(found, Finding{File: path.Join(p.Dir, "room.go"), What: "does not have Open and a Room",
				Why: "every room is opened the same way and hands the daemon a room.Room, so that a capability is one folder and two lines in daemon/rooms.go"})
		}
	}
	return found
}

// declares says whether a function, method or type of that name stands at the
// top of the file.
func declares(f *File, name string) bool {
	for _, d := range f.Tree.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Name.Name == name {
				return true
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				if t, ok := s.(*ast.TypeSpec); ok && t.Name.Name == name {
					return true
				}
			}
		}
	}
	return false
}

// mentions says whether the file uses the name of an imported package.
func mentions(f *File, pkg, name string) bool {
	hit := false
	ast.Inspect(f.Tree, func(n ast.Node) bool {
		hit = hit || selects(n, pkg, name)
		return !hit
	})
	return hit
}

// selects says whether a node is pkg.name.
func selects(n ast.Node, pkg, name string) bool {
	s, ok := n.(*ast.SelectorExpr)
	if !ok || s.Sel.Name != name {
		return false
	}
	x, ok := s.X.(*ast.Ident)
	return ok && x.Name == pkg
}

var empty = regexp.MustCompile(`^(utils?|commons?|helpers?|misc|shared|base|lib|stuff)$`)

// Names refuses package names that say nothing.
func Names(h *House) []Finding {
	var found []Finding
	for _, p := range h.packages() {
		if empty.MatchString(path.Base(p.Dir)) || empty.MatchString(p.Name()) {
			found = append(found, Finding{File: p.Dir, What: "has a name that says nothing",
				Why: "such a package answers no question, so everything ends up in it; put each thing where its question is asked"})
		}
	}
	return found
}

const (
	longest     = 400 // lines of a file
	longestMain = 60  // lines of cmd/rostod/main.go
)

// lists are files that may be longer, each because it is a list and no story.
var lists = map[string]string{}

// Lengths refuses files that cannot be read in one sitting.
func Lengths(h *House) []Finding {
	var found []Finding
	for _, f := range h.Files {
		switch {
		case f.Path == "cmd/rostod/main.go" && f.Lines >= longestMain:
			found = append(found, Finding{File: f.Path, What: fmt.Sprintf("has %d lines of fewer than %d", f.Lines, longestMain),
				Why: "main only starts things; what it decides cannot be tested, and belongs in the daemon"})
		case f.Lines > longest && lists[f.Path] == "" && !ast.IsGenerated(f.Tree):
			found = append(found, Finding{File: f.Path, What: fmt.Sprintf("has %d lines of at most %d", f.Lines, longest),
				Why: "a file that long tells more than one story; if it is a list, name it in internal/house/shape.go with the reason"})
		}
	}
	return found
}

var unfinished = regexp.MustCompile(`\b(TODO|FIXME|XXX|HACK)\b`)

// Unfinished refuses comments that put work off.
func Unfinished(h *House) []Finding {
	var found []Finding
	for _, f := range h.Files {
		for _, group := range f.Tree.Comments {
			for _, c := range group.List {
				if mark := unfinished.FindString(c.Text); mark != "" {
					found = append(found, Finding{File: f.Path, Line: h.line(c), What: "puts work off (" + mark + ")",
						Why: "what is here is finished; what is not is written down where it is planned"})
				}
			}
		}
	}
	return found
}
