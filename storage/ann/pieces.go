package ann

import "sync/atomic"

// pieceSize is how many bytes have a checksum together: little enough to be
// checked when the first byte of it is needed.
const pieceSize = 32 << 10

// pieces are the checksums of a file's hot bytes, and which of them were
// checked since it was opened. Checking everything at the start would read
// everything; checking on first use never uses what was not checked.
type pieces struct {
	end      int      // of the hot bytes
	searched int      // up to here searches read; the table comes after
	sums     []uint32 // CRC-32C of each piece; one that was checked is not read again
	seen     []atomic.Uint32
	// How many pieces were not checked yet: of those that searches read, and of
	// those that the table lies in. One may be both.
	scan, table atomic.Int32
}

func newPieces(searched, end int, sums []uint32) *pieces {
	p := &pieces{end: end, searched: searched, sums: sums, seen: make([]atomic.Uint32, (len(sums)+31)/32)}
	p.scan.Store(int32((searched + pieceSize - 1) / pieceSize))
	p.table.Store(int32(len(sums) - searched/pieceSize))
	return p
}

// sound says whether all that searches read was checked.
func (p *pieces) sound() bool { return p.scan.Load() == 0 }

// found says whether all that looking an ID up reads was checked.
func (p *pieces) found() bool { return p.table.Load() == 0 }

// sumPieces are the checksums of bytes up to end.
func sumPieces(data []byte, end int) []uint32 {
	sums := make([]uint32, 0, end/pieceSize+1)
	for at := 0; at < end; at += pieceSize {
		sums = append(sums, crc(data[at:min(end, at+pieceSize)]))
	}
	return sums
}

// check is -1 when the bytes are sound, else where the piece begins that is not.
func (p *pieces) check(data []byte, from, to int) int {
	if from >= to || to <= p.searched && p.sound() {
		return -1
	}
	for i := from / pieceSize; i <= (to-1)/pieceSize; i++ {
		if p.seen[i/32].Load()>>(i%32)&1 == 1 {
			continue
		}
		at := i * pieceSize
		if crc(data[at:min(p.end, at+pieceSize)]) != p.sums[i] {
			return at
		}
		if p.seen[i/32].Or(1<<(i%32))>>(i%32)&1 == 1 {
			continue // somebody else came first
		}
		if at < p.searched {
			p.scan.Add(-1)
		}
		if i >= p.searched/pieceSize {
			p.table.Add(-1)
		}
	}
	return -1
}
