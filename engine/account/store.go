package account

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// The room's records:
//
//	accounts: pseudonym of the org, name                       -> account
//	used:     when the assertion expires, its SHA-256          -> nothing
const (
	accountsPrefix = 'u'
	usedPrefix     = 'U'
)

// account is a service account.
type account struct {
	Name      string         `json:"name"`
	Org       engine.OrgID   `json:"org"`
	Audience  string         `json:"audience"`
	Keys      []key          `json:"keys"`                // newest last
	Addresses []netip.Prefix `json:"addresses,omitempty"` // empty: any
	From      time.Time      `json:"from,omitzero"`
	Until     time.Time      `json:"until,omitzero"`
	Created   time.Time      `json:"created"`
	Disabled  time.Time      `json:"disabled,omitzero"`
}

// key is a public key of an account.
type key struct {
	DER     []byte    `json:"der"` // SubjectPublicKeyInfo
	Created time.Time `json:"created"`
	Ended   time.Time `json:"ended,omitzero"`
}

// used is a record of an assertion that was taken: all is in its key.
type used struct{}

func (a *Accounts) place(org engine.OrgID, name string) storage.Key {
	return storage.Path(a.Store.Pseudonym("accounts", string(org)), storage.Text(name))
}

// known is an account, ErrTenant when the org has none at all, or ErrInactive.
func (a *Accounts) known(r storage.Reader, org engine.OrgID, name string) (account, error) {
	one, err := a.accounts.Get(r, a.place(org, name))
	if !errors.Is(err, storage.ErrNotFound) {
		return one, err
	}
	for _, err := range a.accounts.Scan(r, storage.Range{Prefix: storage.Path(a.Store.Pseudonym("accounts", string(org)))}) {
		if err != nil {
			return account{}, err
		}
		return account{}, ErrInactive
	}
	return account{}, ErrTenant
}

// usedAt is where it is written that an assertion was taken.
func usedAt(s assertion) storage.Key {
	return append(storage.Path(storage.At(time.Unix(s.Expires, 0))), s.digest[:]...)
}

// mostSwept is how many used assertions that have expired are forgotten with
// each new one.
const mostSwept = 32

// take uses an assertion up, and forgets some that have expired.
func (a *Accounts) take(tx *storage.Tx, s assertion) error {
	switch _, err := a.used.Get(tx, usedAt(s)); {
	case err == nil:
		return ErrUsed
	case !errors.Is(err, storage.ErrNotFound):
		return fmt.Errorf("look for a used assertion: %w", err)
	}
	now, n := string(storage.Path(storage.At(tx.Now()))), 0
	for row, err := range a.used.Scan(tx, storage.Range{}) {
		if err != nil {
			return fmt.Errorf("look for expired assertions: %w", err)
		}
		if n++; n > mostSwept || string(row.Key[:len(now)]) > now {
			break
		}
		if err := a.used.Delete(tx, row.Key); err != nil {
			return err
		}
	}
	return a.used.Put(tx, storage.Subject{}, usedAt(s), used{})
}

// keyBits is the shortest key that is taken (NIST SP 800-131A).
const keyBits = 2048

// publicKey reads a public key in PEM.
func publicKey(text string) ([]byte, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, ErrKey
	}
	if _, err := rsaKey(block.Bytes); err != nil {
		return nil, ErrKey
	}
	return block.Bytes, nil
}

func rsaKey(der []byte) (*rsa.PublicKey, error) {
	parsed, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, fmt.Errorf("read a public key: %w", err)
	}
	public, ok := parsed.(*rsa.PublicKey)
	if !ok || public.N.BitLen() < keyBits {
		return nil, ErrKey
	}
	return public, nil
}
