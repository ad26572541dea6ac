package transparency

import (
	"crypto/ed25519"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/transparency-dev/formats/log"
	"github.com/transparency-dev/formats/proof"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// What may be wrong with what was sent.
var (
	ErrNotSigned  = errors.New("it is not signed by a key that is trusted")
	ErrMalformed  = errors.New("it is not in the format that it should be in")
	ErrNotInLog   = errors.New("the entry is not in the log at that place")
	ErrNoSequel   = errors.New("the later log does not begin with the earlier one")
	ErrOtherLog   = errors.New("it belongs to another log")
	errSeedLength = fmt.Errorf("a seed has %d bytes", ed25519.SeedSize)
)

// Checkpoint is a log at one moment: how many entries, and the root of their tree.
type Checkpoint struct {
	Origin string // the log's name, and that of its keys
	Size   uint64
	Root   tlog.Hash
}

// VerifierKey is the public half of a seed, as signed notes name it:
// origin+hash+key. Whoever checks a log needs it and nothing else.
func VerifierKey(origin string, seed []byte) (string, error) {
	if len(seed) != ed25519.SeedSize {
		return "", errSeedLength
	}
	public, ok := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
	if !ok {
		return "", errSeedLength
	}
	key, err := note.NewEd25519VerifierKey(origin, public)
	if err != nil {
		return "", fmt.Errorf("name a log's key: %w", err)
	}
	return key, nil
}

// Sign is the checkpoint as a note, signed with the seed.
func (c Checkpoint) Sign(seed []byte) ([]byte, error) {
	signer, _, err := signer(c.Origin, seed)
	if err != nil {
		return nil, err
	}
	body := log.Checkpoint{Origin: c.Origin, Size: c.Size, Hash: c.Root[:]}
	signed, err := note.Sign(&note.Note{Text: string(body.Marshal())}, signer)
	if err != nil {
		return nil, fmt.Errorf("sign a checkpoint: %w", err)
	}
	return signed, nil
}

// OpenCheckpoint reads a note that one of the keys has signed.
func OpenCheckpoint(signed []byte, keys ...string) (Checkpoint, error) {
	verifiers, err := verifiersOf(keys)
	if err != nil {
		return Checkpoint{}, err
	}
	opened, err := openNote(signed, verifiers)
	if err != nil {
		return Checkpoint{}, err
	}
	var body log.Checkpoint
	rest, err := body.Unmarshal([]byte(opened.Text))
	if err != nil || len(rest) > 0 || len(body.Hash) != tlog.HashSize {
		return Checkpoint{}, fmt.Errorf("%w: a checkpoint", ErrMalformed)
	}
	// Whoever signs for one log does not speak for another.
	if !signedBy(opened, body.Origin) {
		return Checkpoint{}, ErrOtherLog
	}
	return Checkpoint{Origin: body.Origin, Size: body.Size, Root: tlog.Hash(body.Hash)}, nil
}

// Entry is one entry of a log with what proves it.
type Entry struct {
	Index      uint64
	Leaf       []byte // the entry as the tree holds it
	Checkpoint Checkpoint
}

// Proof is a file that proves an entry: the tlog-proof of its place under a signed
// checkpoint, with the entry itself as extra data.
func Proof(index uint64, leaf []byte, hashes tlog.RecordProof, checkpoint []byte) []byte {
	p := proof.TLogProof{Index: index, ExtraData: leaf, Checkpoint: checkpoint}
	for _, h := range hashes {
		p.Hashes = append(p.Hashes, h)
	}
	return p.Marshal()
}

// mostProof is how long a file may be: an entry has at most some kilobytes.
const mostProof = 1 << 20

// OpenProof checks such a file with the keys of the log.
func OpenProof(file []byte, keys ...string) (Entry, error) {
	var p proof.TLogProof
	if len(file) > mostProof {
		return Entry{}, fmt.Errorf("%w: it is too long", ErrMalformed)
	}
	if err := p.Unmarshal(file); err != nil {
		return Entry{}, fmt.Errorf("%w: a proof", ErrMalformed)
	}
	c, err := OpenCheckpoint(p.Checkpoint, keys...)
	if err != nil {
		return Entry{}, err
	}
	hashes := make(tlog.RecordProof, len(p.Hashes))
	for i, h := range p.Hashes {
		hashes[i] = h
	}
	if p.Index >= c.Size || c.Size > 1<<62 ||
		tlog.CheckRecord(hashes, int64(c.Size), c.Root, int64(p.Index), tlog.RecordHash(p.ExtraData)) != nil {
		return Entry{}, ErrNotInLog
	}
	return Entry{Index: p.Index, Leaf: p.ExtraData, Checkpoint: c}, nil
}

// CheckSequel says whether the later checkpoint is of the same log, some entries on.
func CheckSequel(earlier, later Checkpoint, hashes tlog.TreeProof) error {
	switch {
	case earlier.Origin != later.Origin:
		return ErrOtherLog
	case earlier.Size > later.Size || later.Size > 1<<62:
		return ErrNoSequel
	case earlier.Size == 0:
		return nil
	case tlog.CheckTree(hashes, int64(later.Size), later.Root, int64(earlier.Size), earlier.Root) != nil:
		return ErrNoSequel
	}
	return nil
}

// Follow goes from a key that is trusted to those that came after it. Each proof is
// of the entry that says so, signed by the key before: public.key in it is the next
// one, and public.before is this one.
func Follow(key string, proofs ...[]byte) ([]string, error) {
	keys := []string{key}
	for _, file := range proofs {
		e, err := OpenProof(file, keys[len(keys)-1])
		if errors.Is(err, ErrNotSigned) {
			continue // of a key before the one that is trusted
		}
		if err != nil {
			return nil, err
		}
		var leaf struct {
			Kind   string `json:"kind"`
			Public struct {
				Key    string `json:"key"`
				Before string `json:"before"`
			} `json:"public"`
		}
		if err := json.Unmarshal(e.Leaf, &leaf); err != nil || leaf.Kind != "audit.key" || leaf.Public.Before != keys[len(keys)-1] {
			return nil, fmt.Errorf("%w: a change of keys", ErrMalformed)
		}
		if origin, err := CheckKey(leaf.Public.Key); err != nil || origin != e.Checkpoint.Origin {
			return nil, ErrOtherLog // nobody hands on the right to speak for another
		}
		keys = append(keys, leaf.Public.Key)
	}
	return keys, nil
}
