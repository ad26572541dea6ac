package batch_test

import (
	"bytes"
	"encoding/base64"
	"testing"

	"github.com/rostod/rostod/engine/upstream/batch"
)

// fixed are keys of a headquarters that never was: the processes of a fuzz must have
// the same ones.
func fixed(f *testing.F) batch.Keys {
	f.Helper()
	opens, err := base64.StdEncoding.DecodeString("h+RG4RWZF0KVsklvm+u8Q4yuKlUSBkrB86GHxjvjIBs=")
	if err != nil {
		f.Fatal(err)
	}
	k, err := batch.Secrets{
		Name: "fuzz.example", Seed: seed(9), Opens: opens,
		Parcels: "AGE-SECRET-KEY-PQ-12YPHWQKQGQXWLV4WGWWNYZQDA4QZT6L926XU2RYHKYL0RM95U6WQM6YU6R",
	}.Keys()
	if err != nil {
		f.Fatal(err)
	}
	return k
}

// What a stranger sends opens only when it is the very batch that was signed.
func FuzzBatch(f *testing.F) {
	whole := wire(f, of(f, 3, 9))
	k := key(f)
	f.Add(whole)
	f.Add(wire(f, of(f, 0, 0)))
	f.Add([]byte{1, 0, 1, 0})
	f.Add(whole[:len(whole)/2])
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := batch.Open(b, k)
		if err == nil && (v.Origin != origin || v.To < v.From || v.To-v.From != uint64(len(v.Entries)) || v.After.Size != v.To) {
			t.Errorf("opened %+v", v)
		}
		if name, err := batch.Origin(b); err == nil && name == "" {
			t.Error("a batch of nobody")
		}
		if a, err := batch.OpenAlarm(b, k); err == nil && a.Origin != origin {
			t.Errorf("opened %+v", a)
		}
	})
}

// A receipt opens only as it was signed.
func FuzzReceipt(f *testing.F) {
	hq := fixed(f)
	k := key(f)
	signed, err := hq.Signer.Cosign(of(f, 3, 9).Checkpoint, k)
	if err != nil {
		f.Fatal(err)
	}
	w, err := batch.Receipt{Origin: origin, For: "x", Size: 9, Standing: batch.Sound, Checkpoint: signed}.Bytes(hq.Signer)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(w)
	f.Add(w[:100])
	f.Fuzz(func(t *testing.T, b []byte) {
		r, at, err := batch.OpenReceipt(b, hq.Cosigner, k)
		if err == nil && (r.For != "x" || at.Size != 9) {
			t.Errorf("opened %+v", r)
		}
	})
}

// A parcel opens only as it was packed, and its label reads only when it is whole.
func FuzzParcel(f *testing.F) {
	hq := fixed(f)
	k := key(f)
	p := batch.Parcel{Origin: origin, Number: 1, Before: "-", From: 3, To: 9, Batches: [][]byte{wire(f, of(f, 3, 5)), wire(f, of(f, 5, 9))}}
	file, err := p.Bytes(hq.Parcels, signing(1))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(file)
	f.Add(file[:len(file)-1])
	f.Add([]byte("age-encryption.org/v1"))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := batch.OpenParcel(b, hq.Parcel, k)
		if err == nil && (got.Number != 1 || got.From != 3 || got.To != 9 || len(got.Batches) != 2 || !bytes.Equal(got.Batches[0], p.Batches[0])) {
			t.Errorf("opened %+v", got)
		}
		if label, err := batch.ReadLabel(b, k); err == nil && (label.Number != 1 || label.From != 3 || label.To != 9) {
			t.Errorf("read %+v", label)
		}
	})
}

// The file that says whom to believe is read whole or not at all.
func FuzzHeadquarters(f *testing.F) {
	f.Add(fixed(f).Text())
	f.Add("rostod/hub/v1\ncosigner a+1+b\nseals x\nparcels y\n")
	f.Fuzz(func(t *testing.T, text string) {
		h, err := batch.ParseHeadquarters(text)
		if err != nil {
			return
		}
		if again, err := batch.ParseHeadquarters(h.Text()); err != nil || again.Text() != h.Text() {
			t.Errorf("got %v, want the same again", err)
		}
	})
}
