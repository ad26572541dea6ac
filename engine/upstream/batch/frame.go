package batch

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

// What may be wrong with what arrived.
var (
	ErrMalformed = errors.New("it is not in the format that it should be in")
	ErrAltered   = errors.New("it is not what was signed")
	ErrProof     = errors.New("its entries do not lead to the signed checkpoint")
	ErrOpening   = errors.New("a private value is not the one that its entry commits to")
	ErrTooLarge  = errors.New("it is larger than such a thing may be")
)

// Limits.
const (
	Most        = 512 << 10 // bytes of a batch on the wire
	MostEntries = 1 << 16   // of a batch, and parts of any list
	mostBody    = 8 << 20   // bytes of its body, unpacked
	mostNote    = 16 << 10
)

// A frame is lists of byte strings: for each list its length, for each string its
// length and its bytes, all lengths as unsigned varints of the shortest form.
func frame(lists ...[][]byte) []byte {
	var b []byte
	for _, list := range lists {
		b = binary.AppendUvarint(b, uint64(len(list)))
		for _, part := range list {
			b = binary.AppendUvarint(b, uint64(len(part)))
			b = append(b, part...)
		}
	}
	return b
}

// unframe reads n lists and nothing behind them. The strings lie in b.
func unframe(b []byte, n int) ([][][]byte, error) {
	lists := make([][][]byte, n)
	for i := range lists {
		count, rest, err := uvarint(b)
		if err != nil || count > MostEntries || count > uint64(len(rest)) {
			return nil, fmt.Errorf("%w: a list", ErrMalformed)
		}
		b, lists[i] = rest, make([][]byte, 0, count)
		for range count {
			size, rest, err := uvarint(b)
			if err != nil || size > uint64(len(rest)) {
				return nil, fmt.Errorf("%w: a part of a list", ErrMalformed)
			}
			lists[i], b = append(lists[i], rest[:size:size]), rest[size:]
		}
	}
	if len(b) > 0 {
		return nil, fmt.Errorf("%w: something behind the end", ErrMalformed)
	}
	return lists, nil
}

func uvarint(b []byte) (uint64, []byte, error) {
	v, n := binary.Uvarint(b)
	if n <= 0 || n > 1 && b[n-1] == 0 { // a longer form of the same number
		return 0, nil, ErrMalformed
	}
	return v, b[n:], nil
}

// one is the only part of a list.
func one(list [][]byte) ([]byte, error) {
	if len(list) != 1 {
		return nil, fmt.Errorf("%w: a list of one", ErrMalformed)
	}
	return list[0], nil
}

// pack compresses with zstd (RFC 8878).
func pack(b []byte) ([]byte, error) {
	w, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedDefault))
	if err != nil {
		return nil, fmt.Errorf("make a compressor: %w", err)
	}
	out := w.EncodeAll(b, nil)
	return out, w.Close()
}

// unpack is what was packed, at most most bytes of it.
func unpack(b []byte, most int64) ([]byte, error) {
	r, err := zstd.NewReader(bytes.NewReader(b), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(uint64(most)+1<<20), zstd.WithDecoderLowmem(true))
	if err != nil {
		return nil, fmt.Errorf("%w: compression", ErrMalformed)
	}
	defer r.Close()
	out, err := io.ReadAll(io.LimitReader(r, most+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: compression", ErrMalformed)
	case int64(len(out)) > most:
		return nil, ErrTooLarge
	}
	return out, nil
}
