package text

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
)

// part is one folder of the index, opened.
type part struct {
	name   string
	secret Secret
	files  bleve.Index
}

// fit is kept in a part's files and says under which secret they were made.
func (s Secret) fit() []byte { return []byte(s.hidden("part", "")) }

var fitKey = []byte("secret")

// create makes a part's files in a folder that is not there.
func (c Config) create(dir, name string, s Secret) (*part, error) {
	m, err := c.mapped()
	if err != nil {
		return nil, err
	}
	files, err := bleve.NewUsing(dir, m, scorch.Name, scorch.Name, nil)
	if err == nil {
		err = files.SetInternal(fitKey, s.fit())
	}
	if err != nil {
		return nil, fmt.Errorf("make a part of the search index: %w", err)
	}
	return &part{name, s, files}, nil
}

// openPart opens a part's files when they are sound and fit the secret.
func openPart(dir, name string, s Secret) (p *part, err error) {
	defer func() { // files that hold together may still say what bleve does not expect
		if broken := recover(); broken != nil {
			p, err = nil, damaged(name, fmt.Errorf("open it: %v", broken))
		}
	}()
	if err := sound(dir); err != nil {
		return nil, damaged(name, err)
	}
	files, err := bleve.Open(dir)
	if err != nil {
		return nil, damaged(name, err)
	}
	fit, err := files.GetInternal(fitKey)
	if err == nil && string(fit) != string(s.fit()) {
		err = errors.New("it was made under another secret")
	}
	if err != nil {
		return nil, errors.Join(damaged(name, err), files.Close())
	}
	return &part{name, s, files}, nil
}

// sound holds the files of a part that is not open against their checksums: each
// ends with the CRC-32 of what stands before.
func sound(dir string) error {
	names, err := filepath.Glob(filepath.Join(dir, "store", "*.zap"))
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := checked(name); err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(name), err)
		}
	}
	return nil
}

// merges is how often files may go while they are looked at, because bleve has merged
// them into others.
const merges = 3

// sound holds the files that the part has now against their checksums. Others in its
// folder are being written, or are about to go.
func (p *part) sound() error {
	var err error
	for range merges {
		if err = p.soundNow(); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return err
}

func (p *part) soundNow() (err error) {
	inside, err := p.files.Advanced()
	if err != nil {
		return err
	}
	reader, err := inside.Reader()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	now, ok := reader.(*scorch.IndexSnapshot)
	if !ok {
		return fmt.Errorf("bleve reads by a %T", reader)
	}
	for _, s := range now.Segments() {
		file, ok := s.Segment().(interface{ Path() string })
		if !ok {
			continue // it is in memory only
		}
		if err := checked(file.Path()); err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(file.Path()), err)
		}
	}
	return nil
}

func checked(name string) (err error) {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	sum := crc32.NewIEEE()
	var said [4]byte
	if _, err := io.CopyN(sum, f, info.Size()-int64(len(said))); err != nil {
		return err
	}
	if _, err := io.ReadFull(f, said[:]); err != nil {
		return err
	}
	if binary.BigEndian.Uint32(said[:]) != sum.Sum32() {
		return errors.New("its checksum is another")
	}
	return nil
}

// put puts documents in; one with an id that is there takes its place.
func (c Config) put(p *part, docs []Document) error {
	batch := p.files.NewBatch()
	for _, d := range docs {
		row, err := c.row(p.secret, d)
		if err != nil {
			return err
		}
		if err := batch.Index(d.ID, row); err != nil {
			return fmt.Errorf("index a document: %w", err)
		}
	}
	if err := p.files.Batch(batch); err != nil {
		return fmt.Errorf("write to the search index: %w", err)
	}
	return nil
}
