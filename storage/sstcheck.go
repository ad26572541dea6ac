package storage

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"os"

	"github.com/dgraph-io/badger/v4/fb"
)

// A table of Badger (NNNNNN.sst) is
//
//	blocks | index | index length (4) | checksum | checksum length (4)
//
// where blocks and index end with their own IV when they are encrypted, and a
// block is
//
//	entries | offsets (4 each) | count (4) | checksum | checksum length (4)
//
// Badger leaves a table out when its index does not check out, and panics or
// ends the process on other damage, so tables are verified before it sees them.

var errTable = errors.New("the table is altered")

// checkTable verifies every block of a table and answers the newest head
// record in it; zero when it has none.
func checkTable(path string, key []byte) (h head, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return head{}, fmt.Errorf("read a table: %w", err)
	}
	defer func() {
		// The index is checked by a CRC before it is read, but what it says is
		// not: its parser panics on offsets that lead outside.
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", errTable, p)
		}
	}()
	var block cipher.Block
	if key != nil {
		if block, err = aes.NewCipher(key); err != nil {
			return head{}, fmt.Errorf("read a table: %w", err)
		}
	}
	index, err := tableIndex(data, block)
	if err != nil {
		return head{}, err
	}
	from := tableBlockOf(index)
	for i := range index.OffsetsLength() {
		var at fb.BlockOffset
		if !index.Offsets(&at, i) {
			return head{}, errTable
		}
		first, n := uint64(at.Offset()), uint64(at.Len())
		if first+n > uint64(len(data)) {
			return head{}, errTable
		}
		plain, entries, err := openBlock(data[first:first+n], block)
		if err != nil {
			return head{}, err
		}
		// The newest version of a key comes first, in this block or at the
		// beginning of the next.
		if h.batch == 0 && (i == from || i == from+1) {
			if h, err = headInBlock(plain, entries); err != nil {
				return head{}, err
			}
		}
	}
	return h, nil
}

func tableIndex(data []byte, block cipher.Block) (*fb.TableIndex, error) {
	raw, rest, err := trailer(data)
	if err != nil {
		return nil, err
	}
	if len(rest) < 4 {
		return nil, errTable
	}
	n := binary.BigEndian.Uint32(rest[len(rest)-4:])
	rest = rest[:len(rest)-4]
	if n == 0 || uint64(n) > uint64(len(rest)) {
		return nil, errTable
	}
	index := rest[len(rest)-int(n):]
	if !raw.matches(index) {
		return nil, errTable
	}
	if index, err = decryptTable(index, block); err != nil {
		return nil, err
	}
	return fb.GetRootAsTableIndex(index, 0), nil
}

// openBlock checks one block: its entries, and where each begins.
func openBlock(sealed []byte, block cipher.Block) (data []byte, offsets []byte, err error) {
	data, err = decryptTable(sealed, block)
	if err != nil {
		return nil, nil, err
	}
	sum, rest, err := trailer(data)
	if err != nil {
		return nil, nil, err
	}
	if !sum.matches(rest) || len(rest) < 4 {
		return nil, nil, errTable
	}
	count := uint64(binary.BigEndian.Uint32(rest[len(rest)-4:]))
	rest = rest[:len(rest)-4]
	if 4*count > uint64(len(rest)) {
		return nil, nil, errTable
	}
	cut := len(rest) - int(4*count)
	return rest[:cut], rest[cut:], nil
}

// decryptTable undoes AES-CTR with the IV at the end.
func decryptTable(sealed []byte, block cipher.Block) ([]byte, error) {
	if block == nil {
		return sealed, nil
	}
	if len(sealed) < aes.BlockSize {
		return nil, errTable
	}
	cut := len(sealed) - aes.BlockSize
	plain := make([]byte, cut)
	cipher.NewCTR(block, sealed[cut:]).XORKeyStream(plain, sealed[:cut])
	return plain, nil
}

// checksum is Badger's pb.Checksum: fields 1 and 2 of a protobuf, both varints.
type checksum struct{ algorithm, sum uint64 }

const (
	algorithmTag = 1 << 3
	sumTag       = 2 << 3
)

func (c checksum) matches(data []byte) bool {
	const crc32c = 0
	return c.algorithm == crc32c && c.sum == uint64(crc32.Checksum(data, castagnoli))
}

// trailer splits a checksum and its length off the end of data.
func trailer(data []byte) (checksum, []byte, error) {
	var c checksum
	if len(data) < 4 {
		return c, nil, errTable
	}
	n := uint64(binary.BigEndian.Uint32(data[len(data)-4:]))
	data = data[:len(data)-4]
	if n > uint64(len(data)) {
		return c, nil, errTable
	}
	cut := len(data) - int(n)
	for b := data[cut:]; len(b) > 0; {
		v, size := binary.Uvarint(b[1:])
		if size <= 0 {
			return c, nil, errTable
		}
		switch b[0] {
		case algorithmTag:
			c.algorithm = v
		case sumTag:
			c.sum = v
		default:
			return c, nil, errTable
		}
		b = b[1+size:]
	}
	return c, data[:cut], nil
}

// seekHead is where the newest version of the head record stands.
var seekHead = append(bytes.Clone(keyHead), versioned(math.MaxUint64)...)

// versioned is the suffix of a key with a commit timestamp: newer sorts first.
func versioned(ts uint64) []byte { return binary.BigEndian.AppendUint64(nil, math.MaxUint64-ts) }

// tableBlockOf is the last block that begins before the head record would.
func tableBlockOf(index *fb.TableIndex) int {
	from := 0
	for i := range index.OffsetsLength() {
		var at fb.BlockOffset
		if index.Offsets(&at, i) && bytes.Compare(at.KeyBytes(), seekHead) <= 0 {
			from = i
		}
	}
	return from
}

// headInBlock is the newest head record in a block; zero when it has none.
// An entry is overlap with the block's first key (2), rest of the key's length
// (2), the rest, and the value behind two flags and an expiry.
func headInBlock(data, offsets []byte) (head, error) {
	var first []byte
	for i := 0; i < len(offsets); i += 4 {
		at, end := int(binary.NativeEndian.Uint32(offsets[i:])), len(data)
		if i+4 < len(offsets) {
			end = int(binary.NativeEndian.Uint32(offsets[i+4:]))
		}
		if at+4 > end || end > len(data) {
			return head{}, errTable
		}
		e := data[at:end]
		overlap, rest := int(binary.NativeEndian.Uint16(e)), int(binary.NativeEndian.Uint16(e[2:]))
		if overlap > len(first) || 4+rest > len(e) {
			return head{}, errTable
		}
		key := append(bytes.Clone(first[:overlap]), e[4:4+rest]...)
		if i == 0 {
			first = key
		}
		if len(key) < 8 || !bytes.Equal(key[:len(key)-8], keyHead) {
			continue
		}
		value := e[4+rest:]
		if len(value) < 2 {
			return head{}, errTable
		}
		_, n := binary.Uvarint(value[2:])
		if n <= 0 {
			return head{}, errTable
		}
		h, err := parseHead(value[2+n:])
		if err != nil {
			return head{}, errTable
		}
		return h, nil
	}
	return head{}, nil
}
