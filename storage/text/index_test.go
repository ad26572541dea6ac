package text_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/blevesearch/bleve/v2"

	"github.com/rostod/rostod/storage/text"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func config(dir string, secrets map[string]text.Secret) text.Config {
	return text.Config{
		Dir:    dir,
		Fields: map[string]text.Kind{"verdict": text.Plain, "device": text.Hidden},
		Secret: func(part string) (text.Secret, error) { return secrets[part], nil },
	}
}

func opened(t *testing.T, c text.Config) *text.Index {
	t.Helper()
	x, err := text.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	})
	return x
}

// docs are four documents of one owner, and one of another.
func docs() []text.Document {
	list := []text.Document{
		{Words: []string{"Withdraw IDR 50,000,000 to BCA 1234567890", "high_value_transfer"}, Values: map[string][]string{"verdict": {"match"}, "device": {"kiosk-1"}}},
		{Words: []string{"withdraw at the counter", "view"}, Values: map[string][]string{"verdict": {"no_match"}, "device": {"kiosk-1"}}},
		{Words: []string{"Transferência de João"}, Values: map[string][]string{"verdict": {"match"}, "device": {"kiosk-2"}}},
		{Words: []string{"high", "value transfer"}, Values: map[string][]string{"verdict": {"match", "grey"}}},
		{Words: []string{"withdraw"}, Values: map[string][]string{"verdict": {"match"}, "device": {"kiosk-9"}}},
	}
	for i := range list {
		list[i].ID, list[i].Owner, list[i].Sealed, list[i].At = fmt.Sprint("d", i), "bank", fmt.Sprint("key", i), noon.Add(time.Duration(i)*time.Hour)
	}
	list[4].Owner = "shop"
	return list
}

func each(list []text.Document) iter.Seq2[text.Document, error] {
	return func(yield func(text.Document, error) bool) {
		for _, d := range list {
			if !yield(d, nil) {
				return
			}
		}
	}
}

func find(t *testing.T, x *text.Index, q text.Query, typed string) text.Result {
	t.Helper()
	var err error
	if q.Words, err = text.Read(typed); err != nil {
		t.Fatalf("%q: %v", typed, err)
	}
	if q.Owner == "" {
		q.Owner = "bank"
	}
	if q.Most == 0 {
		q.Most = 10
	}
	r, err := x.Search(t.Context(), "2026-11", q)
	if err != nil {
		t.Fatalf("%q: %v", typed, err)
	}
	return r
}

func TestSearch(t *testing.T) {
	x := opened(t, config(t.TempDir(), nil))
	if err := x.Put("2026-11", docs()); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		typed string
		q     text.Query
		want  string
	}{
		{"", text.Query{}, "d3 d2 d1 d0"},
		{"", text.Query{Oldest: true}, "d0 d1 d2 d3"},
		{"withdraw", text.Query{}, "d1 d0"},
		{"WITHDRAW", text.Query{}, "d1 d0"},
		{"withdraw bca", text.Query{}, "d0"},
		{"withdr", text.Query{}, ""}, // whole words only
		{"joao", text.Query{}, "d2"},
		{"JOÃO", text.Query{}, "d2"},
		{"1234567890", text.Query{}, "d0"},
		{"50,000,000", text.Query{}, "d0"},
		{"transfer", text.Query{}, "d3 d0"},
		{"high_value_transfer", text.Query{}, "d0"}, // a phrase, and not across two texts
		{`"value transfer"`, text.Query{}, "d3 d0"},
		{`"transfer value"`, text.Query{}, ""},
		{"withdraw -counter", text.Query{}, "d0"},
		{"-withdraw", text.Query{}, "d3 d2"},
		{`-"value transfer"`, text.Query{}, "d2 d1"},
		{"withdraw", text.Query{Owner: "shop"}, "d4"},
		{"withdraw", text.Query{Owner: "other"}, ""},
		{"", text.Query{Is: map[string][]string{"verdict": {"match"}}}, "d3 d2 d0"},
		{"", text.Query{Is: map[string][]string{"verdict": {"grey", "no_match"}}}, "d3 d1"},
		{"", text.Query{Is: map[string][]string{"device": {"kiosk-1"}}}, "d1 d0"},
		{"", text.Query{Is: map[string][]string{"device": {"kiosk-1"}, "verdict": {"match"}}}, "d0"},
		{"", text.Query{From: noon.Add(time.Hour)}, "d3 d2 d1"},
		{"", text.Query{From: noon.Add(time.Hour + time.Microsecond)}, "d3 d2"},
		{"", text.Query{To: noon.Add(time.Hour)}, "d0"},
		{"", text.Query{From: noon.Add(time.Hour), To: noon.Add(2 * time.Hour)}, "d1"},
		{"", text.Query{After: "d2"}, "d1 d0"},
		{"", text.Query{After: "d1", Oldest: true}, "d2 d3"},
		{"", text.Query{After: "d0"}, ""},
	} {
		if got := strings.Join(find(t, x, tt.q, tt.typed).IDs, " "); got != tt.want {
			t.Errorf("%q %+v: got %q, want %q", tt.typed, tt.q, got, tt.want)
		}
	}
	if r := find(t, x, text.Query{Most: 1, After: "d2"}, ""); r.Total != 4 || len(r.IDs) != 1 {
		t.Errorf("got %d of %d, want 1 of 4: a page says how many there are", len(r.IDs), r.Total)
	}
}

func TestFacets(t *testing.T) {
	x := opened(t, config(t.TempDir(), nil))
	if err := x.Put("2026-11", docs()); err != nil {
		t.Fatal(err)
	}
	r := find(t, x, text.Query{Facets: []string{"verdict", "device"}}, "")
	got := map[string]int{}
	for _, c := range r.Facets["verdict"] {
		got[c.Value] = c.Count
	}
	if len(got) != 3 || got["match"] != 3 || got["no_match"] != 1 || got["grey"] != 1 {
		t.Errorf("got %v, want match 3, no_match 1, grey 1: those of one owner", got)
	}
	samples := map[string]int{}
	for _, c := range r.Facets["device"] {
		samples[c.Sample] = c.Count
		if strings.Contains(c.Value, "kiosk") {
			t.Errorf("got the value %q, want a hash", c.Value)
		}
	}
	if len(samples) != 2 || samples["d2"] != 1 || samples["d0"]+samples["d1"] != 2 {
		t.Errorf("got samples %v, want one document of each kiosk", samples)
	}
	if r := find(t, x, text.Query{Facets: []string{"verdict"}}, "joao"); len(r.Facets["verdict"]) != 1 {
		t.Errorf("got %v, want what was found counted", r.Facets)
	}
}

func TestBadWords(t *testing.T) {
	for _, typed := range []string{`"open`, `a"b`, "...", `""`, "-", "- a", strings.Repeat("a ", 33), strings.Repeat("x", 513)} {
		if w, err := text.Read(typed); !errors.Is(err, text.BadWords) {
			t.Errorf("%q: got %v and %v, want words refused", typed, w, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, typed := range []string{"a b", `"a b" -c`, `-"a`, "\xff", "ÀÉ_b"} {
		f.Add(typed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		w, err := text.Read(typed)
		for _, phrase := range slices.Concat(w.With, w.Without) {
			if err != nil || len(phrase) == 0 || slices.Contains(phrase, "") {
				t.Errorf("%q: got %q and %v", typed, w, err)
			}
		}
	})
}

// No word and no hidden value stands in any file, nor does a part that was
// rebuilt keep anything of a document that has gone: neither as it is, nor among the
// terms that bleve reads out of its files, where compression hides nothing.
func TestNothingReadable(t *testing.T) {
	dir := t.TempDir()
	secrets := map[string]text.Secret{"2026-11": {1}}
	// These two have no four bytes in common with anything, so that they stand in a
	// file as they are, whatever order the documents are written in.
	const sealed, value = "y4hb8gd1fp", "zq7xk0vj9w"
	list := docs()
	list[0].Sealed, list[2].Values["verdict"] = sealed, []string{value}
	x := opened(t, config(dir, secrets))
	if err := x.Put("2026-11", list); err != nil {
		t.Fatal(err)
	}
	in := func(word string) string {
		if file := fileWith(t, dir, word); file != "" {
			return file
		}
		return termWith(t, filepath.Join(dir, "2026-11"), word)
	}
	closed(t, x)
	for _, word := range []string{"withdraw", "1234567890", "joao", "kiosk", "high_value"} {
		if where := in(word); where != "" {
			t.Errorf("got %q in %s, want it nowhere", word, where)
		}
	}
	// The test can see: the ids and the values of closed lists are there.
	for _, there := range []string{sealed, value} {
		if fileWith(t, dir, there) == "" {
			t.Errorf("got %q nowhere, want it in a file", there)
		}
	}
	for _, there := range []string{sealed, value, "no_match", "key1"} {
		if termWith(t, filepath.Join(dir, "2026-11"), there) == "" {
			t.Errorf("got %q nowhere, want it among the terms", there)
		}
	}
	x = opened(t, config(dir, secrets))
	secrets["2026-11"] = text.Secret{2}
	if err := x.Rebuild("2026-11", each(list[1:])); err != nil {
		t.Fatal(err)
	}
	if got := find(t, x, text.Query{}, "withdraw").IDs; !slices.Equal(got, []string{"d1"}) {
		t.Errorf("got %v, want d1 only", got)
	}
	closed(t, x)
	if where := in(sealed); where != "" {
		t.Errorf("got what has gone in %s", where)
	}
}

func closed(t *testing.T, x *text.Index) {
	t.Helper()
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
}

// termWith is a field of a part's files with a term that has a word in it.
func termWith(t *testing.T, part, word string) (found string) {
	t.Helper()
	files, err := bleve.Open(part)
	if err != nil {
		t.Fatal(err)
	}
	fields, err := files.Fields()
	if err != nil || len(fields) == 0 {
		t.Fatalf("got %v and %v, want fields", fields, err)
	}
	for _, field := range fields {
		dict, err := files.FieldDict(field)
		if err != nil {
			t.Fatal(err)
		}
		for e, err := dict.Next(); e != nil; e, err = dict.Next() {
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(strings.ToLower(e.Term), word) {
				found = field + " of " + part
			}
		}
		if err := dict.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := files.Close(); err != nil {
		t.Fatal(err)
	}
	return found
}

func fileWith(t *testing.T, dir, word string) (found string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(name)
		if bytes.Contains(bytes.ToLower(b), []byte(strings.ToLower(word))) {
			found = name
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// What is not as it was written, or not of this secret, is found when it is opened.
func TestDamage(t *testing.T) {
	store := func(dir string) string { return filepath.Join(dir, "2026-11", "store") }
	for name, harm := range map[string]func(t *testing.T, dir string, secrets map[string]text.Secret){
		"a byte": func(t *testing.T, dir string, _ map[string]text.Secret) {
			files, err := filepath.Glob(filepath.Join(store(dir), "*.zap"))
			if err != nil || len(files) == 0 {
				t.Fatal(files, err)
			}
			b, err := os.ReadFile(files[0])
			if err != nil {
				t.Fatal(err)
			}
			b[len(b)/2] ^= 1
			if err := os.WriteFile(files[0], b, 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"a file": func(t *testing.T, dir string, _ map[string]text.Secret) {
			if err := os.Remove(filepath.Join(store(dir), "root.bolt")); err != nil {
				t.Fatal(err)
			}
		},
		"a short file": func(t *testing.T, dir string, _ map[string]text.Secret) {
			if err := os.Truncate(filepath.Join(store(dir), "root.bolt"), 100); err != nil {
				t.Fatal(err)
			}
		},
		"another secret": func(_ *testing.T, _ string, secrets map[string]text.Secret) { secrets["2026-11"] = text.Secret{7} },
	} {
		t.Run(name, func(t *testing.T) {
			dir, secrets := t.TempDir(), map[string]text.Secret{"2026-11": {1}}
			x := opened(t, config(dir, secrets))
			if err := errors.Join(x.Put("2026-11", docs()), x.Put("2026-12", docs()[:1]), x.SetMark("9 x"), x.Close()); err != nil {
				t.Fatal(err)
			}
			harm(t, dir, secrets)
			x = opened(t, config(dir, secrets))
			if got := x.Damaged(); !slices.Equal(got, []string{"2026-11"}) {
				t.Fatalf("got damaged %v, want the one that was harmed", got)
			}
			if _, err := x.Search(t.Context(), "2026-11", text.Query{Owner: "bank"}); !errors.Is(err, text.Damaged) {
				t.Errorf("got %v, want no answer of a damaged part", err)
			}
			if err := x.Rebuild("2026-11", each(docs())); err != nil {
				t.Fatal(err)
			}
			if got := find(t, x, text.Query{}, "joao").IDs; !slices.Equal(got, []string{"d2"}) || len(x.Damaged()) > 0 {
				t.Errorf("got %v, damaged %v, want d2, and nothing damaged", got, x.Damaged())
			}
			if mark, err := x.Mark(); mark != "9 x" || err != nil {
				t.Errorf("got the mark %q and %v, want 9 x", mark, err)
			}
		})
	}
}

func TestCompare(t *testing.T) {
	x := opened(t, config(t.TempDir(), nil))
	if err := x.Put("2026-11", docs()); err != nil {
		t.Fatal(err)
	}
	other := docs()
	other[2].Words = []string{"another text"}
	for name, tt := range map[string]struct {
		docs []text.Document
		want text.Difference
	}{
		"the same": {docs(), text.Difference{Documents: 5}},
		"too many": {docs()[1:], text.Difference{Documents: 4, Surplus: 1}},
		"too few":  {append(docs(), text.Document{ID: "d9"}), text.Difference{Documents: 6, Missing: 1}},
		"another":  {other, text.Difference{Documents: 5, Other: 1}},
	} {
		got, err := x.Compare(t.Context(), "2026-11", each(tt.docs))
		if err != nil || got != tt.want || got.Sound() != (name == "the same") {
			t.Errorf("%s: got %+v and %v, want %+v", name, got, err, tt.want)
		}
	}
}
