package house

import (
	"fmt"
	"path"
	"strings"
)

// part is one part of the tree and what it may import from the rest of it.
// In patterns "x" is that package, "x/..." it and everything below, and
// "x/*/..." each directory below it as a part of its own.
type part struct {
	in     string
	may    []string
	stdlib bool // imports no outside library either
	why    string
}

// plan is read from top to bottom; the first part that holds a package decides.
// A part may always import itself.
var plan = []part{
	{in: "client/...", stdlib: true,
		why: "the client is imported by other people's programs: what it needed, they would all need"},
	{in: "cmd/...", may: []string{"daemon/...", "systemd", "internal/fault", "internal/transparency"},
		why: "cmd is the command line and nothing more: it starts the daemon, prints what faults say, and checks proofs without a daemon"},
	{in: "daemon/...", may: []string{"engine/...", "capture/...", "models/...", "storage/...", "internal/...", "client"},
		why: "the daemon runs what lies below it and is known to cmd only"},
	{in: "engine", stdlib: true,
		why: "the root of engine is the vocabulary that everyone speaks; what it needed, everyone would need"},
	{in: "engine/enginetest", may: []string{"engine/...", "storage/...", "internal/..."},
		why: "enginetest opens rooms together for their tests, and knows nothing above them"},
	{in: "engine/*/...", may: []string{"engine", "storage/...", "internal/..."},
		why: "a room never imports another room, capture or models; it states what it needs as a small interface in the words of engine and the daemon passes what fits"},
	{in: "capture/...", may: []string{"engine", "internal/..."},
		why: "capture, models and storage never import each other or a room; the daemon brings them together"},
	{in: "models/...", may: []string{"engine", "internal/..."},
		why: "capture, models and storage never import each other or a room; the daemon brings them together"},
	{in: "storage/ann", may: []string{"internal/fault"},
		why: "the index is derived from the records by a room that follows the journal: it knows vectors and neither records nor faces"},
	{in: "storage/...", may: []string{"internal/fault", "internal/fixture"},
		why: "storage knows bytes and prefixes, not faces: it imports neither engine nor anything that speaks of people"},
	{in: "internal/fault", stdlib: true,
		why: "every package returns faults; what this one needed, every package would need"},
	{in: "internal/room", may: []string{"internal/web", "internal/fault", "engine", "storage"},
		why: "a room hands over what it answers and what it settles inside a transaction, and knows nothing else"},
	{in: "internal/*/...", may: []string{"engine", "internal/..."},
		why: "internal packages are leaves: the floors above stand on them, not they on the floors"},
	{in: "systemd", stdlib: true, why: "systemd holds unit files, not code"},
	{in: "scripts/...", stdlib: true, why: "scripts run before anything was brought"},
	{in: "docs/...", stdlib: true, why: "docs holds pages, not code"},
}

// testsOnly are packages that no shipped file may import.
var testsOnly = map[string]string{
	"client":              "the client is for programs that ask a daemon; the daemon only tests it",
	"internal/fixture":    "fixtures are photographs of people that are never part of the program",
	"internal/house":      "the plan is a test; nothing stands on it",
	"engine/enginetest":   "rooms that are opened together for tests are no rooms of the program",
	"storage/storagetest": "the contract that stores must pass is for tests",
}

// Layers holds the tree to the plan: who may import whom.
func Layers(h *House) []Finding {
	var found []Finding
	for _, f := range h.Files {
		p, ok := partOf(f.Dir)
		if !ok {
			found = append(found, Finding{File: f.Path, What: "is in a directory that the plan does not know",
				Why: "the tree is fixed so that everyone finds things; a new part is entered in docs/ARCHITECTURE.md and internal/house/plan.go first"})
			continue
		}
		for _, i := range f.Imports {
			to, ours := h.ours(i.Path)
			if !ours {
				if p.stdlib && !standard(i.Path) {
					found = append(found, Finding{File: f.Path, Line: i.Line, What: "imports " + i.Path, Why: p.why})
				}
				continue
			}
			if why := testsOnly[to]; why != "" && !f.Test && testsOnly[f.Dir] == "" {
				found = append(found, Finding{File: f.Path, Line: i.Line, What: "imports " + to + " outside tests", Why: why})
			}
			if !p.allows(f, to) {
				found = append(found, Finding{File: f.Path, Line: i.Line, What: fmt.Sprintf("%s imports %s", f.Dir, to), Why: p.why})
			}
		}
	}
	return found
}

func (p part) allows(f *File, to string) bool {
	if same(p.in, f.Dir, to) {
		return true
	}
	for _, pattern := range p.may {
		if holds(pattern, to) {
			return true
		}
	}
	// A floor's tests share what was written for them.
	return f.Test && testsOnly[to] != "" && (to == "internal/fixture" || top(to) == top(f.Dir))
}

// top is the first directory of a path.
func top(dir string) string {
	first, _, _ := strings.Cut(dir, "/")
	return first
}

// partOf is the part of the plan that a directory belongs to.
func partOf(dir string) (part, bool) {
	for _, p := range plan {
		if holds(p.in, dir) {
			return p, true
		}
	}
	return part{}, false
}

// holds says whether dir is one of the packages that the pattern names.
func holds(pattern, dir string) bool {
	root, deep := strings.CutSuffix(pattern, "/...")
	root, each := strings.CutSuffix(root, "/*")
	switch {
	case each:
		return strings.HasPrefix(dir, root+"/")
	case deep:
		return dir == root || strings.HasPrefix(dir, root+"/")
	default:
		return dir == root
	}
}

// same says whether two directories are one part: for "x/*/..." the first
// directory below x must be the same, for the others the pattern decides.
func same(pattern, a, b string) bool {
	if !holds(pattern, b) {
		return false
	}
	root, each := strings.CutSuffix(pattern, "/*/...")
	return !each || below(root, a) == below(root, b)
}

// below is the first directory of dir under root.
func below(root, dir string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(dir, root+"/"), "/")
	return first
}

// ours is the directory of an import that belongs to the module.
func (h *House) ours(importPath string) (dir string, ok bool) {
	if importPath == h.Module {
		return ".", true
	}
	dir, ok = strings.CutPrefix(importPath, h.Module+"/")
	return path.Clean(dir), ok
}

// standard says whether an import path is the standard library's: its first
// element has no dot. "C" is cgo.
func standard(importPath string) bool {
	first, _, _ := strings.Cut(importPath, "/")
	return !strings.Contains(first, ".")
}
