package storage

import (
	"crypto/cipher"
	"errors"
	"fmt"
	"maps"
	"time"
)

// batch is the commits that become durable with one Badger transaction.
type batch struct {
	store  *Store
	snap   *shared // what was durable before
	below  []layer // the batch that was on its way to the disk then
	writes layer
	size   int64 // of writes, as a transaction counts them
	edge   frontier
	keys   *unlocked
	forgot []keyID
	jobs   []*job
	ends   []outcome     // of each job, once the batch has landed
	done   chan struct{} // closed when it has

	landed  time.Time
	early   int       // jobs that came while the batch before was on its way
	arrived time.Time // when the newest came after that
}

type outcome struct {
	position Position
	err      error
}

func (s *Store) newBatch() *batch {
	b := &batch{
		store:  s,
		writes: layer{},
		edge:   s.edge,
		keys:   &unlocked{fresh: map[keyID]cipher.AEAD{}},
		done:   make(chan struct{}),
	}
	if s.flight.flying() {
		// It may land in between: then its writes are seen twice, which is the
		// same.
		b.below = []layer{s.flight.writes}
		b.keys.below = &unlocked{fresh: s.flight.keys.fresh}
		b.keys.shadowed = s.flight.keys.shadowed
	}
	b.keys.asOf = s.ring.erased()
	b.snap = s.acquire()
	return b
}

// flying says whether the batch is still on its way to the disk.
func (b *batch) flying() bool {
	if b == nil {
		return false
	}
	select {
	case <-b.done:
		return false
	default:
		return true
	}
}

func (b *batch) land() {
	if b != nil {
		<-b.done
	}
}

// ran is what one commit wants written.
type ran struct {
	own    layer
	size   int64
	edge   frontier
	forgot []keyID
	known  map[Subject]keyID
	err    error
}

// run runs one commit on top of the batch.
func (b *batch) run(j *job) ran {
	s := b.store
	own := layer{}
	layers := append(b.below[:len(b.below):len(b.below)], b.writes, own)
	snap := &snapshot{store: s, txn: b.snap.txn, layers: layers, keys: b.keys}
	tx := &Tx{
		snap: snap, own: own, edge: b.edge, known: map[Subject]keyID{},
		now: s.cfg.Now().UTC(), internal: j.internal,
	}
	r := ran{own: own, err: j.call(tx)}
	if r.err == nil {
		r.edge, r.err = tx.finish()
	}
	snap.ended = true
	r.forgot, r.known, r.size = tx.forgot, tx.known, own.footprint()
	if r.err == nil && (r.size > s.maxBatch || int64(len(own)) > s.maxEntries) {
		r.err = fmt.Errorf("%w: all records of one commit together", TooLarge)
	}
	return r
}

// fits says whether the batch with r is still one transaction.
func (b *batch) fits(r ran) bool {
	return r.err != nil || b.size+r.size <= b.store.maxBatch && int64(len(b.writes)+len(r.own)) <= b.store.maxEntries
}

// add takes what a commit wrote into the batch. One that failed is answered
// with the batch too: what it saw may not be durable yet.
func (b *batch) add(j *job, r ran) {
	b.jobs = append(b.jobs, j)
	if b.store.flight.flying() {
		b.early++
	}
	if r.err != nil {
		b.ends = append(b.ends, outcome{err: r.err})
		return
	}
	maps.Copy(b.writes, r.own)
	b.size += r.size
	b.edge = r.edge
	b.forgot = append(b.forgot, r.forgot...)
	b.keys.shadowed = b.keys.shadowed || len(r.forgot) > 0
	b.ends = append(b.ends, outcome{position: Position(r.edge.size)})
	b.store.remember(r.known)
}

// write makes the batch durable, seals it, and answers its callers. Batches
// are written one after another.
func (s *Store) write(b *batch) {
	if s.hasFailed() {
		b.fail()
		return
	}
	riders := s.takeRiders()
	if len(b.writes) == 0 && len(riders) == 0 {
		// Commits that wrote nothing: there is nothing to wait for.
		b.answer()
		return
	}
	next := head{size: b.edge.size, batch: s.head.batch + 1, sealed: s.seals.durableBatch()}
	began := time.Now()
	if err := s.writeBadger(b.writes, riders, next); err != nil {
		s.fail(fmt.Errorf("commit a batch: %w", withoutKeys(err)))
		b.fail()
		return
	}
	took := time.Since(began)
	if err := s.seals.write(next.size, next.batch, b.edge.root(), s.cfg.Now().UTC()); err != nil {
		// The batch is durable and may be answered; the next one would have
		// no witness.
		s.fail(err)
	}
	s.settle(b, next)
	s.disk.spend(b.size)
	s.count(b, took)
	b.answer()
}

// answer answers the callers of the batch.
func (b *batch) answer() {
	for i, j := range b.jobs {
		j.finish(b.ends[i].position, b.ends[i].err)
	}
}

// fail answers them with storage/failed.
func (b *batch) fail() {
	for _, j := range b.jobs {
		j.finish(0, Failed)
	}
}

// writeBadger is one synced transaction. Any error leaves the outcome open:
// the write-ahead log may hold the transaction or not.
func (s *Store) writeBadger(writes layer, riders map[string]uint64, next head) error {
	txn := s.db.NewTransaction(true)
	defer txn.Discard()
	for k, w := range writes {
		var err error
		if w.deleted {
			err = txn.Delete([]byte(k))
		} else {
			err = txn.Set([]byte(k), w.value)
		}
		if err != nil {
			return err
		}
	}
	for name, position := range riders {
		sealed, err := s.sealPosition(name, position)
		if err != nil {
			return err
		}
		if err := txn.Set(followerKey(name), sealed); err != nil {
			return err
		}
	}
	if err := txn.Set(keyHead, next.bytes()); err != nil {
		return err
	}
	return txn.Commit()
}

// settle shows the batch to every reader from now on.
func (s *Store) settle(b *batch, next head) {
	s.publish()
	s.ring.settle(b.keys.fresh, b.forgot)
	s.mu.Lock()
	s.head, s.settled = next, seal{size: next.size, batch: next.batch, root: b.edge.root()}
	grown, wake := next.size > s.size, s.wake
	if s.size = next.size; grown {
		s.wake = make(chan struct{})
	}
	s.mu.Unlock()
	if grown {
		close(wake)
	}
	if len(b.forgot) > 0 {
		s.rollSoon()
	}
}

// withoutKeys is the innermost cause of a Badger error: the text around it
// may quote a key.
func withoutKeys(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}
