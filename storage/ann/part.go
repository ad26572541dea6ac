package ann

import (
	"encoding/binary"
	"fmt"
	"math/bits"
)

// part is a run of rows: in memory, where rows are still added, or in a file,
// where they are only ever taken away. Its bytes up to the number of rows that
// a view names never change, but for rows that are erased.
type part struct {
	layout
	data []byte    // what is hot, and the records where they are at hand
	file *partFile // nil in memory
}

func newPart(dims, rows int) *part {
	l := newLayout(dims, rows, 0)
	return &part{layout: l, data: make([]byte, l.size)}
}

// record is row i's record, checked when it comes from a file.
func (p *part) record(i int, scratch []byte) ([]byte, error) {
	if p.file == nil {
		return p.data[p.hot+i*p.stride:][:p.stride], nil
	}
	return p.file.record(&p.layout, p.data, i, scratch)
}

// hotRow makes sure that what is hot of a row may be used: its cells and its
// slack.
func (p *part) hotRow(i int) error {
	if p.file == nil || p.file.pieces.sound() {
		return nil
	}
	if err := p.need(p.cells+i*p.dims, p.cells+(i+1)*p.dims); err != nil {
		return err
	}
	return p.need(p.slack+i, p.slack+i+1)
}

// need makes sure that bytes of a file are as they were written before they
// are used for the first time.
func (p *part) need(from, to int) error {
	if p.file == nil {
		return nil
	}
	if bad := p.file.pieces.check(p.data, from, to); bad >= 0 {
		return fmt.Errorf("%w: %s is altered at byte %d", Damaged, p.file.name, bad)
	}
	return nil
}

// label is whose a record is.
func label(record []byte) (ID, Owner) {
	return ID(record[:16]), Owner(record[16:labelSize])
}

// vector is the turned row in a record.
func (l *layout) vector(record []byte) []byte { return record[labelSize : l.stride-4] }

func (l *layout) sound(record []byte) bool {
	return crc(record[:l.stride-4]) == binary.LittleEndian.Uint32(record[l.stride-4:])
}

// A slot of a file's table holds a used bit, 15 bits of the ID's hash, and the
// row. A row that was erased stays in it: its record says that it is gone.
const usedSlot = 1 << 31

func hash(id ID) uint64 {
	h := binary.LittleEndian.Uint64(id[:8]) ^ bits.RotateLeft64(binary.LittleEndian.Uint64(id[8:]), 31)
	h *= 0x9E3779B97F4A7C15 // 2^64 over the golden ratio
	h ^= h >> 29
	h *= 0xBF58476D1CE4E5B9 // Steele, Lea, Flood (OOPSLA 2014), as the shifts
	return h ^ h>>32
}

// slotsFor is the size of the table for so many rows: at most two thirds full.
func slotsFor(rows int) int { return 1 << bits.Len(uint(rows+rows/2)) }

// enter notes where a row lies.
func (l *layout) enter(data []byte, id ID, row int) {
	h := hash(id)
	for at := h; ; at++ {
		slot := data[l.table+4*int(at&uint64(l.slots-1)):][:4]
		if binary.LittleEndian.Uint32(slot) == 0 {
			binary.LittleEndian.PutUint32(slot, uint32(usedSlot|h>>49<<16|uint64(row)))
			return
		}
	}
}

// find is where the row with an ID, of this hash, lies in a file's part, or -1. Rows that
// are gone are passed over.
func (p *part) find(id ID, h uint64, gone *dead, scratch []byte) (int, error) {
	for at := h; ; at++ {
		offset := p.table + 4*int(at&uint64(p.slots-1))
		if !p.file.pieces.found() {
			if err := p.need(offset, offset+4); err != nil {
				return -1, err
			}
		}
		slot := binary.LittleEndian.Uint32(p.data[offset:])
		if slot == 0 {
			return -1, nil
		}
		row := int(slot & 0xFFFF)
		if uint64(slot>>16) != 1<<15|h>>49 || gone.has(row) {
			continue
		}
		if is, err := p.is(row, id, scratch); err != nil || is {
			return row, err
		}
	}
}

// is says whether row i has this ID. What has it needs no checksum, for it goes;
// what has another is read as a whole, to be certain that it is not damaged.
func (p *part) is(i int, id ID, scratch []byte) (bool, error) {
	if p.file != nil && !p.file.whole {
		b := scratch[:len(id)]
		if _, err := p.file.f.ReadAt(b, int64(p.hot+i*p.stride)); err == nil && ID(b) == id {
			return true, nil
		}
	}
	record, err := p.record(i, scratch)
	return err == nil && ID(record[:16]) == id, err
}
