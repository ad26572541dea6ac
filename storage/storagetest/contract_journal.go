package storagetest

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/rostod/rostod/storage"
)

func journal(t *testing.T, b *bench) {
	ctx := t.Context()
	// Later than the first entry, which the real clock dates: no clock.moved between.
	at := time.Date(2076, 3, 4, 5, 6, 7, 8000, time.FixedZone("", 3600))
	b.config.Now = func() time.Time { return at }
	b.reopen(t)
	for n := range 40 {
		if _, err := b.s.Commit(ctx, func(tx *storage.Tx) error {
			if err := b.things.Put(tx, storage.Subject{1}, key(n), Thing{"Anna", n}); err != nil {
				return err
			}
			_, err := tx.Log(storage.Entry{
				Kind: "test.noted", Org: "o", Actor: "a", Subject: storage.Subject{1},
				Public:  map[string]any{"z": 9007199254740993, "a": "<ü>"},
				Private: map[string]string{"name": "Anna"},
			})
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	leaves, err := b.s.Leaves(ctx, 1, 1000)
	if err != nil || len(leaves) != 40 {
		t.Fatalf("leaves: got %d and %v, want 40", len(leaves), err)
	}
	l := leaves[7]
	if l.Index != 8 || l.Kind != "test.noted" || l.Org != "o" || l.Actor != "a" || !l.Time.Equal(at) || len(l.Writes) != 1 {
		t.Errorf("leaf: got %+v", l)
	}
	if got, want := string(l.Public), `{"a":"<ü>","z":9007199254740993}`; got != want {
		t.Errorf("public: got %s, want %s", got, want)
	}
	same := jsontext.Value(strings.Clone(string(l.Raw)))
	if err := same.Canonicalize(jsontext.CanonicalizeRawInts(false)); err != nil || string(same) != string(l.Raw) {
		t.Errorf("the leaf: got %s, want it canonical: %s", l.Raw, same)
	}
	if strings.Contains(string(l.Raw), "Anna") {
		t.Errorf("the leaf: got a private value in %s", l.Raw)
	}
	if r, err := b.s.Verify(ctx); err != nil || r.Leaves != 41 {
		t.Errorf("verify: got %d leaves and %v, want 41", r.Leaves, err)
	}
	if head := b.s.Head(); head.Size != 41 {
		t.Errorf("head: got %d entries, want 41", head.Size)
	}
	if got, err := b.s.Opening(ctx, 8); err != nil || got["name"] != "Anna" {
		t.Errorf("opening: got %v and %v", got, err)
	}
	_, err = b.s.Opening(ctx, 1000)
	wantErr(t, "opening of no entry", err, storage.ErrNotFound)
	// Salted: the same value twice is not the same commitment.
	if string(leaves[1].Commitments["name"]) == string(leaves[2].Commitments["name"]) {
		t.Error("commitments to one value: got the same twice, want them salted")
	}
	unsalted := hmac.New(sha256.New, nil)
	unsalted.Write([]byte("name\x00Anna"))
	if string(unsalted.Sum(nil)) == string(l.Commitments["name"]) {
		t.Error("commitment: got it without a salt")
	}
}

func following(t *testing.T, b *bench) {
	ctx, cancel := context.WithCancel(t.Context())
	got := make(chan uint64)
	ended := make(chan error, 1)
	go func() {
		ended <- b.s.Follow(ctx, "f", func(_ context.Context, ls []storage.Leaf) error {
			for _, l := range ls {
				got <- l.Index
			}
			return nil
		})
	}()
	if n := <-got; n != 0 {
		t.Errorf("first leaf: got %d, want 0", n)
	}
	for n := range 5 {
		b.put(t, storage.Subject{1}, key(n), Thing{})
		if at := <-got; at != uint64(n+1) {
			t.Errorf("next leaf: got %d, want %d", at, n+1)
		}
	}
	if err := b.s.Follow(ctx, "f", nil); err == nil {
		t.Error("a second follower of one name: got none, want an error")
	}
	cancel()
	wantErr(t, "follow", <-ended, context.Canceled)
}

func followingResumes(t *testing.T, b *bench) {
	ctx := t.Context()
	for n := range 5 {
		b.put(t, storage.Subject{1}, key(n), Thing{})
	}
	enough := errors.New("enough")
	var seen []uint64
	take := func(most uint64) func(context.Context, []storage.Leaf) error {
		return func(_ context.Context, ls []storage.Leaf) error {
			if ls[0].Index >= most {
				return enough
			}
			for _, l := range ls {
				seen = append(seen, l.Index)
			}
			if len(seen) >= int(most) {
				b.put(t, storage.Subject{1}, key(0), Thing{})
			}
			return nil
		}
	}
	wantErr(t, "follow", b.s.Follow(ctx, "f", take(6)), enough)
	b.reopen(t)
	wantErr(t, "follow again", b.s.Follow(ctx, "f", take(7)), enough)
	if got, want := fmt.Sprint(seen), "[0 1 2 3 4 5 6]"; got != want {
		t.Errorf("leaves: got %s, want each once: %s", got, want)
	}
}

func afterClosing(t *testing.T, b *bench) {
	ctx := t.Context()
	ended, running := make(chan error, 1), make(chan struct{}, 10)
	go func() {
		ended <- b.s.Follow(ctx, "f", func(context.Context, []storage.Leaf) error {
			running <- struct{}{}
			return nil
		})
	}()
	<-running
	if err := b.s.Close(); err != nil {
		t.Errorf("close: got %v, want none", err)
	}
	b.closed = true
	wantErr(t, "a follower", <-ended, storage.Closed)
	wantErr(t, "view", b.s.View(ctx, func(*storage.View) error { return nil }), storage.Closed)
	_, err := b.s.Commit(ctx, func(*storage.Tx) error { return nil })
	wantErr(t, "commit", err, storage.Closed)
	if st := b.s.State(ctx); !st.ReadOnly || st.Why != "storage/closed" {
		t.Errorf("state: got %v %q, want read-only, storage/closed", st.ReadOnly, st.Why)
	}
	if err := b.s.Close(); err != nil {
		t.Errorf("close twice: got %v, want none", err)
	}
}
