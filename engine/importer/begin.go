package importer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/importer/source"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/storage"
)

// allowed is the path of a source that a caller may import: below the folder,
// and for whoever works on the machine itself any.
func (m *Importer) allowed(by engine.Caller, path string) (string, error) {
	switch {
	case by.Key == engine.Operator && filepath.IsAbs(path):
		return filepath.Clean(path), nil
	case m.Folder == "", !filepath.IsLocal(path):
		return "", ErrElsewhere
	}
	root, err := os.OpenRoot(m.Folder)
	if err != nil {
		return "", fault.Because(source.ErrUnreadable, errors.New("import.folder cannot be opened"))
	}
	_, err = root.Stat(path)
	switch err := errors.Join(err, root.Close()); {
	case errors.Is(err, os.ErrNotExist):
		return "", source.ErrNone
	case err != nil: // also a link that leaves the folder
		return "", ErrElsewhere
	}
	return filepath.Join(m.Folder, path), nil
}

// fresh is a new import of a caller.
func (m *Importer) fresh(by engine.Caller, segment engine.SegmentID, o options) (job, error) {
	if o.Duplicates == "" {
		o.Duplicates = enrolDuplicates
	}
	if segment == "" {
		segment = by.Segment
	}
	now := m.now()
	id, err := engine.NewID[engine.ImportID]("imp", now, m.Random)
	if err != nil {
		return job{}, err
	}
	return job{options: o, ID: id, Org: by.Org, Segment: segment, Key: by.Key, State: waiting, Created: now}, nil
}

// begin writes a new import down and wakes the work. When the same source is
// being imported already, it is that import that is answered.
func (m *Importer) begin(ctx context.Context, j job) (*live, error) {
	if l := m.alike(j); l != nil {
		return l, nil
	}
	if !j.DryRun {
		_, err := m.Store.Commit(ctx, func(tx *storage.Tx) error {
			return m.write(tx, j, "import.created", map[string]any{"duplicates": j.Duplicates, "uploaded": j.Upload != nil})
		})
		if err != nil {
			return nil, fmt.Errorf("begin an import: %w", err)
		}
	}
	l := newLive(j)
	m.mu.Lock()
	m.forgetDry()
	m.lives[j.ID] = l
	m.mu.Unlock()
	select {
	case m.wake <- struct{}{}:
	default:
	}
	return l, nil
}

// mostDryKept is how many dry runs that have ended are kept to be read.
const mostDryKept = 4

// forgetDry makes room for another import. The caller holds mu.
func (m *Importer) forgetDry() {
	var over []engine.ImportID
	for id, l := range m.lives {
		if l.view().State.ended() {
			over = append(over, id)
		}
	}
	slices.Sort(over)
	for _, id := range over[:max(0, len(over)-mostDryKept+1)] {
		delete(m.lives, id)
	}
}

// alike is an import of the same source and kind that is not at its end.
func (m *Importer) alike(j job) *live {
	if j.Path == "" {
		return nil
	}
	for _, l := range m.alive(j.Org, j.DryRun) {
		if o := l.view(); o.Path == j.Path && o.Segment == j.Segment && !o.State.ended() {
			return l
		}
	}
	return nil
}

// alive are the imports of an org that wait or run, and those dry ones that
// have, newest first.
func (m *Importer) alive(org engine.OrgID, dry bool) []*live {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []*live
	for _, l := range m.lives {
		if j := l.view(); j.Org == org && j.DryRun == dry {
			list = append(list, l)
		}
	}
	slices.SortFunc(list, func(a, b *live) int { return strings.Compare(string(b.view().ID), string(a.view().ID)) })
	return list
}

// living is an import of an org that is not only in the store.
func (m *Importer) living(org engine.OrgID, id engine.ImportID) *live {
	m.mu.Lock()
	defer m.mu.Unlock()
	if l := m.lives[id]; l != nil && l.view().Org == org {
		return l
	}
	return nil
}

// view is what a caller may know of an import.
func (j job) view() importView {
	v := importView{
		ID: j.ID, State: j.State, Segment: j.Segment, Duplicates: j.Duplicates, Rate: j.Rate, DryRun: j.DryRun, Uploaded: j.Upload != nil,
		Rows: j.Rows, Counts: j.Counts, Uncompared: j.Unlike, CreatedAt: j.Created, StartedAt: j.Started, EndedAt: j.Ended,
	}
	if j.State == done {
		v.Share = 1
	}
	if j.Failure.Code != "" {
		v.Failure = &j.Failure
	}
	return v
}

// progress is the view of an import with how fast it is, and what is left.
func (l *live) progress(now time.Time) importView {
	l.mu.Lock()
	defer l.mu.Unlock()
	v := l.job.view()
	if !v.State.ended() {
		v.WaitsFor = l.held
	}
	if l.share == nil || l.job.State != running {
		return v
	}
	v.Share = l.share()
	took := now.Sub(l.from.at).Seconds()
	if took > 0 {
		v.Speed = float64(l.job.Rows-l.from.rows) / took
	}
	if part := v.Share - l.from.share; part > 0 && l.job.Rows > l.from.rows {
		left := int(took * (1 - v.Share) / part)
		v.SecondsLeft = &left
	}
	return v
}
