package gallery

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
	"github.com/rostod/rostod/storage/ann"
)

const (
	// batch is how many rows are put into the index at once when it is built.
	batch = 512
	// mostUnwritten is how many rows only the memory may have before they are
	// written. After a crash they come from the records again.
	mostUnwritten = 4096
)

// follow takes in what was committed since. While somebody else is at it, a
// search goes ahead with what there is and says so in Seen; only the first
// must wait until there is anything.
func (x *Index) follow(ctx context.Context) error {
	if !x.catch.TryLock() {
		if x.ready.Load() {
			return nil
		}
		x.catch.Lock()
	}
	defer x.catch.Unlock()
	return x.catchUp(ctx)
}

// catchUp brings the index to where the journal is. Whoever calls it holds
// catch.
func (x *Index) catchUp(ctx context.Context) error {
	return x.gallery.Store.View(ctx, func(v *storage.View) error {
		at, err := v.Position()
		if err != nil {
			return fmt.Errorf("read the journal's size: %w", err)
		}
		now := uint64(at)
		if !x.ready.Load() {
			if err := x.begin(ctx, v, now); err != nil {
				return err
			}
		}
		if now <= x.flat.Position() {
			return nil
		}
		return x.advance(ctx, v, now)
	})
}

// begin makes the index whole: files of another journal are done away with, an
// empty index is built, damaged segments are rebuilt.
func (x *Index) begin(ctx context.Context, v *storage.View, now uint64) error {
	same, err := x.ours(v)
	if err != nil {
		return err
	}
	if !same {
		if err := x.anew(); err != nil {
			return err
		}
	}
	if x.flat.Position() == 0 {
		if err := x.build(ctx, v); err != nil {
			return err
		}
		x.flat.Advance(now)
	}
	if err := x.rebuild(v); err != nil {
		return err
	}
	x.ready.Store(true)
	return nil
}

// build puts every enrolment into the index.
func (x *Index) build(ctx context.Context, v *storage.View) error {
	waiting := map[ann.Name][]ann.Row{}
	for named, err := range x.all(ctx, v) {
		if err != nil {
			return err
		}
		waiting[named.name] = append(waiting[named.name], named.row)
		if len(waiting[named.name]) == batch {
			if err := x.insert(named.name, waiting[named.name]); err != nil {
				return err
			}
			waiting[named.name] = waiting[named.name][:0]
		}
	}
	for name, rows := range waiting {
		if err := x.insert(name, rows); err != nil {
			return err
		}
	}
	return nil
}

// named is a row and where it belongs.
type named struct {
	name ann.Name
	row  ann.Row
}

// all are the rows of every enrolment that can be found.
func (x *Index) all(ctx context.Context, v *storage.View) iter.Seq2[named, error] {
	return func(yield func(named, error) bool) {
		for row, err := range x.gallery.table.Scan(v, storage.Range{}) {
			switch {
			case ctx.Err() != nil:
				yield(named{}, context.Cause(ctx))
				return
			case isErased(err):
				continue
			case err != nil:
				yield(named{}, fmt.Errorf("read enrolments for the index: %w", err))
				return
			}
			var n named
			if n.name, n.row = x.row(subjectOf(row.Key), row.Value); directed(row.Value) && !yield(n, nil) {
				return
			}
		}
	}
}

// directed says whether an enrolment's template resembles anything, if only
// itself. One that does not is found by no comparison, and not indexed.
func directed(e enrolment) bool {
	t := e.template()
	return engine.Cosine(t, t) > 0
}

// rows are those of one name.
func (x *Index) rows(ctx context.Context, v *storage.View, name ann.Name) iter.Seq2[ann.Row, error] {
	return func(yield func(ann.Row, error) bool) {
		for n, err := range x.all(ctx, v) {
			if (err != nil || n.name == name) && !yield(n.row, err) {
				return
			}
		}
	}
}

func (x *Index) insert(name ann.Name, rows []ann.Row) error {
	if len(rows) == 0 {
		return nil
	}
	segment, err := x.flat.Segment(name, len(rows[0].Vector))
	if err == nil {
		err = segment.Insert(rows...)
	}
	if err != nil && !errors.Is(err, ann.Damaged) { // what is damaged is rebuilt whole
		return fmt.Errorf("index a face: %w", err)
	}
	return nil
}

// advance reads those people again whose enrolments were changed.
func (x *Index) advance(ctx context.Context, v *storage.View, now uint64) error {
	people, gone, err := x.gallery.since(v, x.flat.Position())
	if err != nil {
		return err
	}
	if err := x.drop(gone); err != nil {
		return err
	}
	for _, subject := range people {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		faces, err := x.gallery.faces(v, subject)
		if err != nil {
			return err
		}
		for _, e := range faces {
			if !directed(e) {
				continue
			}
			name, row := x.row(subject, e)
			if err := x.insert(name, []ann.Row{row}); err != nil {
				return err
			}
		}
	}
	if err := x.rebuild(v); err != nil {
		return err
	}
	x.flat.Advance(now)
	return nil
}

// drop takes rows out, wherever they are.
func (x *Index) drop(gone []ann.ID) error {
	if len(gone) == 0 {
		return nil
	}
	x.owes = true
	for _, s := range x.flat.Segments() {
		if _, err := s.Delete(gone...); err != nil && !errors.Is(err, ann.Damaged) {
			return fmt.Errorf("take a face out of the index: %w", err)
		}
	}
	return nil
}

// rebuild makes damaged segments anew.
func (x *Index) rebuild(v *storage.View) error {
	for _, s := range x.flat.Damaged() {
		if err := x.flat.Rebuild(s.Name(), s.Dims(), x.rows(context.Background(), v, s.Name())); err != nil {
			return fmt.Errorf("rebuild a segment of the index: %w", err)
		}
	}
	return nil
}

// mend rebuilds what a search has found damaged.
func (x *Index) mend(ctx context.Context) error {
	x.catch.Lock()
	defer x.catch.Unlock()
	return x.gallery.Store.View(ctx, x.rebuild)
}

// erased brings what was taken out of the records out of the index's files,
// too.
func (x *Index) erased(ctx context.Context) error {
	x.catch.Lock()
	defer x.catch.Unlock()
	if err := x.catchUp(ctx); err != nil {
		return err
	}
	return x.save(ctx)
}

// again is how long work waits when the index could not be brought up to date or
// written, as on a full disk.
const again = time.Second

// work follows the journal, so that nobody's search has to. What it cannot do now
// it tries again: an index that is behind refuses searches, and is no reason for
// the daemon to end.
func (x *Index) work(ctx context.Context) error {
	return x.gallery.Store.Follow(ctx, "gallery.index", func(ctx context.Context, _ []storage.Leaf) error {
		for x.keepUp(ctx) != nil {
			select {
			case <-time.After(again):
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		return nil
	})
}

// keepUp brings the index to where the journal is, and its files when they have
// too little or too much.
func (x *Index) keepUp(ctx context.Context) error {
	x.catch.Lock()
	defer x.catch.Unlock()
	if err := x.catchUp(ctx); err != nil {
		return err
	}
	if x.owes || x.flat.Unflushed() >= mostUnwritten {
		return x.save(ctx)
	}
	return nil
}
