package index

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// Vectors come back from a file as they were written, and a folder of them is
// a gallery with probes.
func TestFolder(t *testing.T) {
	dir := t.TempDir()
	l := newLaw(128, 0.10, seed)
	base := galleryOf(t, l, 1200)
	made, err := l.probes(1200, fewestMated, fewestStrange)
	if err != nil {
		t.Fatal(err)
	}
	all := matrix{128, slices.Concat(made.mated.all, made.strange.all)}
	var labels []byte
	for i := range all.rows() {
		mate := int32(-1)
		if i < len(made.mates) {
			mate = int32(made.mates[i])
		}
		labels = binary.LittleEndian.AppendUint32(labels, 1)
		labels = binary.LittleEndian.AppendUint32(labels, uint32(mate))
	}
	for _, err := range []error{
		writeVectors(filepath.Join(dir, "base.fvecs"), base), writeVectors(filepath.Join(dir, "cal_1200.fvecs"), all),
		os.WriteFile(filepath.Join(dir, "cal_1200.label.ivecs"), labels, 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	f := folder{dir}
	if got := galleryOf(t, f, 1000); !slices.Equal(got.all, base.first(1000).all) {
		t.Error("got other vectors than were written")
	}
	if _, err := f.gallery(1201); err == nil {
		t.Error("got 1201 rows of 1200")
	}
	got, err := f.probes(1200, 5000, 20_000)
	if err != nil || !slices.Equal(got.mates, made.mates) || !slices.Equal(got.mated.all, made.mated.all) || !slices.Equal(got.strange.all, made.strange.all) {
		t.Errorf("got other probes than were written (%v)", err)
	}
	if _, err := f.probes(1000, 5000, 20_000); err == nil {
		t.Error("got probes for a gallery that has none")
	}
}

// Without a folder there are no peers, whatever lies in the working folder.
func TestNoPeers(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("hnsw", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if (&peers{}).has("hnsw") {
		t.Error("got a peer from the working folder, want none")
	}
}

func TestPeersAnswer(t *testing.T) {
	got, err := parsePeer("hnswlib, ef 40\t10915.5\t0.592\t34.3")
	if want := (Peer{"hnswlib, ef 40", 10915.5, 0.592, 34.3}); err != nil || got != want {
		t.Errorf("got %v (%v), want %v", got, err, want)
	}
	for _, line := range []string{"", "a\t1\t2", "a\tfast\t1\t1"} {
		if _, err := parsePeer(line); err == nil {
			t.Errorf("got no error for %q", line)
		}
	}
}

// People of a few photos each are found among the crowd as often as they are
// alike, and nobody is missed who is found exactly.
func TestMix(t *testing.T) {
	if testing.Short() {
		t.Skip("makes 100,000 people")
	}
	l := newLaw(128, 0.10, seed)
	var shots []shot
	for person := range 3 {
		for photo := range 2 {
			v, n := make([]float64, 128), make([]float64, 128)
			l.mated(77, uint64(photo), 1<<40+uint64(person), v, n)
			s := shot{person: string(rune('a' + person))}
			for _, x := range v {
				s.Vector = append(s.Vector, float32(x))
			}
			shots = append(shots, s)
		}
	}
	o := Options{Temp: t.TempDir(), Progress: func(string) {}}
	got, err := o.mix(t.Context(), shots, func(cosine float64) float64 { return cosine })
	if err != nil {
		t.Fatal(err)
	}
	if got.People != 3 || got.Photos != 6 || len(got.At) != 2 {
		t.Fatalf("got %+v, want 6 photos of 3 people", got)
	}
	for _, f := range got.At {
		if f.Pairs != 6 || f.Exact != f.Alike || f.Fast != f.Exact || f.Missed != 0 || math.IsNaN(f.Threshold) {
			t.Errorf("got %+v, want everybody who is alike found both ways", f)
		}
	}
}
