package transparency

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	formats "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
)

// signer is the note signer of a seed.
func signer(name string, seed []byte) (note.Signer, string, error) {
	key, err := VerifierKey(name, seed)
	if err != nil {
		return nil, "", err
	}
	secret, err := secretKey(key, seed)
	if err != nil {
		return nil, "", err
	}
	s, err := note.NewSigner(secret)
	if err != nil {
		return nil, "", errors.New("make a signer") // what went wrong would name the key
	}
	return s, key, nil
}

// secretKey is a seed as package note reads it.
func secretKey(key string, seed []byte) (string, error) {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return "", fmt.Errorf("read a key: %w", err)
	}
	const ed25519Algorithm = 1
	secret := base64.StdEncoding.EncodeToString(append([]byte{ed25519Algorithm}, seed...))
	return fmt.Sprintf("PRIVATE+KEY+%s+%08x+%s", verifier.Name(), verifier.KeyHash(), secret), nil
}

// State signs lines for a log, which say something else than a checkpoint: the first
// names what, such as rostod/batch/v1, and the second the log. No checkpoint is taken
// for a statement, and no statement for a checkpoint: the first line of one is the
// name of its signer.
func State(origin string, seed []byte, kind string, lines ...string) ([]byte, error) {
	s, _, err := signer(origin, seed)
	if err != nil {
		return nil, err
	}
	signed, err := note.Sign(&note.Note{Text: statement(kind, origin, lines)}, s)
	if err != nil {
		return nil, fmt.Errorf("sign a statement: %w", err)
	}
	return signed, nil
}

func statement(kind, origin string, lines []string) string {
	return strings.Join(append([]string{kind, origin}, lines...), "\n") + "\n"
}

// OpenState reads a statement of a kind that one of the keys has signed. It answers
// the log and the lines.
func OpenState(signed []byte, kind string, keys ...string) (origin string, lines []string, err error) {
	verifiers, err := verifiersOf(keys)
	if err != nil {
		return "", nil, err
	}
	return openStatement(signed, kind, verifiers, true)
}

// StatedOrigin is which log a statement of a kind claims to be of, before any
// signature is looked at: whose keys to look for.
func StatedOrigin(signed []byte, kind string) (string, error) {
	head, rest, ok := strings.Cut(string(signed), "\n")
	origin, _, more := strings.Cut(rest, "\n")
	if !ok || !more || head != kind || origin == "" {
		return "", fmt.Errorf("%w: a statement", ErrMalformed)
	}
	return origin, nil
}

// openStatement reads a statement; own asks that its second line names the signer.
func openStatement(signed []byte, kind string, verifiers []note.Verifier, own bool) (string, []string, error) {
	opened, err := openNote(signed, verifiers)
	if err != nil {
		return "", nil, err
	}
	lines := strings.Split(strings.TrimSuffix(opened.Text, "\n"), "\n")
	if len(lines) < 2 || lines[0] != kind {
		return "", nil, fmt.Errorf("%w: a statement", ErrMalformed)
	}
	if own && !signedBy(opened, lines[1]) {
		return "", nil, ErrOtherLog
	}
	return lines[1], lines[2:], nil
}

func signedBy(n *note.Note, name string) bool {
	for _, s := range n.Sigs {
		if s.Name == name {
			return true
		}
	}
	return false
}

// openNote checks a note's signatures: each of a known key must hold, and one must be
// there.
func openNote(signed []byte, verifiers []note.Verifier) (*note.Note, error) {
	opened, err := note.Open(signed, note.VerifierList(verifiers...))
	var stranger *note.UnverifiedNoteError
	switch {
	case errors.As(err, &stranger), errors.As(err, new(*note.InvalidSignatureError)):
		return nil, ErrNotSigned
	case err != nil:
		return nil, fmt.Errorf("%w: a signed note", ErrMalformed)
	}
	return opened, nil
}

func verifiersOf(keys []string) ([]note.Verifier, error) {
	verifiers := make([]note.Verifier, 0, len(keys))
	for _, key := range keys {
		v, err := note.NewVerifier(key)
		if err != nil {
			return nil, fmt.Errorf("%w: a verifier key", ErrMalformed)
		}
		verifiers = append(verifiers, v)
	}
	return verifiers, nil
}

// Cosigner signs what others have signed, and says when (c2sp.org/tlog-cosignature,
// Ed25519).
type Cosigner struct {
	Key    string // the verifier key, which is kept by those who are to believe it
	signer note.Signer
}

// NewCosigner is the cosigner of a seed, under a name.
func NewCosigner(name string, seed []byte) (Cosigner, error) {
	if len(seed) != ed25519.SeedSize {
		return Cosigner{}, errSeedLength
	}
	plain, err := VerifierKey(name, seed)
	if err != nil {
		return Cosigner{}, err
	}
	secret, err := secretKey(plain, seed)
	if err != nil {
		return Cosigner{}, err
	}
	s, err := formats.NewSignerForCosignatureV1(secret)
	if err != nil {
		return Cosigner{}, errors.New("make a cosigner") // what went wrong would name the key
	}
	key, err := formats.VKeyToCosignatureV1(plain)
	if err != nil {
		return Cosigner{}, fmt.Errorf("name a cosigner's key: %w", err)
	}
	return Cosigner{key, s}, nil
}

// Cosign adds a signature, of now, to a checkpoint that one of the log's keys signed.
func (c Cosigner) Cosign(checkpoint []byte, keys ...string) ([]byte, error) {
	verifiers, err := verifiersOf(keys)
	if err != nil {
		return nil, err
	}
	opened, err := openNote(checkpoint, verifiers)
	if err != nil {
		return nil, err
	}
	opened.UnverifiedSigs = nil
	signed, err := note.Sign(opened, c.signer)
	if err != nil {
		return nil, fmt.Errorf("cosign: %w", err)
	}
	return signed, nil
}

// State signs lines about a log, as its cosigner.
func (c Cosigner) State(kind, origin string, lines ...string) ([]byte, error) {
	signed, err := note.Sign(&note.Note{Text: statement(kind, origin, lines)}, c.signer)
	if err != nil {
		return nil, fmt.Errorf("sign a statement: %w", err)
	}
	return signed, nil
}

// OpenCosigned reads a checkpoint that a log's key has signed and that a cosigner has
// signed too, and says when the latter did.
func OpenCosigned(signed []byte, cosigner string, keys ...string) (Checkpoint, time.Time, error) {
	c, err := OpenCheckpoint(signed, keys...)
	if err != nil {
		return Checkpoint{}, time.Time{}, err
	}
	_, at, err := openCosigned(signed, cosigner)
	return c, at, err
}

// OpenCosignerState reads a statement of a cosigner about a log.
func OpenCosignerState(signed []byte, kind, cosigner string) (origin string, lines []string, at time.Time, err error) {
	v, at, err := openCosigned(signed, cosigner)
	if err != nil {
		return "", nil, time.Time{}, err
	}
	origin, lines, err = openStatement(signed, kind, []note.Verifier{v}, false)
	return origin, lines, at, err
}

func openCosigned(signed []byte, cosigner string) (note.Verifier, time.Time, error) {
	v, err := formats.NewVerifierForCosignatureV1(cosigner)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("%w: a cosigner's key", ErrMalformed)
	}
	opened, err := openNote(signed, []note.Verifier{v})
	if err != nil {
		return nil, time.Time{}, err
	}
	at, err := formats.CoSigV1Timestamp(opened.Sigs[0])
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("%w: a cosignature", ErrMalformed)
	}
	return v, at.UTC(), nil
}

// CheckCosigner says whether a text is a cosigner's verifier key, with its own hash.
func CheckCosigner(key string) error {
	v, err := formats.NewVerifierForCosignatureV1(key)
	if err != nil {
		return fmt.Errorf("%w: a cosigner's key", ErrMalformed)
	}
	_, rest, _ := strings.Cut(key, "+")
	if hash, _, _ := strings.Cut(rest, "+"); hash != fmt.Sprintf("%08x", v.KeyHash()) {
		return fmt.Errorf("%w: a cosigner's key with another hash", ErrMalformed)
	}
	return nil
}

// CheckKey says whether a text is a log's verifier key, and names the log.
func CheckKey(key string) (origin string, err error) {
	v, err := note.NewVerifier(key)
	if err != nil {
		return "", fmt.Errorf("%w: a verifier key", ErrMalformed)
	}
	return v.Name(), nil
}
