package storagetest

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/rostod/rostod/storage"
)

// pairs is a table of two-part keys, 0..3 by 0..3, as numbers of two digits.
func pairs(t *testing.T, b *bench) {
	t.Helper()
	_, err := b.s.Commit(t.Context(), func(tx *storage.Tx) error {
		for n := range 16 {
			if err := b.things.Put(tx, storage.Subject{byte(n % 4)}, pair(n/4, n%4), Thing{N: n/4*10 + n%4}); err != nil {
				return err
			}
		}
		_, err := tx.Log(noted)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func pair(a, b int) storage.Key { return storage.Path(storage.Text(fmt.Sprint(a)), storage.U8(b)) }
func first(a int) storage.Key   { return storage.Path(storage.Text(fmt.Sprint(a))) }

func numbers(b *bench, r storage.Reader, within storage.Range, most int) ([]int, error) {
	var out []int
	for row, err := range b.things.Scan(r, within) {
		if err != nil {
			return out, err
		}
		if out = append(out, row.Value.N); len(out) == most {
			break
		}
	}
	return out, nil
}

func scans(t *testing.T, b *bench) {
	pairs(t, b)
	tests := []struct {
		name   string
		within storage.Range
		want   []int
	}{
		{"a prefix", storage.Range{Prefix: first(1)}, []int{10, 11, 12, 13}},
		{"a prefix backwards", storage.Range{Prefix: first(1), Reverse: true}, []int{13, 12, 11, 10}},
		{"from a key", storage.Range{Prefix: first(1), From: pair(1, 2)}, []int{12, 13}},
		{"from a key backwards", storage.Range{Prefix: first(1), From: pair(1, 2), Reverse: true}, []int{12, 11, 10}},
		{"after a key", storage.Range{Prefix: first(1), After: pair(1, 2)}, []int{13}},
		{"after a key backwards", storage.Range{Prefix: first(1), After: pair(1, 2), Reverse: true}, []int{11, 10}},
		{"from a key that is not there", storage.Range{Prefix: first(1), From: pair(1, 9)}, nil},
		{"no such prefix", storage.Range{Prefix: first(7)}, nil},
		{"no such prefix backwards", storage.Range{Prefix: first(7), Reverse: true}, nil},
	}
	err := b.s.View(t.Context(), func(v *storage.View) error {
		for _, tt := range tests {
			if got, err := numbers(b, v, tt.within, -1); err != nil || !slices.Equal(got, tt.want) {
				t.Errorf("%s: got %v and %v, want %v", tt.name, got, err, tt.want)
			}
		}
		if got, err := numbers(b, v, storage.Range{}, 5); err != nil || !slices.Equal(got, []int{0, 1, 2, 3, 10}) {
			t.Errorf("the first five: got %v and %v", got, err)
		}
		if got, err := numbers(b, v, storage.Range{Reverse: true}, 2); err != nil || !slices.Equal(got, []int{33, 32}) {
			t.Errorf("the last two: got %v and %v", got, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func scansInCommit(t *testing.T, b *bench) {
	pairs(t, b)
	_, err := b.s.Commit(t.Context(), func(tx *storage.Tx) error {
		if err := b.things.Put(tx, storage.Subject{}, pair(1, 5), Thing{N: 15}); err != nil {
			return err
		}
		if err := b.things.Put(tx, storage.Subject{}, pair(1, 1), Thing{N: 91}); err != nil {
			return err
		}
		if err := b.things.Delete(tx, pair(1, 2)); err != nil {
			return err
		}
		for reverse, want := range map[bool][]int{false: {10, 91, 13, 15}, true: {15, 13, 91, 10}} {
			got, err := numbers(b, tx, storage.Range{Prefix: first(1), Reverse: reverse}, -1)
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("reverse %v: got %v and %v, want %v", reverse, got, err, want)
			}
			got, err = numbers(b, tx, storage.Range{Prefix: first(1), From: pair(1, 2), Reverse: reverse}, -1)
			if want := map[bool][]int{false: {13, 15}, true: {91, 10}}[reverse]; err != nil || !slices.Equal(got, want) {
				t.Errorf("from a deleted key, reverse %v: got %v and %v, want %v", reverse, got, err, want)
			}
		}
		_, err := tx.Log(noted)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func forgetting(t *testing.T, b *bench) {
	ctx := t.Context()
	pairs(t, b)
	if _, err := b.s.Commit(ctx, func(tx *storage.Tx) error {
		_, err := tx.Log(storage.Entry{Kind: "test.seen", Actor: "test", Subject: storage.Subject{2}, Private: map[string]string{"name": "Anna"}})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if got, err := b.s.Opening(ctx, 2); err != nil || got["name"] != "Anna" {
		t.Fatalf("opening: got %v and %v, want Anna", got, err)
	}
	if _, err := b.s.Commit(ctx, func(tx *storage.Tx) error {
		if err := tx.Forget(storage.Subject{2}); err != nil {
			return err
		}
		if _, err := b.things.Get(tx, pair(1, 2)); !errors.Is(err, storage.ErrErased) {
			t.Errorf("in the commit that forgets: got %v, want ErrErased", err)
		}
		// Written again in the same commit: under a new key.
		if err := b.things.Put(tx, storage.Subject{2}, pair(3, 2), Thing{N: 77}); err != nil {
			return err
		}
		if err := tx.Forget(storage.Subject{200}); err != nil {
			t.Errorf("forget a stranger: got %v, want none", err)
		}
		_, err := tx.Log(noted)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	check := func(when string) {
		_, err := b.get(t, pair(1, 2))
		wantErr(t, when+": a record", err, storage.ErrErased)
		_, err = b.s.Opening(ctx, 2)
		wantErr(t, when+": an opening", err, storage.ErrErased)
		if got, err := b.get(t, pair(3, 2)); err != nil || got.N != 77 {
			t.Errorf("%s: the new record: got %v and %v, want 77", when, got, err)
		}
		var erased, alive int
		err = b.s.View(ctx, func(v *storage.View) error {
			// Whose key seals it is known of an erased record, too, and is the one that
			// the journal says was destroyed.
			gone, err := b.things.Row(v, pair(1, 2))
			wantErr(t, when+": a row", err, storage.ErrErased)
			leaves, err := v.Leaves(3, 1)
			if err != nil || len(leaves) != 1 || len(leaves[0].Forgot) != 1 || !bytes.Equal(gone.SealedBy, leaves[0].Forgot[0]) {
				t.Errorf("%s: got a row sealed by %x and the entries %v, want the one key that went", when, gone.SealedBy, leaves)
			}
			for row, err := range b.things.Scan(v, storage.Range{}) {
				switch {
				case errors.Is(err, storage.ErrErased) && len(row.Key) > 0:
					erased++
				case err != nil:
					return err
				default:
					alive++
				}
			}
			return nil
		})
		if err != nil || erased != 3 || alive != 13 {
			t.Errorf("%s: scan: got %d erased, %d alive and %v, want 3, 13 and none", when, erased, alive, err)
		}
	}
	check("after forgetting")
	if got := b.s.State(ctx).ErasuresPending; got != 1 {
		t.Errorf("erasures pending: got %d, want 1", got)
	}
	if err := b.s.Roll(ctx); err != nil {
		t.Fatalf("roll: got %v, want none", err)
	}
	if got := b.s.State(ctx).ErasuresPending; got != 0 {
		t.Errorf("erasures pending after the roll: got %d, want 0", got)
	}
	check("after the roll")
	b.reopen(t)
	check("after reopening")
	if _, err := b.s.Commit(ctx, func(tx *storage.Tx) error { return tx.Forget(storage.Subject{}) }); err == nil {
		t.Error("forget the store's own key: got none, want it refused")
	}
}
