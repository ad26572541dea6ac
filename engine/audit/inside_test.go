package audit

import (
	"archive/tar"
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/rostod/rostod/internal/transparency"
	"github.com/rostod/rostod/storage"
	"github.com/rostod/rostod/storage/storagetest"
)

func open(t *testing.T, entries int) *Audit {
	t.Helper()
	store := storagetest.Open(t)
	a, err := Open(Config{Store: store, Now: time.Now, Random: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	for i := range entries {
		_, err := store.Commit(t.Context(), func(tx *storage.Tx) error {
			_, err := tx.Log(storage.Entry{Kind: "test", Actor: "system", Public: map[string]any{"n": i}})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return a
}

// files are what the archive holds.
func files(t *testing.T, a *Audit) map[string][]byte {
	t.Helper()
	var b bytes.Buffer
	if err := a.tiles(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for r := tar.NewReader(&b); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		if all[h.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
}

// tiled reads hashes out of the files, and checks every tile on the way.
type tiled map[string][]byte

func (tiled) Height() int                     { return height }
func (tiled) SaveTiles([]tlog.Tile, [][]byte) {}
func (f tiled) ReadTiles(tiles []tlog.Tile) (out [][]byte, err error) {
	for _, tile := range tiles {
		path := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", height), "tile/", 1)
		b, ok := f[path]
		if !ok {
			return nil, fmt.Errorf("no %s", path)
		}
		out = append(out, b)
	}
	return out, nil
}

// A program that knows nothing but the published format reads the whole log out of
// the files: every entry, each proved by tiles that lead to the signed root.
func TestTiles(t *testing.T) {
	for _, entries := range []int{0, 3, 255, 256, 700} {
		a := open(t, entries)
		all := files(t, a)
		by, err := a.current(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		c, err := transparency.OpenCheckpoint(all["checkpoint"], by.Name)
		if err != nil || c.Size != uint64(entries)+2 { // and the store's first, and the key's
			t.Fatalf("got %+v and %v, want %d entries", c, err, entries+2)
		}
		tree := tlog.Tree{N: int64(c.Size), Hash: c.Root}
		reader := tlog.TileHashReader(tree, tiled(all))
		for n := int64(0); n < tree.N; n++ {
			hashes, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, n)})
			if err != nil {
				t.Fatalf("entry %d of %d: got %v, want its hash", n, tree.N, err)
			}
			tile := tlog.Tile{H: height, L: 0, N: n >> height, W: int(min(256, tree.N-n>>height<<height))}
			bundle := all["tile/entries/"+strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/0/", height))]
			for range n & 255 {
				bundle = bundle[2+binary.BigEndian.Uint16(bundle):]
			}
			if entry := bundle[2:][:binary.BigEndian.Uint16(bundle)]; tlog.RecordHash(entry) != hashes[0] {
				t.Fatalf("entry %d of %d: got %s, which is not the one in the tree", n, tree.N, entry)
			}
		}
	}
}

// A change of keys that was cut off in between is brought to its end, and the key
// before is destroyed only then.
func TestRotateCutOff(t *testing.T) {
	a := open(t, 3)
	first, err := a.current(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.make(t.Context(), &first, "key_1"); err != nil {
		t.Fatal(err)
	}
	next, err := a.current(t.Context())
	if err != nil || next.Number != 2 {
		t.Fatalf("got key %d and %v, want the second", next.Number, err)
	}
	if keys, err := transparency.Follow(first.Name, next.Proof); err != nil || len(keys) != 2 || keys[1] != next.Name {
		t.Errorf("got %v and %v, want that the first signs for the second", keys, err)
	}
	err = a.Store.View(t.Context(), func(v *storage.View) error {
		if _, err := a.seeds.Get(v, keyPlace(1)); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("the first key's seed: got %v, want that it is gone", err)
		}
		_, err := a.seeds.Get(v, keyPlace(2))
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if st := a.Store.State(t.Context()); st.ErasuresPending == 0 && st.Epoch < 2 {
		t.Error("no key of the store was forgotten: copies of the seed can be read")
	}
}
