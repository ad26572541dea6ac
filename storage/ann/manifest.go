package ann

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// A manifest says which files a segment consists of, with their checksums and
// with the rows that do not count any more. It is the only thing that changes:
// it is replaced as a whole, after the files that it names are on the disk.
type manifest struct {
	name  Name
	dims  uint32
	check uint64 // of the secret
	next  uint64
	parts []entry
}

// entry is one file.
type entry struct {
	number  uint64
	rows    int
	loosest byte
	pending bool     // rows are being overwritten: it is done again
	sums    []uint32 // of its pieces, after that
	dead    []uint32 // nil: none
}

const (
	manifestMagic = "rostod ann list\n"
	headMagic     = "rostod ann head\n"
	tableVersion  = 1
)

func (m *manifest) bytes() []byte {
	b := binary.LittleEndian.AppendUint32([]byte(manifestMagic), tableVersion)
	b = append(append(b, m.name.Segment[:]...), m.name.Model[:]...)
	b = binary.LittleEndian.AppendUint32(b, m.dims)
	b = binary.LittleEndian.AppendUint64(b, m.check)
	b = binary.LittleEndian.AppendUint64(b, m.next)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(m.parts)))
	for _, e := range m.parts {
		b = binary.LittleEndian.AppendUint64(b, e.number)
		b = binary.LittleEndian.AppendUint32(b, uint32(e.rows))
		b = append(b, e.loosest, flag(e.pending))
		b = appendWords(appendWords(b, e.sums), e.dead)
	}
	return binary.LittleEndian.AppendUint32(b, crc(b))
}

func flag(b bool) byte {
	if b {
		return 1
	}
	return 0
}

func appendWords(b []byte, words []uint32) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(len(words)))
	for _, w := range words {
		b = binary.LittleEndian.AppendUint32(b, w)
	}
	return b
}

// reading reads numbers off bytes; beyond the end it reads zeros and is short.
type reading struct {
	b     []byte
	short bool
}

// opened is the body of a file with this magic, whose checksum holds.
func opened(b []byte, magic string) (*reading, bool) {
	body, ok := bytes.CutPrefix(b, []byte(magic))
	if !ok || len(body) < 8 || crc(b[:len(b)-4]) != binary.LittleEndian.Uint32(b[len(b)-4:]) {
		return nil, false
	}
	r := &reading{b: body[:len(body)-4]}
	return r, r.word() == tableVersion
}

func (r *reading) take(n int) []byte {
	if n < 0 || n > len(r.b) {
		r.short, r.b = true, nil
		return make([]byte, min(max(n, 0), 48))
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func (r *reading) word() uint32 { return binary.LittleEndian.Uint32(r.take(4)) }
func (r *reading) long() uint64 { return binary.LittleEndian.Uint64(r.take(8)) }

func (r *reading) name() Name {
	b := r.take(48)
	return Name{[16]byte(b[:16]), [32]byte(b[16:])}
}

func (r *reading) words() []uint32 {
	n := int(r.word())
	if n > len(r.b)/4 {
		r.short = true
		return nil
	}
	var words []uint32
	for range n {
		words = append(words, r.word())
	}
	return words
}

func parseManifest(b []byte) (*manifest, bool) {
	r, ok := opened(b, manifestMagic)
	if !ok {
		return nil, false
	}
	m := &manifest{name: r.name(), dims: r.word(), check: r.long(), next: r.long()}
	n := r.word()
	for i := uint32(0); i < n && !r.short; i++ {
		e := entry{number: r.long(), rows: int(r.word())}
		flags := r.take(2)
		e.loosest, e.pending = flags[0], flags[1] == 1
		e.sums, e.dead = r.words(), r.words()
		if e.rows > 1<<16 || e.rows == 0 || e.dead != nil && len(e.dead) != (e.rows+blockRows-1)/blockRows {
			return nil, false
		}
		m.parts = append(m.parts, e)
	}
	return m, !r.short && len(r.b) == 0 && m.dims >= 1 && m.dims <= MaxDims
}

// writeHead writes how far the index has come, and which segments it has: a
// folder that is missing is noticed.
func (x *Index) writeHead() error {
	b := binary.LittleEndian.AppendUint32([]byte(headMagic), tableVersion)
	b = binary.LittleEndian.AppendUint64(b, x.flushed.Load())
	segments := slices.DeleteFunc(x.Segments(), func(s *Segment) bool { return !s.kept.Load() })
	b = binary.LittleEndian.AppendUint32(b, uint32(len(segments)))
	for _, s := range segments {
		b = append(append(b, s.name.Segment[:]...), s.name.Model[:]...)
		b = binary.LittleEndian.AppendUint32(b, uint32(s.dims))
	}
	return replaceFile(filepath.Join(x.config.Dir, "head"), binary.LittleEndian.AppendUint32(b, crc(b)))
}

// load opens what the head names.
func (x *Index) load() error {
	b, err := os.ReadFile(filepath.Join(x.config.Dir, "head"))
	if errors.Is(err, fs.ErrNotExist) {
		return x.begin()
	}
	if err != nil {
		return fmt.Errorf("read the head of the index: %w", err)
	}
	r, ok := opened(b, headMagic)
	if !ok {
		return damaged("head", "is altered")
	}
	position := r.long()
	for range r.word() {
		name, dims := r.name(), int(r.word())
		if r.short || dims < 1 || dims > MaxDims {
			return damaged("head", "is altered")
		}
		secret, err := x.config.Secret(name)
		if err != nil {
			return fmt.Errorf("read the secret of a segment: %w", err)
		}
		s := newSegment(x, name, dims, secret)
		s.kept.Store(true)
		x.segments[name] = s
		if err := s.hurt(s.load()); err != nil && !isDamage(err) {
			return err
		}
	}
	x.position.Store(position)
	x.flushed.Store(position)
	return x.tidy()
}

// begin starts an index in a folder that has none.
func (x *Index) begin() error {
	entries, err := os.ReadDir(x.config.Dir)
	if err != nil {
		return fmt.Errorf("read the folder of the index: %w", err)
	}
	for _, e := range entries {
		if _, ours := parseName(e.Name()); ours {
			return damaged("head", "is missing")
		}
	}
	return x.writeHead()
}

// tidy removes folders that the head does not name: a flush that was cut off
// has left them, and the journal brings their rows again.
func (x *Index) tidy() error {
	entries, err := os.ReadDir(x.config.Dir)
	if err != nil {
		return fmt.Errorf("read the folder of the index: %w", err)
	}
	for _, e := range entries {
		if name, ours := parseName(e.Name()); ours && x.segments[name] == nil {
			if err := removeAll(filepath.Join(x.config.Dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// Clear removes an index whose head is damaged, so that Open begins anew.
func Clear(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("read the folder of the index: %w", err)
	}
	for _, e := range entries {
		if _, ours := parseName(e.Name()); ours || e.Name() == "head" {
			err = errors.Join(err, removeAll(filepath.Join(dir, e.Name())))
		}
	}
	return err
}
