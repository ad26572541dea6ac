package storage

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	badger "github.com/dgraph-io/badger/v4"
)

// A write-ahead log of Badger (NNNNN.mem) is
//
//	key id (8) | base IV (12) | entries | zeros up to its size
//
// and an entry is meta, user meta, three varints (key length, value length,
// expiry), key and value under AES-CTR, and a CRC32C of all of it. Badger cuts
// a log at the first entry that does not check out and says nothing; this
// reads one the same way, changes nothing, and tells what Badger would keep.
const (
	memHeader = 20
	bitTxn    = 1 << 6
	bitFinTxn = 1 << 7

	// tornWindow is how far behind the last whole transaction a crash can
	// leave bytes: the largest transaction, 15 % of the largest buffer.
	tornWindow = 16<<20*15/100 + 256<<10
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// memLog is what a write-ahead log holds.
type memLog struct {
	name string
	size int64
	end  int64 // behind the last whole transaction
	last int64 // behind the last byte that is not zero
	runs []run // batches, in the order of the log
	// foreign: its header names a key that never was, so Badger refuses it.
	foreign bool
}

// run is batches without a gap.
type run struct{ first, last head }

// altered says whether the log holds what no crash leaves behind.
func (m memLog) altered() bool {
	// Badger makes logs of whole MiB, and on recovery cuts them to their end.
	oddSize := m.size%(1<<20) != 0 && m.size != m.end
	return oddSize || m.last > m.end+tornWindow
}

// torn says whether there are bytes behind the last whole transaction.
func (m memLog) torn() bool { return m.last > m.end || m.altered() }

// scanMem reads one log. keys are the data keys of Badger's registry.
func scanMem(path string, keys *badger.KeyRegistry) (memLog, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return memLog{}, fmt.Errorf("read a write-ahead log: %w", err)
	}
	m := memLog{name: filepath.Base(path), size: int64(len(data))}
	m.last = int64(len(bytes.TrimRight(data, "\x00")))
	if len(data) < memHeader {
		return m, nil
	}
	m.end = memHeader
	var block cipher.Block
	if id := binary.BigEndian.Uint64(data); id != 0 {
		key, unknown := keys.DataKey(id)
		if unknown != nil {
			// Its header names a key that never was: nothing in it can be read,
			// and the batches that are missing will tell.
			key = nil
		}
		if key == nil {
			m.foreign = true
			return m, nil
		}
		if block, err = aes.NewCipher(key.Data); err != nil {
			return m, fmt.Errorf("read a write-ahead log: %w", err)
		}
	}
	scanEntries(&m, data, block)
	return m, nil
}

// scanEntries walks transactions as Badger's replay does.
func scanEntries(m *memLog, data []byte, block cipher.Block) {
	var txn uint64 // commit timestamp of the transaction under way
	var found *head
	for at := memHeader; ; {
		e, ok := parseMemEntry(data, at, block)
		if !ok || len(e.key) < 8 {
			return
		}
		at += e.size
		switch {
		case e.meta&bitTxn != 0:
			ts := math.MaxUint64 - binary.BigEndian.Uint64(e.key[len(e.key)-8:])
			if txn == 0 {
				txn, found = ts, nil
			}
			if txn != ts {
				return
			}
			if bytes.Equal(e.key[:len(e.key)-8], keyHead) {
				if h, err := parseHead(e.value); err == nil {
					found = &h
				}
			}
		case e.meta&bitFinTxn != 0:
			if ts, err := strconv.ParseUint(string(e.value), 10, 64); err != nil || ts != txn {
				return
			}
			txn, m.end = 0, int64(at)
			if found != nil {
				m.add(*found)
			}
		default:
			if txn != 0 {
				return
			}
			m.end = int64(at)
		}
	}
}

func (m *memLog) add(h head) {
	if n := len(m.runs); n > 0 && m.runs[n-1].last.batch+1 == h.batch {
		m.runs[n-1].last = h
		return
	}
	m.runs = append(m.runs, run{h, h})
}

type memEntry struct {
	meta       byte
	key, value []byte
	size       int
}

// parseMemEntry reads the entry at an offset; false when there is none that
// checks out.
func parseMemEntry(data []byte, at int, block cipher.Block) (memEntry, bool) {
	if at+2 > len(data) {
		return memEntry{}, false
	}
	p := at + 2
	var lengths [3]uint64 // key, value, expiry
	for i := range lengths {
		v, n := binary.Uvarint(data[p:])
		if n <= 0 {
			return memEntry{}, false
		}
		lengths[i], p = v, p+n
	}
	rest := uint64(len(data) - p)
	if lengths[0] > 1<<16 || lengths[1] > rest || lengths[0]+lengths[1]+crc32.Size > rest {
		return memEntry{}, false
	}
	body := data[p : p+int(lengths[0]+lengths[1])]
	end := p + len(body)
	if crc32.Checksum(data[at:end], castagnoli) != binary.BigEndian.Uint32(data[end:]) {
		return memEntry{}, false
	}
	if block != nil {
		iv := make([]byte, aes.BlockSize)
		copy(iv, data[8:memHeader])
		binary.BigEndian.PutUint32(iv[12:], uint32(at))
		plain := make([]byte, len(body))
		cipher.NewCTR(block, iv).XORKeyStream(plain, body)
		body = plain
	}
	return memEntry{
		meta: data[at], key: body[:lengths[0]], value: body[lengths[0]:], size: end + crc32.Size - at,
	}, true
}

// memID is the number in a log's name, -1 when it has none.
func memID(name string) int {
	n, err := strconv.Atoi(strings.TrimSuffix(name, memSuffix))
	if err != nil {
		return -1
	}
	return n
}
