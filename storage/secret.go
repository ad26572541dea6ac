package storage

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// Subject is whose data a record is: every subject has a data key of its own.
// The zero Subject is the store itself, whose key is never forgotten.
type Subject [16]byte

// rootSize is the length of the root key in bytes.
const rootSize = 32

// secrets are all keys that follow from the root key. Each has its own label,
// so that none tells anything about another.
type secrets struct {
	badger    []byte      // encrypts Badger's files, AES-256
	sealSeed  []byte      // Ed25519 seed of the signed head
	pseudonym []byte      // HMAC key of Pseudonym
	writes    []byte      // HMAC key of record keys in leaves
	outside   []byte      // HMAC key of Secret
	epochs    cipher.AEAD // wraps the epoch keys
	meta      cipher.AEAD // seals the store's own small records
}

func deriveSecrets(root []byte) (*secrets, error) {
	if len(root) != rootSize {
		return nil, fmt.Errorf("the root key has %d bytes, want %d", len(root), rootSize)
	}
	s := &secrets{}
	for label, dst := range map[string]*[]byte{
		"badger": &s.badger, "seal": &s.sealSeed, "pseudonym": &s.pseudonym, "writes": &s.writes,
		"outside": &s.outside,
	} {
		key, err := derive(root, "storage/"+label)
		if err != nil {
			return nil, err
		}
		*dst = key
	}
	for label, dst := range map[string]*cipher.AEAD{"epochs": &s.epochs, "meta": &s.meta} {
		key, err := derive(root, "storage/"+label)
		if err != nil {
			return nil, err
		}
		if *dst, err = newAEAD(key); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// derive is HKDF-SHA256 (RFC 5869) without salt: the root is already random.
func derive(root []byte, label string) ([]byte, error) {
	key, err := hkdf.Key(sha256.New, root, nil, "rostod/v1/"+label, 32)
	if err != nil {
		return nil, fmt.Errorf("derive the %s key: %w", label, err)
	}
	return key, nil
}

// newAEAD is AES-256-GCM with 12-byte nonces.
func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("make a cipher: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("make an AEAD: %w", err)
	}
	return aead, nil
}

// Secret is 32 bytes derived from the root key for a use outside the store,
// such as the pepper of API keys. The same label gives the same bytes for as
// long as the root key lives.
func (s *Store) Secret(label string) []byte {
	mac := hmac.New(sha256.New, s.secrets.outside)
	mac.Write([]byte(label))
	return mac.Sum(nil)
}

// Pseudonym is the subject that the parts name together: stable within one
// installation, meaningless outside it, and not to be traced back to the parts
// without the root key.
func (s *Store) Pseudonym(parts ...string) Subject {
	mac := hmac.New(sha256.New, s.secrets.pseudonym)
	var size [8]byte
	for _, p := range parts {
		// The length in front keeps ("ab","c") apart from ("a","bc").
		binary.BigEndian.PutUint64(size[:], uint64(len(p)))
		mac.Write(size[:])
		mac.Write([]byte(p))
	}
	return Subject(mac.Sum(nil)[:16])
}
