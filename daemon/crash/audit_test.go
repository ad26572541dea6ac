package crash

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rostod/rostod/engine/gallery"
	"github.com/rostod/rostod/storage"
)

// audit opens a copy of what a dead daemon left, and holds everything in it
// against what the clerks wrote down. The daemon then starts from the wreck
// itself.
func (b *books) audit(t *testing.T, data string, clerks []*clerk) {
	t.Helper()
	ctx := t.Context()
	dir := filepath.Join(t.TempDir(), "copy")
	copyFolder(t, data, dir)
	s, err := openStore(ctx, dir)
	if err != nil {
		t.Fatalf("open after the kill: %v", err)
	}
	defer func() {
		if err := errors.Join(s.Close(), os.RemoveAll(dir)); err != nil {
			t.Error(err)
		}
	}()
	if _, err := s.Verify(ctx); err != nil {
		t.Fatalf("verify the journal: %v", err)
	}
	if _, err := s.VerifyRecords(ctx); err != nil {
		t.Fatalf("verify the records: %v", err)
	}
	if err := b.read(ctx, s, clerks); err != nil {
		t.Fatal(err)
	}
	asked := ledgerOf(clerks)
	if lost := asked.lost(b); len(lost) > 0 {
		t.Fatalf("answered and not in the journal: got %d, want 0: %v", len(lost), lost)
	}
	if wrong := asked.secondThoughts(); len(wrong) > 0 {
		t.Fatalf("decided twice: %v", wrong)
	}
	b.unreadable(ctx, t, s)
	indexed(ctx, t, s, dir)
}

// indexed holds the index of faces, caught up, to the records.
func indexed(ctx context.Context, t *testing.T, s *storage.Store, dir string) {
	t.Helper()
	faces, err := gallery.Open(gallery.Config{Store: s, IndexDir: filepath.Join(dir, "index"), Now: time.Now, Random: rand.Reader})
	if err != nil {
		t.Fatalf("open the index after the kill: %v", err)
	}
	if _, err = faces.VerifyIndex(ctx); err != nil {
		t.Fatalf("verify the index: %v", err)
	}
	if err := faces.Close(ctx); err != nil {
		t.Fatal(err)
	}
}

// unreadable holds erasures to their word: of what was erased not even the
// private part of the entry that made it opens.
func (b *books) unreadable(ctx context.Context, t *testing.T, s *storage.Store) {
	t.Helper()
	for id, dead := range b.dead {
		if !dead {
			continue
		}
		if _, err := s.Opening(ctx, b.enrolment[id]); !errors.Is(err, storage.ErrErased) {
			t.Fatalf("private part of the erased %s: got %v, want %v", id, err, storage.ErrErased)
		}
	}
}

// copyFolder copies the files of a data folder; the lock and the socket are
// not part of what it holds.
func copyFolder(t testing.TB, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		target := filepath.Join(to, strings.TrimPrefix(path, from))
		switch {
		case e.IsDir():
			return os.MkdirAll(target, 0o700)
		case !e.Type().IsRegular():
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, data, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
}
