package batch_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/rostod/rostod/engine/upstream/batch"
	"github.com/rostod/rostod/internal/transparency"
)

const origin = "rostod/1234"

func seed(n byte) []byte { return bytes.Repeat([]byte{n}, 32) }

func signing(n byte) batch.Sign {
	return func(kind string, lines ...string) ([]byte, error) {
		return transparency.State(origin, seed(n), kind, lines...)
	}
}

func key(tb testing.TB) string {
	tb.Helper()
	k, err := transparency.VerifierKey(origin, seed(1))
	if err != nil {
		tb.Fatal(err)
	}
	return k
}

// of is the batch of entries [from, to) of a log, whose entries are as they are numbered.
func of(tb testing.TB, from, to uint64) batch.Batch {
	tb.Helper()
	var edge transparency.Edge
	b := batch.Batch{Origin: origin, From: from, To: to, Size: to + 5, Seen: from, Told: 1796000000}
	for i := range to {
		if i == from {
			b.Edge = edge
		}
		entry := fmt.Appendf(nil, `{"index":%d,"kind":"test"}`, i)
		if i >= from {
			b.Entries = append(b.Entries, entry)
		}
		edge = edge.Append(tlog.RecordHash(entry), func(tlog.Hash) {})
	}
	if from == to {
		b.Edge = edge
	}
	var err error
	if b.Checkpoint, err = (transparency.Checkpoint{Origin: origin, Size: to, Root: edge.Root()}).Sign(seed(1)); err != nil {
		tb.Fatal(err)
	}
	return b
}

func wire(tb testing.TB, b batch.Batch) []byte {
	tb.Helper()
	w, err := b.Bytes(signing(1))
	if err != nil {
		tb.Fatal(err)
	}
	return w
}

func keys(tb testing.TB, n byte) batch.Keys {
	tb.Helper()
	s, err := batch.NewSecrets(fmt.Sprintf("hq%d.example", n), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	k, err := s.Keys()
	if err != nil {
		tb.Fatal(err)
	}
	return k
}

// A batch from anywhere proves itself, with the root of before and of after.
func TestBatches(t *testing.T) {
	for _, r := range [][2]uint64{{0, 0}, {0, 1}, {1, 1}, {0, 9}, {3, 9}, {8, 9}, {7, 16}, {16, 40}, {40, 40}} {
		b := of(t, r[0], r[1])
		v, err := batch.Open(wire(t, b), key(t))
		if err != nil || v.From != r[0] || v.To != r[1] || v.Size != r[1]+5 || v.Seen != r[0] || v.Told != b.Told || !slices.EqualFunc(v.Entries, b.Entries, bytes.Equal) {
			t.Errorf("%v: got %+v and %v, want it", r, v, err)
		}
		if before := of(t, r[0], r[0]).Edge.Root(); v.Before != before {
			t.Errorf("%v: got another root of before", r)
		}
	}
}

// The same batch has the same name whenever it is made; news have their own.
func TestNames(t *testing.T) {
	a, b, c := of(t, 3, 9), of(t, 3, 9), of(t, 9, 9)
	b.Size, b.Seen = 900, 5
	if a.ID() != b.ID() || a.ID() != origin+"/3-9" || c.ID() == a.ID() {
		t.Errorf("got %s, %s and %s", a.ID(), b.ID(), c.ID())
	}
}

// No byte of a batch can be another one.
func TestAlteredBatches(t *testing.T) {
	whole := wire(t, of(t, 3, 9))
	for i := range whole {
		for _, bit := range []byte{1, 0x80} {
			bad := bytes.Clone(whole)
			bad[i] ^= bit
			if v, err := batch.Open(bad, key(t)); err == nil && (len(v.Entries) != 6 || v.From != 3) {
				t.Errorf("byte %d: got %+v", i, v)
			}
		}
		if _, err := batch.Open(whole[:i], key(t)); err == nil {
			t.Errorf("cut off at %d: got it opened", i)
		}
	}
	if _, err := batch.Open(whole); !errors.Is(err, transparency.ErrNotSigned) {
		t.Errorf("without a key: got %v, want that nobody signed it", err)
	}
}

func TestReceipts(t *testing.T) {
	hq, other := keys(t, 1), keys(t, 2)
	signed, err := hq.Signer.Cosign(of(t, 3, 9).Checkpoint, key(t))
	if err != nil {
		t.Fatal(err)
	}
	want := batch.Receipt{Origin: origin, For: origin + "/3-9", Size: 9, Standing: batch.Sound, Checkpoint: signed}
	w, err := want.Bytes(hq.Signer)
	if err != nil {
		t.Fatal(err)
	}
	got, at, err := batch.OpenReceipt(w, hq.Cosigner, key(t))
	if err != nil || got.For != want.For || got.Size != 9 || at.Size != 9 || got.At.IsZero() {
		t.Errorf("got %+v, %+v and %v, want %+v", got, at, err, want)
	}
	if _, _, err := batch.OpenReceipt(w, other.Cosigner, key(t)); !errors.Is(err, transparency.ErrNotSigned) {
		t.Errorf("of another headquarters: got %v, want that it did not sign", err)
	}
	want.Size = 8
	if w, err = want.Bytes(hq.Signer); err != nil {
		t.Fatal(err)
	}
	if _, _, err := batch.OpenReceipt(w, hq.Cosigner, key(t)); !errors.Is(err, batch.ErrAltered) {
		t.Errorf("of another size than its checkpoint: got %v, want that", err)
	}
}

func TestHeadquartersKey(t *testing.T) {
	hq := keys(t, 1)
	got, err := batch.ParseHeadquarters(hq.Text())
	if err != nil || got.Text() != hq.Text() || got.Name() != "hq1.example" {
		t.Errorf("got %v and %v, want the same", got, err)
	}
	text := hq.Text()
	for i := 0; i < len(text); i += 13 {
		if k, err := batch.ParseHeadquarters(text[:i]); err == nil {
			t.Errorf("cut off at %d: got %v", i, k)
		}
	}
	if s := fmt.Sprintf("%v %+v %#v", hq, hq, hq); s != "(secret) (secret) (secret)" {
		t.Errorf("keys that are ready: got %s, want no secret", s)
	}
	if s := fmt.Sprintf("%v %+v %#v", batch.Secrets{Parcels: "AGE"}, batch.Secrets{Parcels: "AGE"}, batch.Secrets{Parcels: "AGE"}); bytes.Contains([]byte(s), []byte("AGE")) {
		t.Errorf("got %s, want no secret", s)
	}
}

func TestAlarms(t *testing.T) {
	a := batch.Alarm{Origin: origin, Index: 7, Entry: []byte(`{"index":7,"kind":"clock.moved"}`)}
	w, err := a.Bytes(signing(1))
	if err != nil {
		t.Fatal(err)
	}
	got, err := batch.OpenAlarm(w, key(t))
	if err != nil || got.Index != 7 || !bytes.Equal(got.Entry, a.Entry) || !batch.IsAlarm(w) {
		t.Errorf("got %+v and %v, want it", got, err)
	}
	if _, err := batch.Open(w, key(t)); !errors.Is(err, batch.ErrMalformed) {
		t.Errorf("as a batch: got %v, want that it is none", err)
	}
	if w, err = a.Bytes(signing(2)); err != nil {
		t.Fatal(err)
	}
	if _, err := batch.OpenAlarm(w, key(t)); !errors.Is(err, transparency.ErrNotSigned) {
		t.Errorf("by another key: got %v, want that it is not signed", err)
	}
}

// A parcel holds batches that follow one another, and is what its label says.
func TestParcels(t *testing.T) {
	hq := keys(t, 1)
	pack := func(from, to uint64, batches ...batch.Batch) []byte {
		p := batch.Parcel{Origin: origin, Number: 1, Before: "-", From: from, To: to}
		for _, b := range batches {
			p.Batches = append(p.Batches, wire(t, b))
		}
		file, err := p.Bytes(hq.Parcels, signing(1))
		if err != nil {
			t.Fatal(err)
		}
		return file
	}
	for _, tt := range []struct {
		name string
		file []byte
		want error
	}{
		{"whole", pack(3, 9, of(t, 3, 5), of(t, 5, 9)), nil},
		{"a gap between", pack(3, 9, of(t, 3, 5), of(t, 6, 9)), batch.ErrMalformed},
		{"in another order", pack(3, 9, of(t, 5, 9), of(t, 3, 5)), batch.ErrMalformed},
		{"another end than its label's", pack(3, 9, of(t, 3, 5)), batch.ErrAltered},
		{"another beginning than its label's", pack(3, 9, of(t, 5, 9)), batch.ErrAltered},
		{"nothing in it", pack(3, 3), batch.ErrAltered},
	} {
		if p, err := batch.OpenParcel(tt.file, hq.Parcel, key(t)); !errors.Is(err, tt.want) || (err == nil) != (p.To == 9) {
			t.Errorf("%s: got %+v and %v, want %v", tt.name, p, err, tt.want)
		}
	}
}
