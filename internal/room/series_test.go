package room_test

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// note is a record about a customer.
type note struct {
	Customer engine.CustomerID `json:"customer"`
}

func at(minute int) time.Time { return time.Date(2026, 11, 1, 12, minute, 0, 0, time.UTC) }

// series has notes of two orgs: "bank" one each minute, in turn about one and two;
// that of minute 1 was erased. Under "odd" lies a key that says no time.
func series(t *testing.T) (room.Series[note], *storage.Store) {
	t.Helper()
	store, err := storage.Open(t.Context(), storage.Config{
		Dir: t.TempDir(), Root: bytes.Repeat([]byte{7}, 32), Origin: "rostod/test", MinFree: storage.LeastMinFree,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Errorf("close the store: got %v, want none", err)
		}
	})
	table, err := storage.OpenTable[note](store, 0x20, "notes")
	if err != nil {
		t.Fatal(err)
	}
	s := room.Series[note]{
		Table: table, Kind: engine.DataAttempts, Name: "notes",
		Owner: func(org engine.OrgID) storage.Subject { return store.Pseudonym(string(org)) },
		Made: func(rest []byte) (string, time.Time, bool) {
			if len(rest) != 8 {
				return "", time.Time{}, false
			}
			when := time.Unix(int64(binary.BigEndian.Uint64(rest)), 0).UTC()
			return when.Format(time.TimeOnly), when, true
		},
		Customer: func(n note) engine.CustomerID { return n.Customer },
	}
	erased := store.Pseudonym("somebody")
	commit := func(do func(tx *storage.Tx) error) {
		t.Helper()
		_, err := store.Commit(t.Context(), func(tx *storage.Tx) error {
			if _, err := tx.Log(storage.Entry{Kind: "test", Actor: "test"}); err != nil {
				return err
			}
			return do(tx)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	commit(func(tx *storage.Tx) error {
		for org, minutes := range map[engine.OrgID][]int{"bank": {0, 1, 2, 3}, "shop": {0}} {
			for _, m := range minutes {
				seal := storage.Subject{}
				if m == 1 {
					seal = erased
				}
				owner := s.Owner(org)
				key := binary.BigEndian.AppendUint64(owner[:], uint64(at(m).Unix()))
				if err := table.Put(tx, seal, key, note{[]engine.CustomerID{"one", "two"}[m%2]}); err != nil {
					return err
				}
			}
		}
		owner := s.Owner("odd")
		return table.Put(tx, storage.Subject{}, append(owner[:], 'x'), note{"one"})
	})
	commit(func(tx *storage.Tx) error { return tx.Forget(erased) })
	return s, store
}

// Due stops at what is not due yet, leaves out orgs that keep for ever, and passes
// what was erased without a customer.
func TestSeriesDue(t *testing.T) {
	s, store := series(t)
	for _, tt := range []struct {
		name string
		orgs []engine.OrgID
		age  time.Time
		want []string
		bad  bool
	}{
		{"before the first", []engine.OrgID{"bank", "shop"}, at(0), nil, false},
		{"two, one of them erased", []engine.OrgID{"bank"}, at(2), []string{"12:00:00 one", "12:01:00 "}, false},
		{"of two orgs", []engine.OrgID{"shop", "bank"}, at(1), []string{"12:00:00 one", "12:00:00 one"}, false},
		{"for ever", []engine.OrgID{"bank"}, time.Time{}, nil, false},
		{"a key without a time", []engine.OrgID{"odd"}, at(2), nil, true},
	} {
		var got []string
		var failed error
		err := store.View(t.Context(), func(v *storage.View) error {
			ages := func(engine.DataKind, engine.OrgID) time.Time { return tt.age }
			for k, err := range s.Due(v, tt.orgs, ages) {
				if failed = err; err == nil {
					got = append(got, k.ID+" "+string(k.Customer))
				}
			}
			return nil
		})
		if err != nil || !slices.Equal(got, tt.want) || (failed != nil) != tt.bad {
			t.Errorf("%s: got %q and %v, want %q", tt.name, got, failed, tt.want)
		}
	}
}

func TestSeriesTell(t *testing.T) {
	s, store := series(t)
	var got []any
	err := store.View(t.Context(), func(v *storage.View) error {
		for one, err := range s.Tell(v, "bank", "one") {
			if err != nil {
				return err
			}
			got = append(got, one)
		}
		return nil
	})
	if want := []any{note{"one"}, note{"one"}}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v and %v, want the two notes about one", got, err)
	}
}
