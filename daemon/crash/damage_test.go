package crash

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// The exit codes of cmd/rostod that a refusal to start may have.
const (
	exitFailed  = 1
	exitStorage = 5
)

// damage is something that happens to one file or folder of an installation.
type damage struct {
	name string
	file string // below the data folder
	do   func(t *testing.T, path string)
	code int
	says string // on standard error; the file's own name when empty
}

// TestDamageIsNoticed damages one file of an installation that was killed, and
// wants rostod to refuse it, to name it, to leave everything as it was, and to
// start with everything once the file is back.
func TestDamageIsNoticed(t *testing.T) {
	wreck, older, s := wrecked(t)
	for _, d := range damages(t, wreck, older) {
		t.Run(d.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			copyFolder(t, wreck, dir)
			d.do(t, filepath.Join(dir, d.file))
			before := digests(t, dir)
			p := launch(t, at(dir, "ROSTOD_MODELS="+t.TempDir()))
			if code := p.exit(t); code != d.code {
				t.Errorf("exit code: got %d, want %d", code, d.code)
			}
			want := d.says
			if want == "" {
				want = d.file
			}
			if said := p.says.String(); !strings.Contains(said, want) {
				t.Errorf("words: got %q, want %q in them", said, want)
			}
			if after := digests(t, dir); !maps.Equal(before, after) {
				t.Errorf("the refusal changed %v, want everything as it was", differing(before, after))
			}
			putBack(wreck, d.file)(t, filepath.Join(dir, d.file))
			back := start(t, at(dir, "ROSTOD_MODELS="+t.TempDir()))
			way := opened(back, s.key)
			defer way.close()
			s.books.compare(t, way, s.clerks, nil)
			back.kill()
		})
	}
}

// wrecked is an installation that was killed with some of its entries in
// tables and some in a log, and a copy from when it was new.
func wrecked(t *testing.T) (wreck, older string, s *siege) {
	t.Helper()
	s = newSiege(t, 2, 1, nil, "ROSTOD_MODELS="+t.TempDir())
	older = filepath.Join(t.TempDir(), "older")
	copyFolder(t, s.data, older)
	d := start(t, s.place)
	s.answer(t, d, 400)
	d.stop(t) // writes its buffers out as tables
	d = start(t, s.place)
	s.answer(t, d, 300)
	d.kill()
	s.books.audit(t, s.data, s.clerks)
	return s.data, older, s
}

// answer lets the clerks work until so many more requests were answered.
func (s *siege) answer(t *testing.T, d *process, more int) {
	t.Helper()
	way := opened(d, s.key)
	defer way.close()
	ctx, stop := context.WithTimeout(t.Context(), patience)
	defer stop()
	var working sync.WaitGroup
	for _, c := range s.clerks {
		working.Go(func() {
			for want := len(c.sent) + more/len(s.clerks); ctx.Err() == nil && len(c.sent) < want; {
				c.step(ctx, way)
			}
		})
	}
	working.Wait()
	if ctx.Err() != nil {
		t.Fatal("the daemon is too slow to be wrecked")
	}
}

// damages is the table. What Badger calls its files is looked up in the wreck.
func damages(t *testing.T, wreck, older string) []damage {
	t.Helper()
	list := []damage{
		{name: "MANIFEST removed", file: "db/MANIFEST", do: remove, code: exitStorage},
		{name: "MANIFEST flipped", file: "db/MANIFEST", do: flip, code: exitStorage},
		{name: "MANIFEST of an older copy", file: "db/MANIFEST", do: putBack(older, "db/MANIFEST"), code: exitStorage},
		{name: "KEYREGISTRY removed", file: "db/KEYREGISTRY", do: remove, code: exitStorage},
		{name: "KEYREGISTRY flipped", file: "db/KEYREGISTRY", do: flip, code: exitStorage},
		{name: "db removed", file: "db", do: remove, code: exitStorage},
		{name: "db of an older copy", file: "db", do: putBack(older, "db"), code: exitStorage, says: "were sealed"},
		{name: "seals removed", file: "seal", do: remove, code: exitStorage, says: "seal"},
		{name: "seal a removed", file: "seal/a", do: remove, code: exitStorage},
		{name: "seal b removed", file: "seal/b", do: remove, code: exitStorage},
		{name: "seal a flipped", file: "seal/a", do: flip, code: exitStorage, says: "seal"},
		{name: "seal b flipped", file: "seal/b", do: flip, code: exitStorage, says: "seal"},
		{name: "seals of an older copy", file: "seal", do: putBack(older, "seal"), code: exitStorage, says: "an older seal was put back"},
		{name: "epoch key removed", file: "keys/epoch-0001.key", do: remove, code: exitStorage},
		{name: "epoch key flipped", file: "keys/epoch-0001.key", do: flip, code: exitStorage},
		{name: "root key removed", file: "root.key", do: remove, code: exitFailed},
		{name: "root key too short", file: "root.key", do: write("5a5a"), code: exitFailed},
		{name: "root key of another installation", file: "root.key", do: write(strings.Repeat("5a", 32)), code: exitStorage, says: "root key does not belong"},
	}
	for _, file := range append(files(t, wreck, "db/*.mem"), files(t, wreck, "db/*.sst")...) {
		list = append(list,
			damage{name: file + " removed", file: file, do: remove, code: exitStorage},
			damage{name: file + " flipped", file: file, do: flip, code: exitStorage},
			damage{name: file + " cut", file: file, do: cut, code: exitStorage})
	}
	return list
}

// files are those that fit a pattern, which must be some.
func files(t *testing.T, dir, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s in the wreck: got %d, want 1 or more (%v)", pattern, len(paths), err)
	}
	for i, path := range paths {
		paths[i] = strings.TrimPrefix(path, dir+"/")
	}
	return paths
}

// digests are the contents of a folder. The lock says only who was there last.
func digests(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		name := strings.TrimPrefix(path, dir)
		if err != nil || name == "/lock" || e.Type()&fs.ModeSocket != 0 {
			return err
		}
		if e.IsDir() {
			found[name] = "folder"
			return nil
		}
		data, err := os.ReadFile(path)
		sum := sha256.Sum256(data)
		found[name] = hex.EncodeToString(sum[:])
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// differing are the names that two folders do not have alike.
func differing(a, b map[string]string) []string {
	var names []string
	for name, sum := range a {
		if b[name] != sum {
			names = append(names, name)
		}
	}
	for name := range b {
		if _, there := a[name]; !there {
			names = append(names, name+" (new)")
		}
	}
	return names
}
