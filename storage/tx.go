package storage

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/go-json-experiment/json"
)

// Tx is one commit in the making. It reads everything committed before it and
// its own writes, and ends with the function that it was handed to.
type Tx struct {
	snap     *snapshot
	own      layer
	edge     frontier // of the journal, before this commit
	entries  []leafJSON
	forgot   []keyID
	known    map[Subject]keyID // data keys met in this commit; zero: forgotten in it
	now      time.Time
	internal bool  // the store's own bookkeeping: needs no journal entry
	err      error // the first one; a commit with an error is refused as a whole
}

func (tx *Tx) base() *snapshot { return tx.snap }

// Now is the time of this commit, the same for all its entries, UTC.
func (tx *Tx) Now() time.Time { return tx.now }

// Position is the number of journal entries before this commit.
func (tx *Tx) Position() Position { return Position(tx.edge.size) }

// keep remembers an error, so that a commit cannot go half by swallowing it.
func (tx *Tx) keep(err error) error {
	if err != nil && tx.err == nil {
		tx.err = err
	}
	return err
}

// Log adds an entry to the journal in this transaction and answers its index.
func (tx *Tx) Log(e Entry) (uint64, error) {
	index, err := tx.log(e)
	return index, tx.keep(err)
}

func (tx *Tx) log(e Entry) (uint64, error) {
	if tx.snap.ended {
		return 0, errEnded
	}
	if e.Kind == "" || e.Actor == "" {
		return 0, errors.New("storage: a journal entry needs a kind and an actor")
	}
	public, err := canonical(e.Public)
	if err != nil {
		return 0, err
	}
	index := tx.edge.size + uint64(len(tx.entries))
	leaf := leafJSON{Actor: e.Actor, Index: index, Kind: e.Kind, Org: e.Org, Public: public, Time: tx.now, V: leafVersion}
	if len(e.Private) > 0 {
		opening, commitments, err := conceal(tx.snap.store.cfg.Random, e.Private)
		if err != nil {
			return 0, err
		}
		plain, err := json.Marshal(opening, json.Deterministic(true))
		if err != nil {
			return 0, fmt.Errorf("write the private part of a journal entry: %w", err)
		}
		if err := tx.seal(e.Subject, indexKey(spaceOpening, index), plain); err != nil {
			return 0, err
		}
		leaf.Private = commitments
	}
	tx.entries = append(tx.entries, leaf)
	return index, nil
}

// seal puts plain under a database key, sealed with the subject's data key.
func (tx *Tx) seal(subject Subject, at, plain []byte) error {
	if len(plain) > maxValue {
		return TooLarge
	}
	id, aead, err := tx.keyFor(subject)
	if err != nil {
		return err
	}
	sealed, err := sealRecord(tx.snap.store.cfg.Random, aead, id, at, plain)
	if err != nil {
		return err
	}
	tx.own[string(at)] = write{value: sealed}
	return nil
}

// finish turns entries into leaves and adds them to the tree; the writes and
// forgotten keys of the commit are named in its last leaf.
func (tx *Tx) finish() (frontier, error) {
	if tx.err != nil {
		return tx.edge, tx.err
	}
	writes := tx.writes()
	if len(tx.entries) == 0 {
		if !tx.internal && (len(writes) > 0 || len(tx.forgot) > 0) {
			return tx.edge, errUnlogged
		}
		return tx.edge, nil
	}
	last := &tx.entries[len(tx.entries)-1]
	last.Writes = writes
	for _, id := range tx.forgot {
		last.Forgot = append(last.Forgot, bytes.Clone(id[:]))
	}
	edge := tx.edge
	for _, e := range tx.entries {
		raw, err := e.bytes()
		if err != nil {
			return tx.edge, err
		}
		if len(raw) > maxLeaf {
			return tx.edge, TooLarge
		}
		hashes := edge.append(raw)
		tx.own[string(indexKey(spaceLeaf, e.Index))] = write{value: leafRecord(hashes, raw)}
	}
	return edge, nil
}

// maxLeaf bounds a leaf in bytes: its public part, and 60 for each write.
const maxLeaf = 96 << 10

// writes names the records of rooms that this commit leaves behind, in the
// order of their keys.
func (tx *Tx) writes() [][]byte {
	keys := make([]string, 0, len(tx.own))
	for k := range tx.own {
		if k[0] >= firstTable {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	out := make([][]byte, len(keys))
	mac := tx.snap.store.naming
	for i, k := range keys {
		w := nameWrite(mac, []byte(k), tx.own[k])
		out[i] = append(w.Key[:], w.Value[:]...)
	}
	return out
}
