package storage

import (
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
)

// keyIDSize is the length of the random name of a data key.
const keyIDSize = 8

type keyID [keyIDSize]byte

// maxUnlocked bounds the data keys kept open in memory; an AES-256-GCM state
// takes about 800 bytes.
const maxUnlocked = 8192

// keyRing keeps data keys that were already unwrapped, and the epoch keys.
type keyRing struct {
	mu       sync.RWMutex
	unlocked map[keyID]cipher.AEAD
	erasures uint64 // how often keys were forgotten since the store was opened
	epochs   map[uint32]cipher.AEAD
}

func newKeyRing() *keyRing {
	return &keyRing{unlocked: map[keyID]cipher.AEAD{}, epochs: map[uint32]cipher.AEAD{}}
}

// erased is the number of erasures so far. A reader that began before the
// newest of them may still see a key that is gone, and must not add it.
func (r *keyRing) erased() uint64 {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.erasures
}

func (r *keyRing) get(id keyID) (cipher.AEAD, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	aead, ok := r.unlocked[id]
	return aead, ok
}

func (r *keyRing) put(id keyID, aead cipher.AEAD, asOf uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if asOf != r.erasures {
		return
	}
	for victim := range r.unlocked {
		if len(r.unlocked) < maxUnlocked {
			break
		}
		// Any victim will do: a key that is missed costs one read and one
		// unwrapping, about three microseconds.
		delete(r.unlocked, victim)
	}
	r.unlocked[id] = aead
}

// settle takes over what a durable batch did to the keys.
func (r *keyRing) settle(fresh map[keyID]cipher.AEAD, forgotten []keyID) {
	r.mu.Lock()
	if len(forgotten) > 0 {
		r.erasures++
	}
	asOf := r.erasures
	r.mu.Unlock()
	gone := map[keyID]bool{}
	for _, id := range forgotten {
		gone[id] = true
	}
	for id, aead := range fresh {
		if !gone[id] {
			r.put(id, aead, asOf)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for id := range gone {
		delete(r.unlocked, id)
	}
}

func (r *keyRing) epoch(n uint32) (cipher.AEAD, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	aead, ok := r.epochs[n]
	return aead, ok
}

func (r *keyRing) addEpoch(n uint32, aead cipher.AEAD) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.epochs[n] = aead
}

func (r *keyRing) dropEpoch(n uint32) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.epochs, n)
}

// A wrapped data key is
//
//	epoch (4) | nonce (12) | AES-256-GCM of the 32 bytes, and tag
//
// with its id and epoch as additional data. A forgotten one leaves one byte,
// so that a key that vanished is told apart from one that was erased.
var forgottenKey = []byte{0}

const (
	dataKeySize    = 32
	wrappedKeySize = 4 + nonceSize + dataKeySize + tagSize
)

var (
	errDataKey   = errors.New("a data key does not open")
	errEpochGone = errors.New("the epoch key is gone")
)

func wrapKey(random io.Reader, kek cipher.AEAD, epoch uint32, id keyID, key []byte) ([]byte, error) {
	sealed, err := sealSmall(random, kek, wrapAAD(id, epoch), key)
	if err != nil {
		return nil, err
	}
	return append(binary.BigEndian.AppendUint32(make([]byte, 0, wrappedKeySize), epoch), sealed...), nil
}

// unwrapKey is the data key in a wrapped one, or ErrErased.
func (r *keyRing) unwrapKey(id keyID, wrapped []byte) ([]byte, uint32, error) {
	if len(wrapped) == 1 && wrapped[0] == forgottenKey[0] {
		return nil, 0, ErrErased
	}
	if len(wrapped) != wrappedKeySize {
		return nil, 0, errDataKey
	}
	epoch := wrappedEpoch(wrapped)
	kek, ok := r.epoch(epoch)
	if !ok {
		return nil, epoch, fmt.Errorf("%w: number %d", errEpochGone, epoch)
	}
	key, err := openSmall(kek, wrapAAD(id, epoch), wrapped[4:])
	if err != nil {
		return nil, epoch, errDataKey
	}
	return key, epoch, nil
}

// wrappedEpoch is the epoch that a wrapped key is under.
func wrappedEpoch(wrapped []byte) uint32 { return binary.BigEndian.Uint32(wrapped) }

func wrapAAD(id keyID, epoch uint32) []byte {
	return binary.BigEndian.AppendUint32(append([]byte(nil), id[:]...), epoch)
}
