package storage

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A seal is the signed head of the journal, kept outside Badger: a C2SP
// checkpoint (c2sp.org/tlog-checkpoint) with two more lines,
//
//	<origin>
//	<size>
//	<root, base64>
//	batch <number of the last batch>
//	files <Badger's files as last seen>
//
//	— <origin> <signature>
//
// filled up with zeros to one sector, so that no power cut leaves half of it.
type seal struct {
	size  uint64
	batch uint64
	root  tlog.Hash
	files []string
}

const sealSize = 512

var (
	errSealAltered = errors.New("the seal does not verify")
	errSealForeign = errors.New("the seal was signed with another key")
)

// notary signs and checks seals with a key that follows from the root key.
type notary struct {
	origin   string
	signer   note.Signer
	verifier note.Verifier
}

func newNotary(origin string, seed []byte) (*notary, error) {
	public := ed25519.PublicKey(ed25519.NewKeyFromSeed(seed)[ed25519.SeedSize:])
	vkey, err := note.NewEd25519VerifierKey(origin, public)
	if err != nil {
		return nil, fmt.Errorf("make the seal's verifier: %w", err)
	}
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return nil, fmt.Errorf("make the seal's verifier: %w", err)
	}
	const ed25519Algorithm = 1
	secret := base64.StdEncoding.EncodeToString(append([]byte{ed25519Algorithm}, seed...))
	signer, err := note.NewSigner(fmt.Sprintf("PRIVATE+KEY+%s+%08x+%s", origin, verifier.KeyHash(), secret))
	if err != nil {
		return nil, fmt.Errorf("make the seal's signer: %w", err)
	}
	return &notary{origin, signer, verifier}, nil
}

// sign is the seal as one sector.
func (n *notary) sign(s seal) ([]byte, error) {
	text := fmt.Sprintf("%s\n%d\n%s\nbatch %d\n", n.origin, s.size, s.root, s.batch)
	// Names that no longer fit only make a later hint less exact.
	files := strings.Join(s.files, " ")
	if len(files) > maxSealFiles {
		files = files[:strings.LastIndexByte(files[:maxSealFiles+1], ' ')]
	}
	if files != "" {
		text += "files " + files + "\n"
	}
	signed, err := note.Sign(&note.Note{Text: text}, n.signer)
	if err != nil {
		return nil, fmt.Errorf("sign the seal: %w", err)
	}
	if len(signed) > sealSize {
		return nil, fmt.Errorf("the seal has %d bytes, more than a sector", len(signed))
	}
	return append(signed, make([]byte, sealSize-len(signed))...), nil
}

const maxSealFiles = 96 // bytes

// open checks a sector and reads the seal in it.
func (n *notary) open(sector []byte) (seal, error) {
	if len(sector) != sealSize {
		return seal{}, errSealAltered
	}
	signed, err := note.Open(bytes.TrimRight(sector, "\x00"), note.VerifierList(n.verifier))
	var stranger *note.UnverifiedNoteError
	if errors.As(err, &stranger) {
		return seal{}, errSealForeign
	}
	if err != nil {
		return seal{}, errSealAltered
	}
	return parseSeal(signed.Text, n.origin)
}

func parseSeal(text, origin string) (seal, error) {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) < 4 || len(lines) > 5 || lines[0] != origin {
		return seal{}, errSealAltered
	}
	var s seal
	var err error
	if s.size, err = strconv.ParseUint(lines[1], 10, 63); err != nil {
		return seal{}, errSealAltered
	}
	if s.root, err = tlog.ParseHash(lines[2]); err != nil {
		return seal{}, errSealAltered
	}
	batch, ok := strings.CutPrefix(lines[3], "batch ")
	if !ok {
		return seal{}, errSealAltered
	}
	if s.batch, err = strconv.ParseUint(batch, 10, 63); err != nil {
		return seal{}, errSealAltered
	}
	if len(lines) == 5 {
		files, ok := strings.CutPrefix(lines[4], "files ")
		if !ok {
			return seal{}, errSealAltered
		}
		s.files = strings.Fields(files)
	}
	return s, nil
}
