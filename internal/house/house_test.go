package house

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"
)

func TestHouse(t *testing.T) {
	h, err := Read(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	if len(h.Files) == 0 {
		t.Fatal("got no Go files, want the whole module")
	}
	for _, r := range Rules() {
		t.Run(r.Name, func(t *testing.T) {
			for _, f := range r.Ask(h) {
				t.Error(f)
			}
		})
	}
}

// TestSoundHouse shows what the rules allow.
func TestSoundHouse(t *testing.T) {
	h, err := Read(files(t, "testdata/sound.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range Check(h) {
		t.Errorf("got %v, want no finding", f)
	}
}

// TestBrokenHouses lays each broken house over the sound one. The comment of
// the archive has a line "want: rule: words" for every finding, in the order
// of the tree, and may have lines "gone: path".
func TestBrokenHouses(t *testing.T) {
	archives, err := filepath.Glob("testdata/broken/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("got %d broken houses (%v), want some", len(archives), err)
	}
	broken := map[string]bool{}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			h, err := Read(files(t, "testdata/sound.txtar", name))
			if err != nil {
				t.Fatal(err)
			}
			got := Check(h)
			want := comment(t, name, "want")
			for i, f := range got {
				broken[f.Rule] = true
				if i >= len(want) || !strings.Contains(f.String(), want[i]) {
					t.Errorf("got finding %v, want %q", f, at(want, i))
				}
				if f.Why == "" {
					t.Errorf("got %v without a reason", f)
				}
			}
			if len(got) != len(want) {
				t.Errorf("got %d findings, want %d: %q", len(got), len(want), want)
			}
		})
	}
	for _, r := range Rules() {
		if !broken[r.Name] {
			t.Errorf("no house in testdata/broken breaks the rule %q: is it awake?", r.Name)
		}
	}
}

func at(want []string, i int) string {
	if i < len(want) {
		return want[i]
	}
	return "no finding"
}

// files lays archives over each other.
func files(t *testing.T, names ...string) fs.FS {
	t.Helper()
	house := fstest.MapFS{}
	for _, name := range names {
		a, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range a.Files {
			data := strings.ReplaceAll(string(f.Data), "<lines>\n", strings.Repeat("\n", longest))
			house[f.Name] = &fstest.MapFile{Data: []byte(data)}
		}
		for _, gone := range comment(t, name, "gone") {
			delete(house, gone)
		}
	}
	return house
}

// comment is what the lines "key: ..." of an archive's comment say.
func comment(t *testing.T, name, key string) []string {
	t.Helper()
	a, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var says []string
	for line := range strings.Lines(string(a.Comment)) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), key+": "); ok {
			says = append(says, rest)
		}
	}
	return says
}
