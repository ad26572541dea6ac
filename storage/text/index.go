package text

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// Index is the index, opened. One writes at a time; searches go on meanwhile.
type Index struct {
	cfg Config

	mu    sync.RWMutex // held for writing while parts come and go
	parts map[string]*part
	bad   map[string]bool // parts that are damaged
}

// Open opens what is there. Damaged parts are left for Rebuild.
func Open(c Config) (*Index, error) {
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the search index: %w", err)
	}
	x := &Index{cfg: c, parts: map[string]*part{}, bad: map[string]bool{}}
	entries, err := os.ReadDir(c.Dir)
	if err != nil {
		return nil, fmt.Errorf("read the folder of the search index: %w", err)
	}
	for _, e := range entries {
		name := e.Name()
		switch {
		case !e.IsDir():
		case strings.Contains(name, "."): // half-made, or on its way out when the process ended
			err = wipe(filepath.Join(c.Dir, name))
		default:
			err = x.take(name)
		}
		if err != nil {
			return nil, errors.Join(err, x.Close())
		}
	}
	return x, nil
}

func (x *Index) take(name string) error {
	s, err := x.cfg.Secret(name)
	if err != nil {
		return err
	}
	p, err := openPart(x.dir(name), name, s)
	if errors.Is(err, Damaged) {
		x.bad[name] = true
		return nil
	}
	if err == nil {
		x.parts[name] = p
	}
	return err
}

func (x *Index) dir(name string) string { return filepath.Join(x.cfg.Dir, name) }

// Parts are the names of all parts in their order, damaged ones too.
func (x *Index) Parts() []string {
	x.mu.RLock()
	defer x.mu.RUnlock()
	names := slices.Collect(maps.Keys(x.parts))
	for name := range x.bad {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Damaged are the names of the parts that must be rebuilt.
func (x *Index) Damaged() []string {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return slices.Sorted(maps.Keys(x.bad))
}

// Put puts documents into a part, which is made when it is not there. They are
// on the disk when it answers.
func (x *Index) Put(name string, docs []Document) error {
	p, err := x.part(name)
	if err != nil {
		return err
	}
	return x.cfg.put(p, docs)
}

func (x *Index) part(name string) (*part, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.bad[name] {
		return nil, Damaged
	}
	if p := x.parts[name]; p != nil {
		return p, nil
	}
	if name == "" || strings.ContainsAny(name, "./\\") {
		return nil, fmt.Errorf("a part of the search index cannot be named %q", name)
	}
	s, err := x.cfg.Secret(name)
	if err != nil {
		return nil, err
	}
	p, err := x.cfg.create(x.dir(name), name, s)
	if err == nil {
		x.parts[name] = p
	}
	return p, err
}

// builtAtOnce is how many documents are put in together when a part is built.
const builtAtOnce = 2000

// Rebuild makes a part anew from all of its documents, under the secret that
// it has now, and overwrites and removes the files that it had.
func (x *Index) Rebuild(name string, docs iter.Seq2[Document, error]) (err error) {
	s, err := x.cfg.Secret(name)
	if err != nil {
		return err
	}
	fresh, old := x.dir(name+".new"), x.dir(name+".old")
	if err := errors.Join(wipe(fresh), wipe(old)); err != nil {
		return err
	}
	p, err := x.cfg.create(fresh, name, s)
	if err != nil {
		return err
	}
	err = x.fill(p, docs)
	if err = errors.Join(err, p.files.Close()); err != nil {
		return errors.Join(err, wipe(fresh))
	}
	if err := x.exchange(name, fresh, old, s); err != nil {
		return err
	}
	return wipe(old)
}

func (x *Index) fill(p *part, docs iter.Seq2[Document, error]) error {
	var waiting []Document
	for d, err := range docs {
		if err != nil {
			return err
		}
		if waiting = append(waiting, d); len(waiting) == builtAtOnce {
			if err := x.cfg.put(p, waiting); err != nil {
				return err
			}
			waiting = waiting[:0]
		}
	}
	if len(waiting) == 0 {
		return nil
	}
	return x.cfg.put(p, waiting)
}

// exchange lets the new files take the place of the old ones.
func (x *Index) exchange(name, fresh, old string, s Secret) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if p := x.parts[name]; p != nil {
		if err := p.files.Close(); err != nil {
			return fmt.Errorf("close a part of the search index: %w", err)
		}
		delete(x.parts, name)
	}
	x.bad[name] = true // until the new one is open
	if err := os.Rename(x.dir(name), old); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("put a part of the search index aside: %w", err)
	}
	if err := os.Rename(fresh, x.dir(name)); err != nil {
		return fmt.Errorf("put a part of the search index in its place: %w", err)
	}
	p, err := openPart(x.dir(name), name, s)
	if err != nil {
		return err
	}
	x.parts[name] = p
	delete(x.bad, name)
	return nil
}

// Clear removes everything.
func (x *Index) Clear() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if err := x.closeParts(); err != nil {
		return err
	}
	x.parts, x.bad = map[string]*part{}, map[string]bool{}
	entries, err := os.ReadDir(x.cfg.Dir)
	if err != nil {
		return fmt.Errorf("read the folder of the search index: %w", err)
	}
	for _, e := range entries {
		if err := wipe(x.dir(e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// Close lets go of the files.
func (x *Index) Close() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.closeParts()
}

func (x *Index) closeParts() error {
	var errs []error
	for name, p := range x.parts {
		errs = append(errs, p.files.Close())
		delete(x.parts, name)
	}
	return errors.Join(errs...)
}
