package batch_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"filippo.io/age"

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

// A parcel opens only as it was packed, and its label reads only when it is whole:
// strangers get no further than the label's signature.
func FuzzParcel(f *testing.F) {
	k := key(f)
	p := batch.Parcel{Origin: origin, Number: 1, Before: "-", From: 3, To: 9, Batches: [][]byte{wire(f, of(f, 3, 5)), wire(f, of(f, 5, 9))}}
	file, err := p.Bytes(glass{}, signing(1))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(file)
	f.Add(file[:len(file)-1])
	f.Add([]byte("age-encryption.org/v1"))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := batch.OpenParcel(b, glass{}, k)
		if err == nil && (got.Number != 1 || got.From != 3 || got.To != 9 || len(got.Batches) != 2 || !bytes.Equal(got.Batches[0], p.Batches[0])) {
			t.Errorf("opened %+v", got)
		}
		if label, err := batch.ReadLabel(b, k); err == nil && (label.Number != 1 || label.From != 3 || label.To != 9) {
			t.Errorf("read %+v", label)
		}
		if name, err := batch.ParcelOrigin(b); err == nil && name == "" {
			t.Error("a parcel of nobody")
		}
	})
}

// Whatever somebody with the branch's key puts into a parcel and writes on its label,
// what opens are batches that follow one another, and the label says which. Of each
// batch the input has only a letter: their bytes are FuzzBatch's.
func FuzzPacked(f *testing.F) {
	k := key(f)
	batches := [][]byte{wire(f, of(f, 0, 3)), wire(f, of(f, 3, 5)), wire(f, of(f, 5, 5)), wire(f, of(f, 5, 9)), wire(f, of(f, 0, 9)), []byte("none")}
	ends := [][2]uint64{{0, 3}, {3, 5}, {5, 5}, {5, 9}, {0, 9}}
	f.Add("1\n-\n3 9", []byte{1, 3}, []byte{})
	f.Add("2\nx\n0 9", []byte{0, 1, 2, 2, 3}, []byte{})
	f.Add("3\n-\n0 9", []byte{4}, []byte{0})
	f.Add("4\n-\n0 9", []byte{0, 3}, []byte{})
	f.Add("18446744073709551615\n-\n9 3", []byte{}, []byte{})
	f.Fuzz(func(t *testing.T, label string, order, behind []byte) {
		var inside [][]byte
		for _, n := range order {
			inside = append(inside, batches[int(n)%len(batches)])
		}
		got, err := batch.OpenParcel(packed(t, label, append(framed(inside), behind...)), glass{}, k)
		if err != nil {
			return
		}
		at := got.From
		for _, n := range order {
			n = n % byte(len(batches))
			if int(n) >= len(ends) || ends[n][0] != at {
				t.Fatalf("opened batches %v, which do not follow one another", order)
			}
			at = ends[n][1]
		}
		if len(order) == 0 || len(behind) > 0 || len(got.Batches) != len(order) || at != got.To ||
			!strings.HasPrefix(label, fmt.Sprintf("%d\n%s\n%d %d", got.Number, got.Before, got.From, got.To)) {
			t.Errorf("opened %v with %d bytes behind it as %d to %d, label %q", order, len(behind), got.From, got.To, label)
		}
	})
}

// packed is a parcel with a signed label and a body that are what somebody wants.
func packed(t *testing.T, label string, body []byte) []byte {
	t.Helper()
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, glass{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(sealed.Bytes())
	signed, err := signing(1)("rostod/parcel/v1", label, base64.StdEncoding.EncodeToString(sum[:]))
	if err != nil {
		t.Skip("no note can say that")
	}
	return framed([][]byte{signed}, [][]byte{sealed.Bytes()})
}

// framed is lists as they travel.
func framed(lists ...[][]byte) []byte {
	var b []byte
	for _, list := range lists {
		b = binary.AppendUvarint(b, uint64(len(list)))
		for _, part := range list {
			b = append(binary.AppendUvarint(b, uint64(len(part))), part...)
		}
	}
	return b
}

// glass is a key of age that hides nothing and costs nothing: what a fuzz changes is
// around and behind the seal.
type glass struct{}

func (glass) Wrap(fileKey []byte) ([]*age.Stanza, error) {
	return []*age.Stanza{{Type: "glass", Body: fileKey}}, nil
}

func (glass) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	if len(stanzas) != 1 || stanzas[0].Type != "glass" {
		return nil, age.ErrIncorrectIdentity
	}
	return stanzas[0].Body, nil
}

// The file that says whom to believe is read whole or not at all. $C, $S and $P stand
// for keys that are sound, so that inputs are short and the fuzz changes what is around them.
func FuzzHeadquarters(f *testing.F) {
	var sound []string
	for line := range strings.Lines(fixed(f).Text()) {
		_, key, _ := strings.Cut(strings.TrimSpace(line), " ")
		sound = append(sound, key)
	}
	whole := strings.NewReplacer("$C", sound[1], "$S", sound[2], "$P", sound[3])
	f.Add("rostod/hub/v1\ncosigner $C\nseals $S\nparcels $P\n")
	f.Add("rostod/hub/v1\nseals $S\ncosigner $C\nparcels $P")
	f.Add("rostod/hub/v1\ncosigner $P\nseals $C\nparcels $S\n")
	f.Add("rostod/hub/v1\ncosigner a+1+b\nseals x\nparcels y\n")
	f.Fuzz(func(t *testing.T, text string) {
		h, err := batch.ParseHeadquarters(whole.Replace(text))
		if err != nil {
			return
		}
		if again, err := batch.ParseHeadquarters(h.Text()); err != nil || again.Text() != h.Text() {
			t.Errorf("got %v, want the same again", err)
		}
		if h.Name() == "" || !strings.HasPrefix(h.Text(), "rostod/hub/v1\n") {
			t.Errorf("read keys of nobody from %q", text)
		}
	})
}
