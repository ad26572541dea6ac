package house

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Dep is one line of deps.txt.
type Dep struct {
	Module  string
	Homes   []string // patterns as in the plan; "tests" is every test, "everywhere" every file
	Licence string
	What    string // what it is for
	Line    int
}

var columns = regexp.MustCompile(`\s{2,}`)

// deps reads the ledger: four columns with two or more spaces between them.
func (h *House) deps() ([]Dep, []Finding) {
	var deps []Dep
	var found []Finding
	seen := map[string]bool{}
	for i, line := range strings.Split(string(h.Deps), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		cells := columns.Split(line, 4)
		if len(cells) != 4 || seen[cells[0]] {
			found = append(found, Finding{File: "deps.txt", Line: i + 1, What: "is not one new line of module, home, licence, what it is for",
				Why: "a library without a reason, a home and a licence was not decided on"})
			continue
		}
		seen[cells[0]] = true
		deps = append(deps, Dep{Module: cells[0], Homes: strings.Split(cells[1], ", "), Licence: cells[2], What: cells[3], Line: i + 1})
	}
	return deps, found
}

// Homes keeps each outside library in the home that deps.txt gives it.
func Homes(h *House) []Finding {
	deps, _ := h.deps()
	var found []Finding
	for _, f := range h.Files {
		for _, i := range f.Imports {
			if _, ours := h.ours(i.Path); ours || standard(i.Path) {
				continue
			}
			if d, ok := owner(deps, i.Path); ok && !d.at(f) {
				found = append(found, Finding{File: f.Path, Line: i.Line,
					What: fmt.Sprintf("imports %s, whose home is %s", i.Path, strings.Join(d.Homes, ", ")),
					Why:  "an outside library has one home, so that it can be replaced, upgraded and reviewed in one place"})
			}
		}
	}
	return found
}

func (d Dep) at(f *File) bool {
	return slices.ContainsFunc(d.Homes, func(home string) bool {
		return home == "everywhere" || home == "tests" && f.Test || holds(home, f.Dir)
	})
}

// owner is the line of deps.txt for an import path: the longest module that
// holds it.
func owner(deps []Dep, importPath string) (Dep, bool) {
	var best Dep
	for _, d := range deps {
		if len(d.Module) > len(best.Module) && holds(d.Module+"/...", importPath) {
			best = d
		}
	}
	return best, best.Module != ""
}

// Ledger compares deps.txt with what go.mod requires and the files import.
func Ledger(h *House) []Finding {
	const why = "every outside library is weighed once, in writing: what it is for, where it lives, under which licence"
	deps, found := h.deps()
	used := map[string]bool{}
	for _, f := range h.Files {
		for _, i := range f.Imports {
			if _, ours := h.ours(i.Path); ours || standard(i.Path) {
				continue
			}
			d, ok := owner(deps, i.Path)
			used[d.Module] = true
			if !ok {
				found = append(found, Finding{File: f.Path, Line: i.Line, What: "imports " + i.Path + ", which has no line in deps.txt", Why: why})
			}
		}
	}
	required := map[string]bool{}
	for _, r := range h.mod.Require {
		required[r.Mod.Path] = true
		listed := slices.ContainsFunc(deps, func(d Dep) bool { return d.Module == r.Mod.Path })
		if !r.Indirect && !listed {
			found = append(found, Finding{File: "go.mod", Line: r.Syntax.Start.Line, What: "requires " + r.Mod.Path + ", which has no line in deps.txt", Why: why})
		}
	}
	for _, d := range deps {
		switch {
		case !required[d.Module]:
			found = append(found, Finding{File: "deps.txt", Line: d.Line, What: d.Module + " is not required by go.mod", Why: why})
		case !used[d.Module]:
			found = append(found, Finding{File: "deps.txt", Line: d.Line, What: d.Module + " is imported by no file", Why: why})
		}
	}
	return found
}
