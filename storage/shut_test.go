package storage_test

import (
	"errors"
	"testing"

	"github.com/rostod/rostod/storage"
	"github.com/rostod/rostod/storage/storagetest"
)

// Shutting an entry takes its private part away and nothing else: not the other
// entries of the person, not the entry, and no check finds damage. Forgetting
// the person afterwards is as it always is.
func TestShut(t *testing.T) {
	s := storagetest.Open(t)
	person := s.Pseudonym("person")
	log := func(private map[string]string) (index uint64) {
		t.Helper()
		_, err := s.Commit(t.Context(), func(tx *storage.Tx) (err error) {
			index, err = tx.Log(storage.Entry{Kind: "test.done", Actor: "k", Subject: person, Private: private})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return index
	}
	private := func() (open []uint64) {
		t.Helper()
		err := s.View(t.Context(), func(v *storage.View) error {
			for next := uint64(0); ; {
				some, more, err := storage.Private(v, next, 1)
				open = append(open, some...)
				if err != nil || more == 0 {
					return err
				}
				next = more
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		return open
	}
	known := func() (yes bool) {
		t.Helper()
		if err := s.View(t.Context(), func(v *storage.View) (err error) {
			yes, err = storage.Known(v, person)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return yes
	}
	if known() {
		t.Error("got known, want nothing of a person who was never written")
	}
	first, second, bare := log(map[string]string{"name": "Ana"}), log(map[string]string{"name": "Ana"}), log(nil)
	if got := private(); len(got) != 2 || got[0] != first || got[1] != second || !known() {
		t.Fatalf("got %v private, want %d and %d", got, first, second)
	}
	_, err := s.Commit(t.Context(), func(tx *storage.Tx) error {
		if err := errors.Join(tx.Shut(first), tx.Shut(bare), tx.Shut(1000)); err != nil {
			return err
		}
		_, err := tx.Log(storage.Entry{Kind: "test.shut", Actor: "k"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Opening(t.Context(), first); !errors.Is(err, storage.ErrErased) {
		t.Errorf("the shut one: got %v, want ErrErased", err)
	}
	if got, err := s.Opening(t.Context(), second); err != nil || got["name"] != "Ana" {
		t.Errorf("the other one: got %v and %v, want Ana", got, err)
	}
	if got := private(); len(got) != 1 || got[0] != second {
		t.Errorf("got %v private, want %d only", got, second)
	}
	report, err := s.VerifyRecords(t.Context())
	if err != nil || report.Erased != 1 {
		t.Errorf("verify: got %d erased and %v, want 1 and none", report.Erased, err)
	}
	_, err = s.Commit(t.Context(), func(tx *storage.Tx) error {
		if err := tx.Forget(person); err != nil {
			return err
		}
		_, err := tx.Log(storage.Entry{Kind: "test.forgot", Actor: "k"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if report, err = s.VerifyRecords(t.Context()); err != nil || report.Erased != 2 || known() || len(private()) != 0 {
		t.Errorf("forgotten: got %d erased, known %v and %v, want 2, false and none", report.Erased, known(), err)
	}
}
