package ann

import (
	"bytes"
	"testing"
)

// FuzzManifest reads manifests that somebody else wrote: no bytes may bring
// the reading down, and what is read is written the same.
func FuzzManifest(f *testing.F) {
	m := manifest{name: testName, dims: 128, check: 7, next: 9, parts: []entry{
		{number: 1, rows: 40, loosest: 12, sums: []uint32{1, 2}, dead: []uint32{3, 4}}, {number: 2, rows: 1, pending: true},
	}}
	f.Add(m.bytes()[:len(m.bytes())-4])
	f.Add([]byte(manifestMagic))
	f.Fuzz(func(t *testing.T, b []byte) {
		b = append(bytes.Clone(b), 0, 0, 0, 0)
		sum := crc(b[:len(b)-4])
		for i := range 4 {
			b[len(b)-4+i] = byte(sum >> (8 * i))
		}
		m, ok := parseManifest(b)
		if !ok {
			return
		}
		if again, ok := parseManifest(m.bytes()); !ok || len(again.parts) != len(m.parts) {
			t.Errorf("got another manifest from what was written of one")
		}
	})
}

// FuzzChanges inserts, replaces, deletes, flushes and opens again as the bytes
// say, and compares with a map after each.
func FuzzChanges(f *testing.F) {
	f.Add([]byte{1, 2, 3, 250, 4, 5, 100, 101, 250, 251, 1, 1, 250, 102, 251})
	f.Fuzz(func(t *testing.T, steps []byte) {
		dir := t.TempDir()
		x := openTest(t, dir)
		s := segmentOf(t, x, 32)
		vectors := people(1, 256, 32)
		want := map[ID][]float32{}
		for n, step := range steps[:min(len(steps), 60)] {
			switch {
			case step < 100: // also again
				r := Row{ID: id(int(step)), Owner: owner(int(step)), Vector: vectors[(int(step)+n)%256].Vector}
				must(t, s.Insert(r))
				want[r.ID] = r.Vector
			case step < 200:
				_, err := s.Delete(id(int(step) - 100))
				must(t, err)
				delete(want, id(int(step)-100))
			case step < 251:
				must(t, x.Flush())
			default:
				must(t, x.Flush())
				closed(t, x)
				x = openTest(t, dir)
				s = segmentOf(t, x, 32)
			}
			if got := s.Rows(); got != len(want) {
				t.Fatalf("step %d: got %d rows, want %d", n, got, len(want))
			}
		}
		audit, err := s.Verify(func(yield func(Row, error) bool) {
			for at, v := range want {
				if !yield(Row{ID: at, Owner: Owner(at), Vector: v}, nil) {
					return
				}
			}
		})
		if err != nil || !audit.Sound() {
			t.Errorf("got %+v (%v), want index and map to agree", audit, err)
		}
		closed(t, x)
	})
}
