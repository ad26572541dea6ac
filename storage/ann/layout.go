package ann

import (
	"encoding/binary"
	"hash/crc32"
	"math"
)

// A part is one run of bytes, the same in memory and in its file:
//
//	header   64 bytes
//	codes    for each block of 32 rows and each 8 dimensions 32 bytes: one of
//	         each row, its bits the signs of the components
//	factors  float32: 1 / sum |x|, which makes an estimate of a sum of signs
//	slack    byte: how far the cells are from the row, in 1/1024, rounded up
//	cells    each component as a byte, 128 + x/step
//	slots    (files only) uint32: where a row with this hash of its ID lies
//	records  ID, owner, the turned row in float32, CRC-32C of the three
//
// Everything is little endian. All but the records is hot: every search runs
// through it.
type layout struct {
	dims   int // padded to a multiple of groups
	rows   int // capacity, a multiple of blockRows
	slots  int // a power of two, or none
	codes  int // offsets
	factor int
	slack  int
	cells  int
	table  int
	hot    int // end of what is hot: where the records begin
	stride int // of a record
	size   int
}

const (
	blockRows  = 32 // rows that a kernel works on at once
	groupDims  = 32 // dimensions are padded to a multiple of this
	headerSize = 64
	labelSize  = 32
	lineSize   = 64 // sections begin at cache lines
	// mostBytes is what the cells of one part take at most: a part is what is
	// written, mapped, and merged at once.
	mostBytes   = 1 << 23
	fewest      = 64 // rows of the smallest part
	memoryShare = 8  // a part in memory has at most one in so many of a file's rows
	// MaxDims is the longest vector that is indexed.
	MaxDims = 1024
)

func padded(dims int) int { return (dims + groupDims - 1) / groupDims * groupDims }

// mostRows is how many rows a part has at most.
func mostRows(dims int) int {
	rows := fewest
	for rows < 1<<16 && 2*rows*dims <= mostBytes {
		rows *= 2
	}
	return rows
}

func newLayout(dims, rows, slots int) layout {
	l := layout{dims: dims, rows: (rows + blockRows - 1) / blockRows * blockRows, slots: slots}
	line := func(at int) int { return (at + lineSize - 1) / lineSize * lineSize }
	l.codes = headerSize
	l.factor = line(l.codes + l.rows*dims/8)
	l.slack = line(l.factor + l.rows*4)
	l.cells = line(l.slack + l.rows)
	l.table = line(l.cells + l.rows*dims)
	l.hot = line(l.table + slots*4)
	l.stride = labelSize + dims*4 + 4
	l.size = l.hot + l.rows*l.stride
	return l
}

// blockCodes is how many bytes the codes of a block take.
func (l *layout) blockCodes() int { return blockRows * l.dims / 8 }

const (
	// reach is how many standard deviations of a component the cells span.
	// Components of a turned unit vector are nearly normal: one of 1.7 million
	// is cut off, and its row's slack tells.
	reach     = 5.0
	slackUnit = 1.0 / 1024
	mostSlack = 255 // stands for everything from 254/1024 up
)

// step is the width of a cell.
func step(dims int) float64 { return reach / math.Sqrt(float64(dims)) / 127 }

// cellWidth is the same as rows are coded with.
func cellWidth(dims int) float32 { return float32(step(dims)) }

// loss is how far a row may be from its cells.
func loss(slack byte) float64 {
	if slack == mostSlack {
		return 1
	}
	return float64(slack) * slackUnit
}

// castagnoli is the polynomial that processors have an instruction for.
func crc(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }

// write codes the turned row x as row i of the part.
func (l *layout) write(k *kernels, data []byte, i int, id ID, owner Owner, x []float32) {
	record := data[l.hot+i*l.stride:][:l.stride]
	copy(record, id[:])
	copy(record[16:], owner[:])
	at := l.codes + i/blockRows*l.blockCodes()
	sum, off := k.code(x, cellWidth(l.dims), data[at+i%blockRows:at+l.blockCodes()], data[l.cells+i*l.dims:][:l.dims], l.vector(record))
	binary.LittleEndian.PutUint32(record[l.stride-4:], crc(record[:l.stride-4]))
	binary.LittleEndian.PutUint32(data[l.factor+4*i:], math.Float32bits(1/sum))
	data[l.slack+i] = byte(min(mostSlack, math.Ceil(math.Sqrt(float64(off))*1.0001/slackUnit)))
}

// copyRow copies a row between two parts of the same dimensions: row j of
// another becomes row i of this. The record is not hot, and not copied.
func (l *layout) copyRow(data []byte, i int, from *layout, hot []byte, j int) {
	a, b := l.codes+i/blockRows*l.blockCodes()+i%blockRows, from.codes+j/blockRows*from.blockCodes()+j%blockRows
	for range l.dims / 8 {
		data[a] = hot[b]
		a, b = a+blockRows, b+blockRows
	}
	copy(data[l.factor+4*i:][:4], hot[from.factor+4*j:])
	data[l.slack+i] = hot[from.slack+j]
	copy(data[l.cells+i*l.dims:][:l.dims], hot[from.cells+j*l.dims:])
}

// zero clears row i; nothing of it stays but its place in the table. The
// ranges that it changes are handed to wrote.
func (l *layout) zero(data []byte, i int, wrote func(from, to int)) {
	at := l.codes + i/blockRows*l.blockCodes()
	for b := at + i%blockRows; b < at+l.blockCodes(); b += blockRows {
		data[b] = 0
	}
	wrote(at, at+l.blockCodes())
	for _, part := range [][2]int{
		{l.factor + 4*i, l.factor + 4*i + 4}, {l.slack + i, l.slack + i + 1},
		{l.cells + i*l.dims, l.cells + (i+1)*l.dims},
	} {
		clear(data[part[0]:part[1]])
		wrote(part[0], part[1])
	}
}
