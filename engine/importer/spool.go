package importer

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/importer/source"
	"github.com/rostod/rostod/internal/fault"
)

// What was sent lies on the disk in pieces of AES-256-GCM, each with its number
// for nonce, under a key that is used for this once and is in the record of the
// import: pictures of people are nowhere in the open, and gone with the record.
const (
	piece  = 16 << 10
	sealed = piece + 16
)

const spoolEnding = ".upload"

// spooled is where what was sent for an import lies.
func (m *Importer) spooled(id engine.ImportID) string {
	return filepath.Join(m.Spool, string(id)+spoolEnding)
}

// spool keeps what is sent, at most so many bytes as the edge lets through.
func (m *Importer) spool(id engine.ImportID, format source.Format, body io.Reader) (*upload, error) {
	u := &upload{Format: format, Key: make([]byte, 32)}
	if _, err := io.ReadFull(m.Random, u.Key); err != nil {
		return nil, fmt.Errorf("read randomness for a key: %w", err)
	}
	seal, err := sealer(u.Key)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(m.Spool, 0o700); err != nil {
		return nil, fault.Because(ErrSpool, err)
	}
	f, err := os.OpenFile(m.spooled(id), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fault.Because(ErrSpool, err)
	}
	u.Size, err = pour(f, body, seal)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		err = errors.Join(err, os.Remove(m.spooled(id)))
		if fault.Of(err) == nil {
			err = fault.Because(ErrSpool, err)
		}
		return nil, err
	}
	return u, nil
}

// pour writes a body in sealed pieces and answers its size.
func pour(to io.Writer, body io.Reader, seal cipher.AEAD) (size int64, err error) {
	plain := make([]byte, piece)
	for n := uint64(0); ; n++ {
		read, err := io.ReadFull(body, plain)
		over := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !over {
			return 0, err
		}
		if read > 0 {
			size += int64(read)
			if _, err := to.Write(seal.Seal(nil, nonce(n), plain[:read], nil)); err != nil {
				return 0, err
			}
		}
		if over {
			return size, nil
		}
	}
}

func sealer(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("make a cipher: %w", err)
	}
	return cipher.NewGCM(block)
}

func nonce(n uint64) []byte { return binary.BigEndian.AppendUint64(make([]byte, 4, 12), n) }

// opened reads what was sent.
type opened struct {
	file *os.File
	seal cipher.AEAD
	size int64
}

// ReadAt opens the pieces that the bytes are in.
func (o *opened) ReadAt(b []byte, at int64) (n int, err error) {
	box := make([]byte, sealed)
	for n < len(b) && at < o.size {
		number := at / piece
		want := min(o.size-number*piece, piece) + int64(o.seal.Overhead())
		if _, err := o.file.ReadAt(box[:want], number*sealed); err != nil {
			return n, fmt.Errorf("read what was uploaded: %w", err)
		}
		plain, err := o.seal.Open(box[:0], nonce(uint64(number)), box[:want], nil)
		if err != nil {
			return n, errors.New("what was uploaded was altered on the disk")
		}
		part := copy(b[n:], plain[at-number*piece:])
		n, at = n+part, at+int64(part)
	}
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// sent is a source that was sent.
type sent struct {
	source.Source
	file *os.File
}

// Close gives the file back.
func (s sent) Close() error { return errors.Join(s.Source.Close(), s.file.Close()) }

// open opens the source of an import.
func (m *Importer) open(j job) (source.Source, error) {
	if j.Upload == nil {
		return source.Open(j.Path)
	}
	seal, err := sealer(j.Upload.Key)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(m.spooled(j.ID))
	if err != nil {
		return nil, source.ErrNone
	}
	src, err := source.OpenUpload(&opened{f, seal, j.Upload.Size}, j.Upload.Size, j.Upload.Format)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return sent{src, f}, nil
}

// unspool removes what was sent for an import.
func (m *Importer) unspool(j job) {
	if j.Upload == nil {
		return
	}
	if err := os.Remove(m.spooled(j.ID)); err != nil {
		m.Log.Warn("upload not removed", "import", string(j.ID), "err", err)
	}
}

// sweep removes what was sent for imports that there are none of any more: the
// daemon ended before they were made, or dry.
func (m *Importer) sweep() {
	list, err := os.ReadDir(m.Spool)
	if err != nil {
		return // nothing was ever sent
	}
	for _, e := range list {
		id, ours := strings.CutSuffix(e.Name(), spoolEnding)
		m.mu.Lock()
		kept := m.lives[engine.ImportID(id)] != nil
		m.mu.Unlock()
		if ours && !kept {
			if err := os.Remove(filepath.Join(m.Spool, e.Name())); err != nil {
				m.Log.Warn("upload not removed", "import", id, "err", err)
			}
		}
	}
}
