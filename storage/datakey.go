package storage

import (
	"crypto/cipher"
	"errors"
	"fmt"
	"io"
)

// unlocked is what a snapshot knows of data keys beyond the ring.
type unlocked struct {
	asOf     uint64                // erasures when the snapshot began
	fresh    map[keyID]cipher.AEAD // made in a layer, not durable yet
	below    *unlocked             // of the batch on its way to the disk
	shadowed bool                  // a layer forgets a key: the ring may be wrong
}

// dataKey opens the data key id, or is ErrErased.
func (s *snapshot) dataKey(id keyID) (cipher.AEAD, error) {
	ring := s.store.ring
	if !s.keys.shadowed {
		if aead, ok := ring.get(id); ok {
			return aead, nil
		}
		for k := s.keys; k != nil; k = k.below {
			if aead, ok := k.fresh[id]; ok {
				return aead, nil
			}
		}
	}
	wrapped, err := s.get(dataKeyKey(id))
	if errors.Is(err, ErrNotFound) {
		return nil, damaged("A data key is missing, so the records under it cannot be read")
	}
	if err != nil {
		return nil, err
	}
	key, _, err := ring.unwrapKey(id, wrapped)
	if errors.Is(err, errEpochGone) {
		key, err = s.rewrapped(id)
	}
	if errors.Is(err, ErrErased) {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", damaged("A data key was altered, so the records under it cannot be read"), err)
	}
	aead, err := newAEAD(key)
	if err != nil {
		return nil, err
	}
	if !s.keys.shadowed {
		ring.put(id, aead, s.keys.asOf)
	}
	return aead, nil
}

// rewrapped opens a data key as it is now: the snapshot is older than an epoch
// roll, and the key that it saw it wrapped under is destroyed.
func (s *snapshot) rewrapped(id keyID) ([]byte, error) {
	current := s.store.acquire()
	defer current.release()
	now := &snapshot{store: s.store, txn: current.txn}
	wrapped, err := now.get(dataKeyKey(id))
	if err != nil {
		return nil, err
	}
	key, _, err := s.store.ring.unwrapKey(id, wrapped)
	return key, err
}

// subjectKeyID names the data key that new records of the subject get, or is
// ErrNotFound.
func (s *snapshot) subjectKeyID(subject Subject) (keyID, error) {
	at := subjectKey(subject)
	sealed, err := s.get(at)
	if err != nil {
		return keyID{}, err
	}
	id, err := s.store.openMeta(at, sealed)
	if err != nil || len(id) != keyIDSize {
		return keyID{}, damaged("The name of a subject's data key was altered")
	}
	return keyID(id), nil
}

// keyFor is the subject's data key; a subject without one gets it here.
func (tx *Tx) keyFor(subject Subject) (keyID, cipher.AEAD, error) {
	id, err := tx.subjectKey(subject)
	if err == nil {
		aead, err := tx.snap.dataKey(id)
		return id, aead, err
	}
	if !errors.Is(err, ErrNotFound) {
		return keyID{}, nil, err
	}
	return tx.newDataKey(subject)
}

// subjectKey is subjectKeyID with a memory: a commit mostly writes several
// records of one subject, and a subject mostly comes again soon.
func (tx *Tx) subjectKey(subject Subject) (keyID, error) {
	if id, ok := tx.known[subject]; ok {
		if id == (keyID{}) {
			return id, ErrNotFound
		}
		return id, nil
	}
	if id, ok := tx.snap.store.subjects[subject]; ok {
		return id, nil
	}
	id, err := tx.snap.subjectKeyID(subject)
	if err == nil {
		tx.known[subject] = id
	}
	return id, err
}

// remember takes over what a commit that goes into a batch knows of subjects;
// one without a key was forgotten.
func (s *Store) remember(known map[Subject]keyID) {
	for subject, id := range known {
		if id == (keyID{}) {
			delete(s.subjects, subject)
			continue
		}
		for victim := range s.subjects {
			if len(s.subjects) < maxUnlocked {
				break
			}
			delete(s.subjects, victim)
		}
		s.subjects[subject] = id
	}
}

func (tx *Tx) newDataKey(subject Subject) (keyID, cipher.AEAD, error) {
	s := tx.snap.store
	var random [keyIDSize + dataKeySize]byte
	if _, err := io.ReadFull(s.cfg.Random, random[:]); err != nil {
		return keyID{}, nil, fmt.Errorf("read randomness for a data key: %w", err)
	}
	id, key := keyID(random[:keyIDSize]), random[keyIDSize:]
	epoch, err := tx.snap.epochState()
	if err != nil {
		return keyID{}, nil, err
	}
	kek, ok := s.ring.epoch(epoch.Current)
	if !ok {
		return keyID{}, nil, fmt.Errorf("%w: epoch key %d is not open", errDataKey, epoch.Current)
	}
	wrapped, err := wrapKey(s.cfg.Random, kek, epoch.Current, id, key)
	if err != nil {
		return keyID{}, nil, err
	}
	at := subjectKey(subject)
	name, err := s.sealMeta(at, id[:])
	if err != nil {
		return keyID{}, nil, err
	}
	aead, err := newAEAD(key)
	if err != nil {
		return keyID{}, nil, err
	}
	tx.own[string(dataKeyKey(id))] = write{value: wrapped}
	tx.own[string(at)] = write{value: name}
	tx.snap.keys.fresh[id] = aead
	tx.known[subject] = id
	return id, aead, nil
}

// Forget makes everything under the subject's data key unreadable for good:
// records and openings. The journal keeps its leaves, and proofs about them
// keep holding. The subject may be written again and then gets a new key.
// Forgetting a subject that has nothing is no error.
func (tx *Tx) Forget(subject Subject) error {
	return tx.keep(tx.forget(subject))
}

func (tx *Tx) forget(subject Subject) error {
	if tx.snap.ended {
		return errEnded
	}
	if subject == (Subject{}) {
		return errors.New("storage: the store's own key is never forgotten")
	}
	id, err := tx.subjectKey(subject)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	epoch, err := tx.snap.epochState()
	if err != nil {
		return err
	}
	epoch.Pending++
	if err := tx.setEpochState(epoch); err != nil {
		return err
	}
	tx.own[string(subjectKey(subject))] = write{deleted: true}
	tx.own[string(dataKeyKey(id))] = write{value: forgottenKey}
	tx.snap.keys.shadowed = true
	tx.known[subject] = keyID{}
	tx.forgot = append(tx.forgot, id)
	return nil
}

// KeyOf names the data key that seals what is written about a subject, as
// Leaf.Forgot does; nil when it has none.
func KeyOf(r Reader, subject Subject) ([]byte, error) {
	id, err := r.base().subjectKeyID(subject)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return id[:], nil
}

// Owners are the subjects that still have these data keys, by the keys' names. It
// reads the name of every subject's key.
func Owners(r Reader, keys [][]byte) (map[string]Subject, error) {
	wanted := map[string]bool{}
	for _, k := range keys {
		wanted[string(k)] = true
	}
	owners := map[string]Subject{}
	snap := r.base()
	err := snap.scan([]byte{spaceSubject}, nil, false, func(at, _ []byte) (bool, error) {
		subject := Subject(at[1:])
		id, err := snap.subjectKeyID(subject)
		if err == nil && wanted[string(id[:])] {
			owners[string(id[:])] = subject
		}
		return err == nil, err
	})
	return owners, err
}
