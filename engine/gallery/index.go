package gallery

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
	"github.com/rostod/rostod/storage/ann"
)

// Index finds, of a base, who resembles a face. It is derived from the
// enrolments and follows the journal; docs/INDEX.md walks a search through it.
type Index struct {
	gallery *Gallery
	secrets *storage.Table[secret]
	dir     string
	catch   sync.Mutex // held by the one who brings it up to date; flat is replaced under it before ready
	ready   atomic.Bool
	owes    bool // rows were taken out that the files still have; guarded by catch
	flat    *ann.Index
}

// openIndex opens the files. What they lack, or have too much of, is brought
// into order by the first search, or by Work.
func openIndex(g *Gallery, dir string) (*Index, error) {
	secrets, err := storage.OpenTable[secret](g.Store, secretsPrefix, "gallery.secrets")
	if err != nil {
		return nil, err
	}
	x := &Index{gallery: g, secrets: secrets, dir: dir}
	return x, x.open()
}

func (x *Index) files() string { return filepath.Join(x.dir, "flat") }

func (x *Index) open() (err error) {
	x.flat, err = ann.Open(ann.Config{Dir: x.files(), Secret: x.secret})
	if errors.Is(err, ann.Damaged) {
		return x.anew()
	}
	if err != nil {
		return fmt.Errorf("open the index of faces: %w", err)
	}
	return nil
}

// anew begins with an empty index: all of it comes from the records.
func (x *Index) anew() (err error) {
	if x.flat != nil {
		if err := x.flat.Close(); err != nil {
			return fmt.Errorf("close the index of faces: %w", err)
		}
	}
	if err := ann.Clear(x.files()); err != nil {
		return fmt.Errorf("clear the index of faces: %w", err)
	}
	if x.flat, err = ann.Open(ann.Config{Dir: x.files(), Secret: x.secret}); err != nil {
		return fmt.Errorf("open the index of faces: %w", err)
	}
	return nil
}

// close writes what only the memory has, and lets go of the files.
func (x *Index) close(ctx context.Context) error {
	x.catch.Lock()
	defer x.catch.Unlock()
	var err error
	if x.ready.Load() {
		err = x.save(ctx)
	}
	return errors.Join(err, x.flat.Close())
}

// name is where the templates of a base lie that one model has made.
func (x *Index) name(base engine.Base, model engine.Digest) ann.Name {
	return ann.Name{Segment: x.gallery.Store.Pseudonym("base", string(base.Org), string(base.Segment)), Model: model}
}

// rowID is an enrolment's in the index.
func rowID(id engine.EnrolmentID) ann.ID {
	sum := sha256.Sum256([]byte(id))
	return ann.ID(sum[:16])
}

// row is an enrolment as the index has it, and under which name.
func (x *Index) row(subject storage.Subject, e enrolment) (ann.Name, ann.Row) {
	t := e.template()
	return x.name(engine.Base{Org: e.Org, Segment: e.Segment}, t.Model), ann.Row{ID: rowID(e.ID), Owner: ann.Owner(subject), Vector: t.Vector}
}

// hair is what rounding to float32 can take from a cosine.
const hair = 1e-5

// Search compares a probe with every template of a base and answers those
// people of whom the best is at least atLeast like it (cosine), best first, at
// most so many, and how far it could see. Nobody is left out: the index
// compares exactly, and what it found is computed again from the records.
func (x *Index) Search(ctx context.Context, base engine.Base, probe engine.Template, atLeast float64, most int) (engine.Search, error) {
	if err := x.follow(ctx); err != nil {
		return engine.Search{}, err
	}
	name := x.name(base, probe.Model)
	found := engine.Search{Seen: x.flat.Position()} // before anything is looked up
	for _, s := range x.flat.Segments() {
		if n := s.Name(); n.Segment == name.Segment && n.Model != name.Model {
			found.Unlike += s.Rows()
		}
	}
	segment, ok := x.flat.Find(name)
	if !ok {
		return found, nil
	}
	query := ann.Query{Least: max(atLeast-hair, -1), Exact: true}
	if query.Least == -1 {
		query.Most = most
	}
	result, err := segment.Search(probe.Vector, query)
	if errors.Is(err, ann.Damaged) {
		if err = x.mend(ctx); err == nil {
			result, err = segment.Search(probe.Vector, query)
		}
	}
	if err != nil {
		return engine.Search{}, fmt.Errorf("search the index: %w", err)
	}
	found.Seen, found.Compared = min(found.Seen, result.Seen.Position), result.Seen.Rows
	found.Candidates, err = x.recorded(ctx, base, probe, result.Candidates, atLeast, most)
	return found, err
}

// recorded computes again, from the records, how like the probe those are that
// the index found.
func (x *Index) recorded(ctx context.Context, base engine.Base, probe engine.Template, list []ann.Candidate, atLeast float64, most int) ([]engine.Candidate, error) {
	var kept []engine.Candidate
	err := x.gallery.Store.View(ctx, func(v *storage.View) error {
		for _, c := range list[:min(len(list), 2*most)] {
			faces, err := x.gallery.faces(v, storage.Subject(c.Owner))
			if err != nil {
				return err
			}
			if best, ok := nearest(engine.Person(c.Owner), faces, base, probe); ok && best.Cosine >= atLeast {
				kept = append(kept, best)
			}
		}
		return nil
	})
	return bestFirst(kept, most), err
}

// journal is the file that says how far the index's files had followed, and by
// which journal entry to tell that journal from another one, such as that of an
// older backup.
func (x *Index) journal() string { return filepath.Join(x.dir, "journal") }

// mark is what the file says at a position.
func mark(v *storage.View, position uint64) (string, error) {
	if position == 0 {
		return "0\n", nil
	}
	leaves, err := v.Leaves(position-1, 1)
	if err != nil {
		return "", fmt.Errorf("read the journal for the index: %w", err)
	}
	if len(leaves) == 0 {
		return "", nil
	}
	return fmt.Sprintf("%d %x\n", position, sha256.Sum256(leaves[0].Raw)), nil
}

// ours says whether the index's files follow the journal that there is now.
func (x *Index) ours(v *storage.View) (bool, error) {
	if x.flat.Position() == 0 && len(x.flat.Segments()) == 0 {
		return true, nil
	}
	text, err := os.ReadFile(x.journal())
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read how far the index has followed: %w", err)
	}
	var position uint64
	if _, err := fmt.Sscanf(string(text), "%d", &position); err != nil || position < x.flat.Position() {
		return false, nil //nolint:nilerr // a file that cannot be read says nothing
	}
	want, err := mark(v, position)
	return err == nil && want == string(text), err
}

// save writes what only the memory has. The mark comes first: it may be ahead
// of the files, and not behind them.
func (x *Index) save(ctx context.Context) error {
	var text string
	err := x.gallery.Store.View(ctx, func(v *storage.View) (err error) {
		text, err = mark(v, x.flat.Position())
		return err
	})
	if err == nil {
		err = replaceFile(x.journal(), text)
	}
	if err == nil {
		err = x.flat.Flush()
	}
	if err != nil {
		return fmt.Errorf("write the index of faces: %w", err)
	}
	x.owes = false
	return nil
}

// replaceFile writes a file beside its name and then renames it.
func replaceFile(name, text string) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+"-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
