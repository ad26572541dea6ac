package storage

import (
	"crypto/cipher"
	"errors"
	"fmt"
	"io"
)

// A sealed record is
//
//	version (1) | id of the data key (8) | nonce (12) | AES-256-GCM ciphertext and tag
//
// with the key's id and the whole database key as additional data: a record
// moved to another key, or to another subject, does not open.
const (
	recordVersion = 1
	recordHead    = 1 + keyIDSize + nonceSize
	nonceSize     = 12
	tagSize       = 16
)

var errNotSealed = errors.New("the record does not open")

// sealRecord seals plain under the data key id for the database key at.
func sealRecord(random io.Reader, aead cipher.AEAD, id keyID, at, plain []byte) ([]byte, error) {
	out := make([]byte, recordHead, recordHead+len(plain)+tagSize)
	out[0] = recordVersion
	copy(out[1:], id[:])
	nonce := out[1+keyIDSize : recordHead]
	if _, err := io.ReadFull(random, nonce); err != nil {
		return nil, fmt.Errorf("read randomness for a nonce: %w", err)
	}
	return aead.Seal(out, nonce, plain, recordAAD(id, at)), nil
}

// recordKey is the id of the data key that seals a record.
func recordKey(sealed []byte) (keyID, error) {
	if len(sealed) < recordHead+tagSize || sealed[0] != recordVersion {
		return keyID{}, errNotSealed
	}
	return keyID(sealed[1 : 1+keyIDSize]), nil
}

// openRecord is the plaintext of a record that recordKey could read.
func openRecord(aead cipher.AEAD, id keyID, at, sealed []byte) ([]byte, error) {
	nonce := sealed[1+keyIDSize : recordHead]
	plain, err := aead.Open(nil, nonce, sealed[recordHead:], recordAAD(id, at))
	if err != nil {
		return nil, errNotSealed
	}
	return plain, nil
}

func recordAAD(id keyID, at []byte) []byte {
	aad := make([]byte, 0, keyIDSize+len(at))
	return append(append(aad, id[:]...), at...)
}

// sealMeta seals one of the store's own small records: nonce, ciphertext, tag,
// with its database key as additional data.
func (s *Store) sealMeta(at, plain []byte) ([]byte, error) {
	return sealSmall(s.cfg.Random, s.secrets.meta, at, plain)
}

func (s *Store) openMeta(at, sealed []byte) ([]byte, error) {
	return openSmall(s.secrets.meta, at, sealed)
}

func sealSmall(random io.Reader, aead cipher.AEAD, aad, plain []byte) ([]byte, error) {
	out := make([]byte, nonceSize, nonceSize+len(plain)+tagSize)
	if _, err := io.ReadFull(random, out); err != nil {
		return nil, fmt.Errorf("read randomness for a nonce: %w", err)
	}
	return aead.Seal(out, out, plain, aad), nil
}

func openSmall(aead cipher.AEAD, aad, sealed []byte) ([]byte, error) {
	if len(sealed) < nonceSize+tagSize {
		return nil, errNotSealed
	}
	plain, err := aead.Open(nil, sealed[:nonceSize], sealed[nonceSize:], aad)
	if err != nil {
		return nil, errNotSealed
	}
	return plain, nil
}
