package web

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rostod/rostod/internal/fault"
)

type inner struct {
	ID   string   `json:"id" minLength:"2"`
	Tags []string `json:"tags,omitempty" maxItems:"2" enum:"a,b"`
}

type outer struct {
	CustomerID string             `json:"customerId" minLength:"1" maxLength:"64" pattern:"^[a-z]+$"`
	Level      string             `json:"level,omitzero" enum:"low,high"`
	Image      Base64             `json:"image,omitempty"`
	Count      int8               `json:"count,omitzero" minimum:"1" maximum:"9"`
	Inner      *inner             `json:"inner,omitempty"`
	Inners     []inner            `json:"inners,omitempty" maxItems:"3"`
	Notes      map[string]float64 `json:"notes,omitempty"`
	Any        any                `json:"any,omitempty"`
}

// FuzzDecode throws bytes at the JSON door. What it lets through is JSON that
// keeps every rule of the tags; what it refuses is refused with a fault that
// says nothing of what was sent.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"customerId":"a"}`, `{"customerId":"a","image":"AAAA","level":"low","count":3}`, `{"CUSTOMER_ID":"a"}`,
		`{"customerId":"a","inner":{"id":"xx","tags":["a"]},"inners":[{"id":"yy"},null],"notes":{"x":1},"any":[[{}]]}`,
		`{"customerId":null}`, `{"customerId":"a","customerId":"b"}`, `[]`, ``, `{`, `"`, "{\"customerId\":\"\xff\"}", `{"any":"\ud800"}`,
		`{"customerId":"a","image":"data:x"}`, `{"customerId":"a"}}`, strings.Repeat("[", 100), `{"notes":{"\"":1,"\"":2}}`,
		`{"customerId":"a","inners":[{"id":"xx"},{}]}`, `{"customerId":"a","count":300}`, `{"\u0063ustomerId":"a","count":0}`,
	} {
		f.Add([]byte(seed))
	}
	d, err := newDoor(reflect.TypeFor[outer](), "POST")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		sent := bytes.Clone(raw)
		var v outer
		err := d.decode(raw, &v)
		if !bytes.Equal(raw, sent) {
			t.Fatal("the body was changed")
		}
		if err != nil {
			refused(t, err)
			return
		}
		if !json.Valid(raw) || !utf8.Valid(raw) {
			t.Fatalf("let through what is not JSON: %q", raw)
		}
		if v.CustomerID == "" || len(v.CustomerID) > 64 || v.Level != "" && v.Level != "low" && v.Level != "high" || v.Count < 0 || v.Count > 9 {
			t.Fatalf("let through what breaks a rule: %+v", v)
		}
		if v.Inner != nil && len(v.Inner.ID) < 2 || len(v.Inners) > 3 {
			t.Fatalf("let through what breaks a rule inside: %+v", v)
		}
		// What was read can be written, and is read the same again.
		again, err := encode(v)
		if err != nil {
			t.Fatal(err)
		}
		var w outer
		if err := d.decode(again, &w); err != nil || w.CustomerID != v.CustomerID || !bytes.Equal(w.Image, v.Image) {
			t.Fatalf("read again: %v", err)
		}
	})
}

// refused asks of an error that it is a fault in our own words.
func refused(t *testing.T, err error) {
	t.Helper()
	f := fault.Of(err)
	if f == nil || f.Kind == fault.Internal {
		t.Fatalf("got %v, want a fault of the caller", err)
	}
	for name := range f.Fields {
		for _, part := range strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune(".[]0123456789", r) }) {
			if !strings.Contains(" body customerId level image count inner inners notes any id tags * ", " "+part+" ") {
				t.Fatalf("field %q is not ours", name)
			}
		}
	}
}

// FuzzBase64 compares with the standard library.
func FuzzBase64(f *testing.F) {
	f.Add([]byte("AAAA"))
	f.Add([]byte("AAAAAAAAAAA="))
	f.Add([]byte("AAAA\nAAA"))
	f.Fuzz(func(t *testing.T, said []byte) {
		got, err := fromBase64(said)
		want, wantErr := base64.StdEncoding.Strict().DecodeString(string(said))
		accepted := wantErr == nil && len(said) > 0 && !bytes.ContainsAny(said, "\r\n")
		if (err == nil) != accepted || accepted && !bytes.Equal(got, want) {
			t.Fatalf("%q: got %x %v, want %x %v", said, got, err, want, wantErr)
		}
	})
}

func pictureBody(bytesOf int) []byte {
	picture := make([]byte, bytesOf)
	for i := range picture {
		picture[i] = byte(i * i >> 3)
	}
	body, _ := json.Marshal(map[string]any{"customerId": "abc", "level": "low", "image": picture})
	return body
}

// BenchmarkDecodePicture reads a body with a picture of 97,500 bytes, which
// is 130 KB of base64: at most 0.15 ms on the reference machine.
func BenchmarkDecodePicture(b *testing.B) {
	d, err := newDoor(reflect.TypeFor[outer](), "POST")
	if err != nil {
		b.Fatal(err)
	}
	body := pictureBody(97_500)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		var v outer
		if err := d.decode(body, &v); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBase64 is the picture alone, and the standard library beside it.
func BenchmarkBase64(b *testing.B) {
	said := []byte(base64.StdEncoding.EncodeToString(make([]byte, 97_500)))
	b.Run("ours", func(b *testing.B) {
		b.SetBytes(int64(len(said)))
		for b.Loop() {
			if _, err := fromBase64(said); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("library", func(b *testing.B) {
		b.SetBytes(int64(len(said)))
		for b.Loop() {
			if _, err := base64.StdEncoding.DecodeString(string(said)); err != nil {
				b.Fatal(err)
			}
		}
	})
}
