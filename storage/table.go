package storage

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"iter"

	"github.com/go-json-experiment/json"
)

// Table is a set of records of one type under one prefix, kept as sealed JSON.
type Table[T any] struct {
	prefix byte
	name   string
}

// OpenTable claims a prefix (0x10 to 0xEF) for records of type T. A prefix has
// one owner: claiming it twice is an error.
func OpenTable[T any](s *Store, prefix byte, name string) (*Table[T], error) {
	if err := s.claim(prefix, name); err != nil {
		return nil, err
	}
	return &Table[T]{prefix, name}, nil
}

func (s *Store) claim(prefix byte, name string) error {
	if prefix < firstTable || prefix > lastTable {
		return fmt.Errorf("storage: prefix %#x of table %q is reserved", prefix, name)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if owner, taken := s.tables[prefix]; taken {
		return fmt.Errorf("storage: prefix %#x of table %q belongs to table %q", prefix, name, owner)
	}
	s.tables[prefix] = name
	return nil
}

func (t *Table[T]) at(key Key) ([]byte, error) {
	if len(key) == 0 || len(key) > maxKey-1 {
		return nil, fmt.Errorf("storage: a key of table %q has %d bytes, want 1 to %d", t.name, len(key), maxKey-1)
	}
	return append([]byte{t.prefix}, key...), nil
}

// Get is the record under the key: ErrNotFound when there is none, ErrErased
// when its subject was forgotten, storage/damaged when it was altered.
func (t *Table[T]) Get(r Reader, key Key) (T, error) {
	var zero T
	at, err := t.at(key)
	if err != nil {
		return zero, err
	}
	sealed, err := r.base().get(at)
	if err != nil {
		return zero, err
	}
	return t.open(r, at, sealed)
}

func (t *Table[T]) open(r Reader, at, sealed []byte) (T, error) {
	var value T
	plain, err := r.base().open(at, sealed)
	if errors.Is(err, errNotSealed) {
		return value, damaged(fmt.Sprintf("A record of table %q was altered", t.name))
	}
	if err != nil {
		return value, err
	}
	if err := json.Unmarshal(plain, &value); err != nil {
		// The text of the error could repeat what the record holds.
		return value, fmt.Errorf("storage: a record of table %q is not of its type", t.name)
	}
	return value, nil
}

// open is the plaintext of a sealed record.
func (s *snapshot) open(at, sealed []byte) ([]byte, error) {
	id, err := recordKey(sealed)
	if err != nil {
		return nil, err
	}
	aead, err := s.dataKey(id)
	if err != nil {
		return nil, err
	}
	return openRecord(aead, id, at, sealed)
}

// Put writes the record under the key, sealed with the subject's data key. A
// record holds at most 64 KiB of JSON.
func (t *Table[T]) Put(tx *Tx, subject Subject, key Key, value T) error {
	return tx.keep(t.put(tx, subject, key, value))
}

func (t *Table[T]) put(tx *Tx, subject Subject, key Key, value T) error {
	if tx.snap.ended {
		return errEnded
	}
	at, err := t.at(key)
	if err != nil {
		return err
	}
	plain, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("storage: write a record of table %q: %w", t.name, err)
	}
	return tx.seal(subject, at, plain)
}

// Delete removes the record under the key, if there is one.
func (t *Table[T]) Delete(tx *Tx, key Key) error {
	if tx.snap.ended {
		return errEnded
	}
	at, err := t.at(key)
	if err != nil {
		return tx.keep(err)
	}
	tx.own[string(at)] = write{deleted: true}
	return nil
}

// Range is which records a scan passes, in which order.
type Range struct {
	Prefix  Key  // only keys that begin with it; empty: all
	From    Key  // begin with this key, or after where it would stand
	After   Key  // begin behind this key: the cursor of a next page
	Reverse bool // from the largest key down
}

// Row is a record and the key it lies under.
type Row[T any] struct {
	Key      Key
	Value    T
	SealedBy []byte // id of the data key, as Leaf.Forgot names those that were destroyed
}

// Row is Get with the key that seals the record, which is known of one that was
// erased, too.
func (t *Table[T]) Row(r Reader, key Key) (Row[T], error) {
	row := Row[T]{Key: key}
	at, err := t.at(key)
	if err != nil {
		return row, err
	}
	sealed, err := r.base().get(at)
	if err != nil {
		return row, err
	}
	row.SealedBy = sealedBy(sealed)
	row.Value, err = t.open(r, at, sealed)
	return row, err
}

// sealedBy is the id of the data key that a record names; nil when it is none.
func sealedBy(sealed []byte) []byte {
	id, err := recordKey(sealed)
	if err != nil {
		return nil
	}
	return id[:]
}

// Scan passes the records of the range in the order of their keys, one at a
// time. A record that cannot be read comes with its error (ErrErased among
// them) and its key, and the scan goes on; an error without a key ends it.
func (t *Table[T]) Scan(r Reader, within Range) iter.Seq2[Row[T], error] {
	return func(yield func(Row[T], error) bool) {
		prefix := append([]byte{t.prefix}, within.Prefix...)
		var from, after []byte
		switch {
		case within.After != nil:
			after = append([]byte{t.prefix}, within.After...)
			from = after
		case within.From != nil:
			from = append([]byte{t.prefix}, within.From...)
		}
		stopped := false
		err := r.base().scan(prefix, from, within.Reverse, func(at, sealed []byte) (bool, error) {
			if after != nil && string(at) == string(after) {
				return true, nil
			}
			row := Row[T]{Key: Key(append([]byte(nil), at[1:]...)), SealedBy: sealedBy(sealed)}
			value, err := t.open(r, append([]byte(nil), at...), sealed)
			row.Value = value
			stopped = !yield(row, err)
			return !stopped, nil
		})
		if err != nil && !stopped {
			yield(Row[T]{}, err)
		}
	}
}

// nameWrite names a record and its state for the journal.
func nameWrite(mac hash.Hash, key []byte, w write) Write {
	var out Write
	mac.Reset()
	mac.Write(key)
	copy(out.Key[:], mac.Sum(nil))
	if !w.deleted {
		sum := sha256.Sum256(w.value)
		copy(out.Value[:], sum[:])
	}
	return out
}
