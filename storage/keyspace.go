package storage

import (
	"encoding/binary"
	"time"
)

// The first byte of every key says whose it is. Tables of rooms begin at
// firstTable; what is below belongs to the store.
const (
	spaceSchema   byte = 0x00 // version of the data
	spaceHead     byte = 0x01 // journal size and batch number, in every batch
	spaceLeaf     byte = 0x02 // index -> hashes and leaf
	spaceOpening  byte = 0x03 // index -> salts and values, under the subject's key
	spaceSubject  byte = 0x04 // subject -> id of its data key
	spaceDataKey  byte = 0x05 // id -> wrapped data key, or the mark of a forgotten one
	spaceEpoch    byte = 0x06 // which epoch key wraps, and what a roll has yet to do
	spaceFollower byte = 0x07 // name -> position

	firstTable byte = 0x10
	lastTable  byte = 0xEF
)

var (
	keySchema = []byte{spaceSchema}
	keyHead   = []byte{spaceHead}
	keyEpoch  = []byte{spaceEpoch}
)

func indexKey(space byte, index uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{space}, index)
}

func subjectKey(s Subject) []byte    { return append([]byte{spaceSubject}, s[:]...) }
func dataKeyKey(id keyID) []byte     { return append([]byte{spaceDataKey}, id[:]...) }
func followerKey(name string) []byte { return append([]byte{spaceFollower}, name...) }

// Key is the name of a record within its table. Keys are not sealed under the
// subject's key and outlive an erasure in old files: nothing personal may be in
// one. Use Pseudonym.
type Key []byte

// Part is a piece of a Key.
type Part interface{ appendTo(Key) Key }

// The parts of keys. Each sorts as its value does and none can be mistaken for
// the beginning of another, so that a shorter Path is a prefix of exactly the
// keys that continue it.
type (
	// U64 takes 8 bytes.
	U64 uint64
	// U32 takes 4 bytes.
	U32 uint32
	// U8 takes 1 byte.
	U8 uint8
	// Text takes its bytes, ended by 00 01; a 00 within becomes 00 FF.
	Text string
	// At takes 8 bytes: nanoseconds since 1970, from the year 1678 to 2262.
	At time.Time
)

// Path builds a key from its parts: Path(subject, U64(7)).
func Path(parts ...Part) Key {
	var k Key
	for _, p := range parts {
		k = p.appendTo(k)
	}
	return k
}

func (p Subject) appendTo(k Key) Key { return append(k, p[:]...) }
func (p U64) appendTo(k Key) Key     { return binary.BigEndian.AppendUint64(k, uint64(p)) }
func (p U32) appendTo(k Key) Key     { return binary.BigEndian.AppendUint32(k, uint32(p)) }
func (p U8) appendTo(k Key) Key      { return append(k, byte(p)) }

func (p Text) appendTo(k Key) Key {
	for i := range len(p) {
		if k = append(k, p[i]); p[i] == 0 {
			k = append(k, 0xFF)
		}
	}
	return append(k, 0x00, 0x01)
}

func (p At) appendTo(k Key) Key {
	// The sign bit is turned so that times before 1970 sort first.
	return binary.BigEndian.AppendUint64(k, uint64(time.Time(p).UnixNano())^1<<63)
}
