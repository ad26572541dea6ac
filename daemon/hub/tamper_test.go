package hub

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rostod/rostod/engine/upstream"
	"github.com/rostod/rostod/engine/upstream/batch"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/transparency"
	"github.com/rostod/rostod/storage"
)

// entry writes one entry.
func (s *site) entry(t testing.TB, what string) {
	t.Helper()
	_, err := s.store.Commit(t.Context(), func(tx *storage.Tx) error {
		_, err := tx.Log(storage.Entry{Kind: "test", Actor: "system", Public: map[string]any{"what": what}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// forgery is a branch whose whole data folder was put back to yesterday, by somebody
// who has its root key and its log's key, and who wrote today again as they liked.
func forgery(t *testing.T, today []string) (*headquarters, *site) {
	t.Helper()
	hq, s := enrolled(t, 20)
	s.sent(t)
	s.stop()
	yesterday := copyFolder(t, s.dir)
	s = openSite(t, s.dir, hq)
	for _, what := range []string{"a", "b", "c", "d"} {
		s.entry(t, what)
	}
	s.sent(t)
	s.stop()
	forged := openSite(t, yesterday, hq, func(c *upstream.Config) { c.Courier = nil })
	for _, what := range today {
		forged.entry(t, what)
	}
	forged.stop()
	return hq, openSite(t, yesterday, hq)
}

// What was co-signed cannot be taken back: the hub names the branch, with two
// checkpoints that it signed; the branch itself is told, and can tell an auditor.
func TestRewritten(t *testing.T) {
	for _, tt := range []struct {
		name  string
		today []string
		want  batch.Standing
	}{
		{"yesterday's backup put back", nil, batch.RolledBack},
		{"put back, and less was written than there was", []string{"a", "b"}, batch.RolledBack},
		{"a value changed", []string{"a", "b", "C", "d"}, batch.Forked},
		{"a row deleted, and others written", []string{"a", "c", "d", "e", "f"}, batch.Forked},
		{"two rows reordered", []string{"a", "c", "b", "d"}, batch.Forked},
	} {
		t.Run(tt.name, func(t *testing.T) {
			hq, s := forgery(t, tt.today)
			st := s.until(t, "the branch to know", func(st upstream.Status) bool { return st.Standing == tt.want })
			s.until(t, "the hub to know", func(upstream.Status) bool { return hq.branch(t).Standing != batch.Sound })
			v := hq.branch(t)
			if v.Standing != tt.want || v.Why == "" || v.Complete || v.Evidence == nil {
				t.Fatalf("got %+v, want %s, why, and evidence", v, tt.want)
			}
			for what, signed := range map[string]string{"co-signed": v.Evidence.Cosigned, "against": v.Evidence.Against} {
				if _, err := transparency.OpenCheckpoint([]byte(signed), s.key(t)); err != nil {
					t.Errorf("the checkpoint %s: got %v, want that the branch signed it", what, err)
				}
			}
			// Nothing of it was co-signed, and no more is.
			s.entry(t, "more")
			if after := hq.branch(t); after.Size != v.Size || st.Accepted > v.Size {
				t.Errorf("got %d entries co-signed, want no more than %d", after.Size, v.Size)
			}
			// rostod audit verify holds this against the journal.
			then, err := transparency.OpenCheckpoint(s.up.Cosigned(), s.key(t))
			if err != nil || then.Size != v.Size {
				t.Errorf("got a checkpoint of %d and %v, want that of %d", then.Size, err, v.Size)
			}
			if _, err := hq.Verify(t.Context(), "branch-17"); err != nil {
				t.Errorf("what was co-signed: got %v, want it whole", err)
			}
		})
	}
}

// A branch whose older copy was put back learns how far the other end had come, keeps
// that over a start without a link, and gets every erasure of it from headquarters,
// each proved by its own key.
func TestErasuresOfAnotherEnd(t *testing.T) {
	hq, s := enrolled(t, 20)
	s.sent(t)
	s.stop()
	yesterday := copyFolder(t, s.dir)
	s = openSite(t, s.dir, hq)
	if n := s.up.OtherEnd().Size; n != 0 {
		t.Errorf("a sound journal: got another end of %d entries, want none", n)
	}
	for _, kind := range []string{"person.erased", "test", "person.erased"} {
		s.write(t, 1, kind)
	}
	s.sent(t)
	size := s.size(t)
	s.stop()

	s = openSite(t, yesterday, hq)
	s.until(t, "the branch to know", func(upstream.Status) bool { return s.up.OtherEnd().Size == size })
	s.stop()
	s = openSite(t, yesterday, hq, func(c *upstream.Config) { c.Courier = nil })
	if n := s.up.OtherEnd().Size; n != size {
		t.Errorf("started without a link: got another end of %d entries, want %d", n, size)
	}
	list, err := hq.Erasures(t.Context(), "branch-17")
	if err != nil {
		t.Fatal(err)
	}
	of, receipts, err := transparency.OpenErasureList(list, hq.keys.Cosigner)
	if err != nil || of != s.up.OtherEnd() || len(receipts) != 2 {
		t.Fatalf("got %d erasures of %+v and %v, want 2 of %+v", len(receipts), of, err, s.up.OtherEnd())
	}
	for _, r := range receipts {
		e, _, err := transparency.OpenReceipt(r, s.key(t))
		if err != nil || !strings.Contains(string(e.Leaf), `"person.erased"`) {
			t.Errorf("got %s and %v, want a proved erasure", e.Leaf, err)
		}
	}
	if _, _, err := transparency.OpenErasureList(list[:len(list)-1], hq.keys.Cosigner); err != nil {
		t.Errorf("without the last line's end: got %v, want it whole", err)
	}
	cut := list[:bytes.LastIndexByte(list[:len(list)-1], '\n')+1]
	if _, _, err := transparency.OpenErasureList(cut, hq.keys.Cosigner); !errors.Is(err, transparency.ErrMalformed) {
		t.Errorf("a list that lacks one: got %v, want it refused", err)
	}
}

// A branch that was named begins anew only when somebody says why, and both
// histories are kept.
func TestRestart(t *testing.T) {
	hq, s := forgery(t, nil)
	s.until(t, "the hub to know", func(upstream.Status) bool { return hq.branch(t).Standing == batch.RolledBack })
	s.stop()
	if _, err := hq.Restart(t.Context(), "branch-17", ""); !errors.Is(err, ErrReason) {
		t.Errorf("without a reason: got %v, want that one is asked for", err)
	}
	if _, err := hq.Restart(t.Context(), "branch-17", "the technician put the backup back"); err != nil {
		t.Fatal(err)
	}
	s = openSite(t, s.dir, hq)
	s.sent(t)
	same(t, hq, s)
	if folders, err := os.ReadDir(filepath.Join(hq.dir, "archive")); err != nil || len(folders) != 2 {
		t.Errorf("got %d folders and %v, want what was and what is", len(folders), err)
	}
	if _, err := hq.Restart(t.Context(), "branch-17", "again"); !errors.Is(err, ErrSound) {
		t.Errorf("when all is sound: got %v, want that there is no reason", err)
	}
}

// resigned is a batch with its entries as somebody made them, signed as they can.
func resigned(t *testing.T, s *site, sign batch.Sign, change func(*batch.Batch)) []byte {
	t.Helper()
	v, err := batch.Open(s.large(t), s.key(t))
	if err != nil {
		t.Fatal(err)
	}
	change(&v.Batch)
	wire, err := v.Batch.Bytes(sign)
	if err != nil {
		t.Fatal(err)
	}
	return wire
}

// large is a batch that was sent, of some entries.
func (s *site) large(t *testing.T) []byte {
	t.Helper()
	for _, wire := range s.way.seen {
		if v, err := batch.Open(wire, s.key(t)); err == nil && len(v.Entries) > 5 {
			return wire
		}
	}
	t.Fatal("no batch of more than five entries was sent")
	return nil
}

// What is not what was signed is refused, with a name for what is wrong, and changes
// nothing.
func TestRefused(t *testing.T) {
	hq, s := enrolled(t, 1)
	s.sent(t)
	s.together(t, 10, "test")
	s.sent(t)
	s.stop()
	before := hq.branch(t)
	own := s.signer(t)
	wrong := func(kind string, lines ...string) ([]byte, error) {
		return transparency.State(before.Log, bytes.Repeat([]byte{3}, 32), kind, lines...)
	}
	stranger := func(kind string, lines ...string) ([]byte, error) {
		return transparency.State("rostod/0000", bytes.Repeat([]byte{3}, 32), kind, lines...)
	}
	whole := s.large(t)
	flipped := bytes.Clone(whole)
	flipped[len(flipped)/2] ^= 1
	for _, tt := range []struct {
		name string
		wire []byte
		want *fault.Fault
	}{
		{"a byte flipped on the way", flipped, ErrProof},
		{"cut off", whole[:len(whole)-9], ErrMalformed},
		{"nothing", nil, ErrMalformed},
		{"an entry changed", resigned(t, s, own, func(b *batch.Batch) {
			b.Entries[3] = bytes.Replace(b.Entries[3], []byte(`"test"`), []byte(`"tEst"`), 1)
		}), ErrProof},
		{"an entry deleted", resigned(t, s, own, func(b *batch.Batch) { b.Entries = append(b.Entries[:3:3], b.Entries[4:]...) }), ErrProof},
		{"an entry deleted, and the end moved", resigned(t, s, own, func(b *batch.Batch) { b.Entries = append(b.Entries[:3:3], b.Entries[4:]...); b.To-- }), ErrProof},
		{"two entries reordered", resigned(t, s, own, func(b *batch.Batch) { b.Entries[3], b.Entries[4] = b.Entries[4], b.Entries[3] }), ErrProof},
		{"another place", resigned(t, s, own, func(b *batch.Batch) { b.From, b.To, b.Size = b.From+1, b.To+1, b.Size+1 }), ErrProof},
		{"private values that were never there", resigned(t, s, own, func(b *batch.Batch) { b.Openings = []byte("rubbish") }), ErrMalformed},
		{"signed with a wrong key", resigned(t, s, wrong, func(*batch.Batch) {}), ErrNotSigned},
		{"signed by another log", resigned(t, s, stranger, func(*batch.Batch) {}), ErrUnknownBranch},
	} {
		if _, err := hq.Take(t.Context(), tt.wire); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.want.Code)
		}
		if after := hq.branch(t); fmt.Sprint(after) != fmt.Sprint(before) {
			t.Errorf("%s: got %+v, want nothing changed", tt.name, after)
		}
	}
}

// What was altered in the archive is named by its file.
func TestArchiveDamaged(t *testing.T) {
	files := func(t *testing.T, hq *headquarters) []string {
		t.Helper()
		list, err := filepath.Glob(filepath.Join(hq.dir, "archive", "*", "*.batch"))
		if err != nil || len(list) < 3 {
			t.Fatalf("got %d files and %v, want some", len(list), err)
		}
		return list
	}
	must := func(t *testing.T, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	flip := func(t *testing.T, name string, at int) {
		t.Helper()
		b, err := os.ReadFile(name)
		must(t, err)
		b[(at+len(b))%len(b)] ^= 1
		must(t, os.WriteFile(name, b, 0o600))
	}
	for _, tt := range []struct {
		name string
		harm func(t *testing.T, list []string)
		want string // in the hint, after the file's name
	}{
		{"a byte flipped", func(t *testing.T, list []string) { flip(t, list[1], 100) }, "was altered"},
		{"a file deleted", func(t *testing.T, list []string) { must(t, os.Remove(list[1])) }, "is missing"},
		{"two files exchanged", func(t *testing.T, list []string) {
			must(t, os.Rename(list[1], list[1]+"x"))
			must(t, os.Rename(list[2], list[1]))
			must(t, os.Rename(list[1]+"x", list[2]))
		}, "was altered"},
		{"a hash flipped", func(t *testing.T, list []string) { flip(t, filepath.Join(filepath.Dir(list[0]), "hashes"), -1) }, "do not lead to the root"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			hq, s := enrolled(t, 3)
			for range 3 {
				s.write(t, 3, "test")
				s.sent(t)
			}
			s.stop()
			if _, err := hq.Verify(t.Context(), "branch-17"); err != nil {
				t.Fatalf("before: got %v, want none", err)
			}
			tt.harm(t, files(t, hq))
			_, err := hq.Verify(t.Context(), "branch-17")
			if f := fault.Of(err); f == nil || f.Code != ErrArchive.Code || !strings.Contains(f.Hint, tt.want) || !strings.Contains(f.Hint, "branch-17") {
				t.Errorf("got %v, want %s and that it %s", err, ErrArchive.Code, tt.want)
			}
		})
	}
}
