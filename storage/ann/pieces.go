package ann

import "sync/atomic"

// pieceSize is how many bytes have a checksum together: little enough to be
// checked when the first byte of it is needed.
const pieceSize = 32 << 10

// pieces are the checksums of a file's hot bytes, and which of them were
// checked since it was opened. Checking everything at the start would read
// everything; checking on first use never uses what was not checked.
type pieces struct {
	end   int      // of the hot bytes
	sums  []uint32 // CRC-32C of each piece; one that was checked is not read again
	seen  []atomic.Uint32
	sound atomic.Bool // all of them were checked
}

func newPieces(end int, sums []uint32) *pieces {
	return &pieces{end: end, sums: sums, seen: make([]atomic.Uint32, (len(sums)+31)/32)}
}

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
	if p.sound.Load() || from >= to {
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
		p.seen[i/32].Or(1 << (i % 32))
	}
	if from == 0 && to == p.end {
		p.sound.Store(true)
	}
	return -1
}
