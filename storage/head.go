package storage

import (
	"encoding/binary"
	"errors"
)

// Position is a number of journal entries that are durable.
type Position uint64

// head is written with every batch: how many journal entries there are, the
// number of the batch, and the newest batch whose seal was known to be on the
// disk. Batches are numbered without gaps: a gap in the write-ahead logs is a
// hole.
type head struct {
	size   uint64
	batch  uint64
	sealed uint64
}

const headSize = 24

var errHead = errors.New("the head record is altered")

func (h head) bytes() []byte {
	b := binary.BigEndian.AppendUint64(make([]byte, 0, headSize), h.size)
	b = binary.BigEndian.AppendUint64(b, h.batch)
	return binary.BigEndian.AppendUint64(b, h.sealed)
}

func parseHead(b []byte) (head, error) {
	if len(b) != headSize {
		return head{}, errHead
	}
	h := head{
		size:   binary.BigEndian.Uint64(b),
		batch:  binary.BigEndian.Uint64(b[8:]),
		sealed: binary.BigEndian.Uint64(b[16:]),
	}
	if h.batch == 0 || h.sealed >= h.batch {
		return head{}, errHead
	}
	return h, nil
}
