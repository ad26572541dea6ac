package batch

import (
	"crypto/ed25519"
	"crypto/hpke"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"filippo.io/age"

	"github.com/rostod/rostod/internal/transparency"
)

const keysKind = "rostod/hub/v1"

// Headquarters is what a branch must know of it: one file, carried by hand.
type Headquarters struct {
	Cosigner string // the verifier key of its co-signatures and receipts
	Seals    hpke.PublicKey
	Parcels  age.Recipient
	parcels  string
}

// Name is what headquarters calls itself.
func (h Headquarters) Name() string {
	name, _, _ := strings.Cut(h.Cosigner, "+")
	return name
}

// Text is the file.
func (h Headquarters) Text() string {
	return fmt.Sprintf("%s\ncosigner %s\nseals %s\nparcels %s\n", keysKind, h.Cosigner, base64.StdEncoding.EncodeToString(h.Seals.Bytes()), h.parcels)
}

// ParseHeadquarters reads such a file.
func ParseHeadquarters(text string) (Headquarters, error) {
	var h Headquarters
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if len(lines) != 4 || lines[0] != keysKind {
		return h, fmt.Errorf("%w: the file that rostod hub key prints", ErrMalformed)
	}
	var seals string
	for i, to := range map[int]*string{1: &h.Cosigner, 2: &seals, 3: &h.parcels} {
		name, value, _ := strings.Cut(lines[i], " ")
		if *to = value; name != [...]string{"", "cosigner", "seals", "parcels"}[i] {
			return h, fmt.Errorf("%w: line %d of headquarters' key", ErrMalformed, i+1)
		}
	}
	if err := transparency.CheckCosigner(h.Cosigner); err != nil {
		return h, fmt.Errorf("headquarters' key: %w", err)
	}
	raw, err := base64.StdEncoding.DecodeString(seals)
	if err != nil {
		return h, fmt.Errorf("%w: the key that seals", ErrMalformed)
	}
	kem, _, _ := suite()
	if h.Seals, err = kem.NewPublicKey(raw); err != nil {
		return h, fmt.Errorf("%w: the key that seals", ErrMalformed)
	}
	if h.Parcels, err = age.ParseHybridRecipient(h.parcels); err != nil {
		return h, fmt.Errorf("%w: the key that parcels are for", ErrMalformed)
	}
	return h, nil
}

// Secrets are headquarters' private keys, as they are kept.
type Secrets struct {
	Name    string `json:"name"`
	Seed    []byte `json:"seed"`    // Ed25519: co-signs
	Opens   []byte `json:"opens"`   // HPKE: opens private values
	Parcels string `json:"parcels"` // age: opens parcels
}

// Format hides the keys from every verb.
func (Secrets) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "(secret)") }

// LogValue hides the keys from slog.
func (Secrets) LogValue() slog.Value { return slog.StringValue("(secret)") }

// NewSecrets makes keys under a name. HPKE's and age's take their randomness from the
// system, as their libraries have it.
func NewSecrets(name string, random io.Reader) (Secrets, error) {
	s := Secrets{Name: name, Seed: make([]byte, ed25519.SeedSize)}
	if _, err := io.ReadFull(random, s.Seed); err != nil {
		return s, fmt.Errorf("draw a key: %w", err)
	}
	kem, _, _ := suite()
	opens, err := kem.GenerateKey()
	if err != nil {
		return s, errors.New("draw a key that opens")
	}
	if s.Opens, err = opens.Bytes(); err != nil {
		return s, errors.New("write a key that opens")
	}
	parcels, err := age.GenerateHybridIdentity()
	if err != nil {
		return s, errors.New("draw a key for parcels")
	}
	s.Parcels = parcels.String()
	_, err = s.Keys()
	return s, err
}

// Keys are secrets, ready for use.
type Keys struct {
	Headquarters
	Signer transparency.Cosigner
	Opens  hpke.PrivateKey
	Parcel age.Identity
}

// Format hides the keys from every verb.
func (Keys) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "(secret)") }

// LogValue hides the keys from slog.
func (Keys) LogValue() slog.Value { return slog.StringValue("(secret)") }

// Keys makes them ready.
func (s Secrets) Keys() (Keys, error) {
	signer, err := transparency.NewCosigner(s.Name, s.Seed)
	if err != nil {
		return Keys{}, err
	}
	kem, _, _ := suite()
	opens, err := kem.NewPrivateKey(s.Opens)
	if err != nil {
		return Keys{}, errors.New("read the key that opens") // what went wrong could quote it
	}
	parcel, err := age.ParseHybridIdentity(s.Parcels)
	if err != nil {
		return Keys{}, errors.New("read the key for parcels")
	}
	to := parcel.Recipient()
	return Keys{Headquarters{signer.Key, opens.PublicKey(), to, to.String()}, signer, opens, parcel}, nil
}
