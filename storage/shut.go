package storage

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Known says whether there is, or was since it was last forgotten, anything
// under a subject's data key.
func Known(r Reader, subject Subject) (bool, error) {
	_, err := r.base().subjectKeyID(subject)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// Shut makes the private part of a journal entry unreadable for good, and
// leaves its subject's other records alone. The entry and every proof of it
// stay. Whoever asks is told ErrErased. An entry without a private part is no
// error. The old bytes stay in Badger's files until they are compacted, sealed
// under the subject's key.
func (tx *Tx) Shut(index uint64) error { return tx.keep(tx.shut(index)) }

func (tx *Tx) shut(index uint64) error {
	if tx.snap.ended {
		return errEnded
	}
	at := indexKey(spaceOpening, index)
	if _, err := tx.snap.get(at); errors.Is(err, ErrNotFound) {
		return nil
	} else if err != nil {
		return err
	}
	// In its place comes a record under a key that nobody keeps, and that this
	// commit says is forgotten: to every check it is that of an erased subject.
	random := tx.snap.store.cfg.Random
	var fresh [keyIDSize + dataKeySize]byte
	if _, err := io.ReadFull(random, fresh[:]); err != nil {
		return fmt.Errorf("read randomness to shut an entry: %w", err)
	}
	id := keyID(fresh[:keyIDSize])
	aead, err := newAEAD(fresh[keyIDSize:])
	if err != nil {
		return err
	}
	sealed, err := sealRecord(random, aead, id, at, nil)
	if err != nil {
		return err
	}
	tx.own[string(at)] = write{value: sealed}
	tx.own[string(dataKeyKey(id))] = write{value: forgottenKey}
	tx.forgot = append(tx.forgot, id)
	return nil
}

// Private are the indices of journal entries from one on whose private part can
// still be read, at most so many, and where to go on; 0 at the end.
func Private(r Reader, from uint64, most int) (open []uint64, next uint64, err error) {
	err = r.base().eachOpening(from, func(index uint64, sealed []byte) (bool, error) {
		if len(open) == most {
			next = index
			return false, nil
		}
		id, err := recordKey(sealed)
		if err != nil {
			return false, damagedEntry(index)
		}
		switch _, err := r.base().dataKey(id); {
		case errors.Is(err, ErrErased):
		case err != nil:
			return false, err
		default:
			open = append(open, index)
		}
		return true, nil
	})
	return open, next, err
}

// eachOpening passes the private parts of entries from an index on.
func (s *snapshot) eachOpening(from uint64, each func(index uint64, sealed []byte) (bool, error)) error {
	return s.scan([]byte{spaceOpening}, indexKey(spaceOpening, from), false, func(key, sealed []byte) (bool, error) {
		return each(binary.BigEndian.Uint64(key[1:]), sealed)
	})
}
