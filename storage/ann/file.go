package ann

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
)

// partFile is the file behind a part.
type partFile struct {
	name    string // below the index's folder
	number  uint64
	f       *os.File
	mapped  mapping
	whole   bool // the records are mapped, too
	pieces  *pieces
	sound   []atomic.Uint32 // bit for bit, mapped records that were checked
	cleared []uint32        // bit for bit, rows that are overwritten
}

const (
	fileMagic   = "rostod ann part\n"
	fileVersion = 1
	// mapRecords is up to how many bytes the records of a segment are mapped with
	// what is hot. Beyond it they are read one by one, which takes a little longer,
	// so that they do not count as memory.
	mapRecords = 64 << 20
)

func partName(number uint64) string { return fmt.Sprintf("%016x.part", number) }

// header is the first bytes of a file.
func (l *layout) header(number uint64, n int) []byte {
	b := append(make([]byte, 0, headerSize), fileMagic...)
	b = binary.LittleEndian.AppendUint32(b, fileVersion)
	b = binary.LittleEndian.AppendUint32(b, uint32(l.dims))
	b = binary.LittleEndian.AppendUint32(b, uint32(n))
	b = binary.LittleEndian.AppendUint32(b, uint32(l.slots))
	b = binary.LittleEndian.AppendUint64(b, number)
	return append(b, make([]byte, headerSize-len(b))...)
}

// source is a row of a part that another part is made from.
type source struct {
	from *shelf
	row  int
}

// sealed is a part's file while it is written: what is hot in memory, and the
// records straight to the disk, because they are most of it.
type sealed struct {
	layout
	hot     []byte
	ids     []ID
	loosest byte
}

// seal writes the file of these rows, down to the disk.
func seal(path string, number uint64, rows []source, width int) (_ *sealed, err error) {
	l := newLayout(width, len(rows), slotsFor(len(rows)))
	p := &sealed{layout: l, hot: make([]byte, l.hot), ids: make([]ID, 0, len(rows))}
	copy(p.hot, l.header(number, len(rows)))
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("make a file of the index: %w", err)
	}
	err = p.write(f, rows)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("write a file of the index: %w", errors.Join(err, os.Remove(path)))
	}
	return p, nil
}

func (p *sealed) write(f *os.File, rows []source) error {
	if err := f.Truncate(int64(p.size)); err != nil {
		return err
	}
	records := bufio.NewWriterSize(io.NewOffsetWriter(f, int64(p.layout.hot)), 1<<18)
	scratch := make([]byte, p.stride)
	for i, r := range rows {
		if err := errors.Join(r.from.hotRow(r.row), r.from.needCodes(r.row)); err != nil {
			return err
		}
		record, err := r.from.record(r.row, scratch)
		if err != nil {
			return err
		}
		if _, err := records.Write(record); err != nil {
			return err
		}
		p.copyRow(p.hot, i, &r.from.layout, r.from.data, r.row)
		id, _ := label(record)
		p.enter(p.hot, id, i)
		p.ids, p.loosest = append(p.ids, id), max(p.loosest, p.hot[p.slack+i])
	}
	if err := records.Flush(); err != nil {
		return err
	}
	_, err := f.WriteAt(p.hot, 0)
	return err
}

// needCodes makes sure that what else is copied of a row may be used.
func (p *part) needCodes(i int) error {
	at := p.codes + i/blockRows*p.blockCodes()
	if err := p.need(at, at+p.blockCodes()); err != nil {
		return err
	}
	return p.need(p.factor+4*i, p.factor+4*i+4)
}

// writeFile writes a file that is not there yet, down to the disk.
func writeFile(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("make a file of the index: %w", err)
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write a file of the index: %w", errors.Join(err, os.Remove(path)))
	}
	return nil
}

// replaceFile writes a file beside its name and renames it.
func replaceFile(path string, data []byte) error {
	next := path + ".new"
	if err := os.Remove(next); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove what was left of a file: %w", err)
	}
	if err := writeFile(next, data); err != nil {
		return err
	}
	if err := os.Rename(next, path); err != nil {
		return fmt.Errorf("rename a file of the index: %w", err)
	}
	return syncDir(filepath.Dir(path))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("open a folder of the index: %w", err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("write a folder of the index: %w", err)
	}
	return nil
}

func removeAll(dir string) error {
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("remove a folder of the index: %w", err)
	}
	return nil
}

// openPart opens the file of a manifest's entry; whole: with its records.
func openPart(dir string, width int, e *entry, whole bool) (*part, error) {
	l := newLayout(width, e.rows, slotsFor(e.rows))
	name := filepath.Join(filepath.Base(dir), partName(e.number))
	f, err := os.OpenFile(filepath.Join(dir, partName(e.number)), os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, damaged(name, "is missing")
	}
	if err != nil {
		return nil, fmt.Errorf("open a file of the index: %w", err)
	}
	file := &partFile{name: name, number: e.number, f: f, pieces: newPieces(l.table, l.hot, e.sums), whole: whole}
	if whole {
		file.sound = make([]atomic.Uint32, (e.rows+31)/32)
	}
	info, err := f.Stat()
	if err == nil && info.Size() != int64(l.size) {
		err = damaged(name, "has another size than it had")
	}
	if err == nil && len(e.sums) != (l.hot+pieceSize-1)/pieceSize {
		err = damaged(name, "has another layout")
	}
	if err == nil {
		size := l.hot
		if file.whole {
			size = l.size
		}
		file.mapped, err = mapFile(f, size)
	}
	if err == nil && string(file.mapped[:headerSize]) != string(l.header(e.number, e.rows)) {
		err = damaged(name, "is another file")
	}
	if err != nil {
		return nil, errors.Join(err, file.close())
	}
	return &part{layout: l, data: file.mapped, file: file}, nil
}

func (f *partFile) close() error {
	return errors.Join(f.mapped.close(), f.f.Close())
}

// record is row i's record. It is checked whenever it comes from the file, and a
// mapped one when it is used for the first time.
func (f *partFile) record(l *layout, data []byte, i int, scratch []byte) ([]byte, error) {
	at := l.hot + i*l.stride
	var b []byte
	if f.whole {
		b = data[at:][:l.stride]
		if f.sound[i/32].Load()>>(i%32)&1 == 1 {
			return b, nil
		}
	} else {
		b = scratch[:l.stride]
		if _, err := f.f.ReadAt(b, int64(at)); err != nil {
			return nil, fmt.Errorf("read a record of the index: %w", err)
		}
	}
	if !l.sound(b) {
		return nil, damaged(f.name, fmt.Sprintf("is altered at byte %d", at))
	}
	if f.whole {
		f.sound[i/32].Or(1 << (i % 32))
	}
	return b, nil
}
