package house

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/modfile"
)

// House is a module's Go files, read but not compiled.
type House struct {
	Module string  // module path of go.mod
	Files  []*File // sorted by path
	Deps   []byte  // deps.txt
	mod    *modfile.File
	fset   *token.FileSet
}

// File is one Go file.
type File struct {
	Path    string // slash-separated, from the module's root
	Dir     string // "." for the root
	Test    bool   // its name ends in _test.go
	Lines   int
	Tree    *ast.File
	Imports []Import
}

// Import is one import, and the line it stands on.
type Import struct {
	Path string
	Line int
}

// Finding is one place where the tree departs from the plan.
type Finding struct {
	Rule string // the name of the rule
	File string
	Line int // 0: the file or directory as a whole
	What string
	Why  string
}

// String is the finding as a compiler would print it, with the reason.
func (f Finding) String() string {
	at := f.File
	if f.Line > 0 {
		at += ":" + strconv.Itoa(f.Line)
	}
	return fmt.Sprintf("%s: %s: %s\n\twhy: %s", at, f.Rule, f.What, f.Why)
}

// Read parses the module at the root of fsys. Directories that the go command
// ignores, and those that hold other modules, are not part of the house.
func Read(fsys fs.FS) (*House, error) {
	mod, err := fs.ReadFile(fsys, "go.mod")
	if err != nil {
		return nil, err
	}
	h := &House{fset: token.NewFileSet()}
	if h.mod, err = modfile.Parse("go.mod", mod, nil); err != nil {
		return nil, err
	}
	h.Module = h.mod.Module.Mod.Path
	if h.Deps, err = fs.ReadFile(fsys, "deps.txt"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	err = fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && outside(fsys, name):
			return fs.SkipDir
		case d.IsDir() || path.Ext(name) != ".go":
			return nil
		}
		return h.read(fsys, name)
	})
	slices.SortFunc(h.Files, func(a, b *File) int {
		return cmp.Or(strings.Compare(a.Dir, b.Dir), strings.Compare(a.Path, b.Path))
	})
	return h, err
}

func outside(fsys fs.FS, dir string) bool {
	if dir == "." {
		return false
	}
	base := path.Base(dir)
	if strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") || base == "testdata" || base == "node_modules" {
		return true
	}
	_, err := fs.Stat(fsys, path.Join(dir, "go.mod"))
	return err == nil
}

func (h *House) read(fsys fs.FS, name string) error {
	src, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	tree, err := parser.ParseFile(h.fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	f := &File{
		Path:  name,
		Dir:   path.Dir(name),
		Test:  strings.HasSuffix(name, "_test.go"),
		Lines: h.fset.File(tree.FileStart).LineCount(),
		Tree:  tree,
	}
	for _, spec := range tree.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return fmt.Errorf("%s: import %s: %w", name, spec.Path.Value, err)
		}
		f.Imports = append(f.Imports, Import{p, h.line(spec)})
	}
	h.Files = append(h.Files, f)
	return nil
}

func (h *House) line(n ast.Node) int { return h.fset.Position(n.Pos()).Line }

// packages groups the files by directory.
func (h *House) packages() []*Package {
	var all []*Package
	for _, f := range h.Files {
		if n := len(all); n == 0 || all[n-1].Dir != f.Dir {
			all = append(all, &Package{Dir: f.Dir})
		}
		p := all[len(all)-1]
		if f.Test {
			p.Tests = append(p.Tests, f)
		} else {
			p.Files = append(p.Files, f)
		}
	}
	return all
}

// Package is one directory of Go files.
type Package struct {
	Dir   string
	Files []*File // without the tests
	Tests []*File
}

// Name is what the package clause says, of a package that is not only tests.
func (p *Package) Name() string {
	if len(p.Files) == 0 {
		return ""
	}
	return p.Files[0].Tree.Name.Name
}

// file finds a file by its base name, or nil.
func (p *Package) file(base string) *File {
	for _, f := range p.Files {
		if path.Base(f.Path) == base {
			return f
		}
	}
	return nil
}
