package batch

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/rostod/rostod/internal/transparency"
)

const batchKind = "rostod/batch/v1"

// Batch is entries [From, To) of a journal. An empty one (From and To are the same)
// says how things stand.
type Batch struct {
	Origin string
	From   uint64
	To     uint64
	Size   uint64 // entries that the journal has by now
	Seen   uint64 // entries that headquarters has, as the branch has been told by it
	// Told is when it was told, by headquarters' clock, in Unix seconds; 0: it was not.
	// Who plays an old batch again tells an old time.
	Told int64
	// Edge is the journal's edge at From. With the entries it leads to the root that
	// Checkpoint signs: that is the proof of consistency and of inclusion at once.
	Edge       transparency.Edge
	Entries    [][]byte // the leaves as the tree holds them
	Openings   []byte   // private values, sealed to headquarters; nil: none
	Checkpoint []byte   // at To, signed by the log's key
	// Keys are the proofs of the log's changes of keys, oldest first.
	Keys [][]byte
}

// ID is the batch's name, the same whenever it is made: origin/from-to. An empty one
// has the news in it too.
func (b Batch) ID() string {
	id := fmt.Sprintf("%s/%d-%d", b.Origin, b.From, b.To)
	if b.From == b.To {
		id += fmt.Sprintf("/%d-%d", b.Size, b.Seen)
	}
	return id
}

// Sign signs a statement for the log: its key's owner does.
type Sign func(kind string, lines ...string) ([]byte, error)

// Bytes is the batch as it travels, signed.
func (b Batch) Bytes(sign Sign) ([]byte, error) {
	roots := make([][]byte, len(b.Edge.Roots))
	for i := range b.Edge.Roots {
		roots[i] = b.Edge.Roots[i][:]
	}
	var openings [][]byte
	if b.Openings != nil {
		openings = [][]byte{b.Openings}
	}
	body, err := pack(frame(roots, b.Entries, openings, [][]byte{b.Checkpoint}, b.Keys))
	if err != nil {
		return nil, err
	}
	signed, err := sign(batchKind, b.lines(body)...)
	if err != nil {
		return nil, err
	}
	out := frame([][]byte{signed}, [][]byte{body})
	if len(out) > Most {
		return nil, ErrTooLarge
	}
	return out, nil
}

// lines are what the sender signs of it.
func (b Batch) lines(body []byte) []string {
	return []string{
		fmt.Sprintf("%d %d", b.From, b.To), fmt.Sprintf("%d %d", b.Size, b.Seen), strconv.FormatInt(b.Told, 10), digest(body),
	}
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// Origin is whose batch or alarm it claims to be: whose keys to look for.
func Origin(wire []byte) (string, error) {
	signed, _, kind, err := split(wire)
	if err != nil {
		return "", err
	}
	return transparency.StatedOrigin(signed, kind)
}

// IsAlarm says whether it claims to be an alarm and not a batch.
func IsAlarm(wire []byte) bool {
	_, _, kind, err := split(wire)
	return err == nil && kind == alarmKind
}

// split parts the statement from what it speaks of.
func split(wire []byte) (signed, body []byte, kind string, err error) {
	if len(wire) > Most {
		return nil, nil, "", ErrTooLarge
	}
	lists, err := unframe(wire, 2)
	if err != nil {
		return nil, nil, "", err
	}
	if signed, err = one(lists[0]); err != nil {
		return nil, nil, "", err
	}
	if body, err = one(lists[1]); err != nil {
		return nil, nil, "", err
	}
	kind, _, _ = strings.Cut(string(signed[:min(len(signed), 64)]), "\n")
	if len(signed) > mostNote || kind != batchKind && kind != alarmKind {
		return nil, nil, "", fmt.Errorf("%w: neither a batch nor an alarm", ErrMalformed)
	}
	return signed, body, kind, nil
}

// Verified is a batch whose signatures and proofs hold.
type Verified struct {
	Batch
	Keys   []string // that are trusted now: those that were, and those they signed for
	Before tlog.Hash
	After  transparency.Checkpoint
}

// Open reads a batch and checks all that can be checked without the log: that a
// trusted key signed it, that its entries lead from one root to the signed one. Keys
// are the log's, as verifier keys; the change to a later one comes with the batch.
func Open(wire []byte, keys ...string) (Verified, error) {
	signed, body, kind, err := split(wire)
	if err != nil {
		return Verified{}, err
	}
	if kind != batchKind {
		return Verified{}, fmt.Errorf("%w: no batch", ErrMalformed)
	}
	// The keys that a later key follows from are in the body: before it is opened, it
	// must be what the statement names, whoever signed that.
	if !strings.Contains(string(signed), "\n"+digest(body)+"\n") {
		return Verified{}, ErrAltered
	}
	raw, err := unpack(body, mostBody)
	if err != nil {
		return Verified{}, err
	}
	b, err := parse(raw)
	if err != nil {
		return Verified{}, err
	}
	v := Verified{Batch: b, Keys: keys}
	if len(keys) > 0 {
		trusted, err := transparency.Follow(keys[len(keys)-1], b.Keys...)
		if err != nil {
			return Verified{}, fmt.Errorf("follow the log's keys: %w", err)
		}
		v.Keys = append(keys[:len(keys):len(keys)], trusted[1:]...)
	}
	origin, lines, err := transparency.OpenState(signed, batchKind, v.Keys...)
	if err != nil {
		return Verified{}, err
	}
	if v.Origin = origin; !v.said(lines, body) {
		return Verified{}, ErrAltered
	}
	return v, v.prove()
}

// said takes the numbers out of the signed lines, and says whether they are about
// this body.
func (v *Verified) said(lines []string, body []byte) bool {
	if len(lines) != 4 {
		return false
	}
	var ok [2]bool
	v.From, v.To, ok[0] = pair(lines[0])
	v.Size, v.Seen, ok[1] = pair(lines[1])
	told, err := strconv.ParseUint(lines[2], 10, 40)
	v.Told = int64(told)
	return ok[0] && ok[1] && err == nil && strconv.FormatUint(told, 10) == lines[2] && lines[3] == digest(body)
}

// pair is two numbers with a space between, in their shortest form.
func pair(line string) (a, b uint64, ok bool) {
	x, y, _ := strings.Cut(line, " ")
	a, err1 := strconv.ParseUint(x, 10, 62)
	b, err2 := strconv.ParseUint(y, 10, 62)
	return a, b, errors.Join(err1, err2) == nil && line == fmt.Sprintf("%d %d", a, b)
}

// prove folds the edge and the entries into the two roots.
func (v *Verified) prove() error {
	if v.Edge.Size = v.From; !v.Edge.Sound() || v.To < v.From || v.To-v.From != uint64(len(v.Entries)) || v.Size < v.To {
		return ErrProof
	}
	at, err := transparency.OpenCheckpoint(v.Checkpoint, v.Keys...)
	if err != nil {
		return fmt.Errorf("its checkpoint: %w", err)
	}
	v.Before = v.Edge.Root()
	edge := v.Edge
	for i, e := range v.Entries {
		var leaf struct {
			Index *uint64 `json:"index"`
		}
		if err := json.Unmarshal(e, &leaf); err != nil || leaf.Index == nil || *leaf.Index != v.From+uint64(i) {
			return fmt.Errorf("%w: entry %d stands where another should", ErrProof, v.From+uint64(i))
		}
		edge = edge.Append(tlog.RecordHash(e), func(tlog.Hash) {})
	}
	if v.After = at; at.Origin != v.Origin || at.Size != v.To || at.Root != edge.Root() {
		return ErrProof
	}
	return nil
}

func parse(raw []byte) (Batch, error) {
	lists, err := unframe(raw, 5)
	if err != nil {
		return Batch{}, err
	}
	b := Batch{Entries: lists[1], Keys: lists[4]}
	for _, root := range lists[0] {
		if len(root) != tlog.HashSize || len(lists[0]) > 64 {
			return Batch{}, fmt.Errorf("%w: an edge", ErrMalformed)
		}
		b.Edge.Roots = append(b.Edge.Roots, tlog.Hash(root))
	}
	if len(lists[2]) > 0 {
		if b.Openings, err = one(lists[2]); err != nil {
			return Batch{}, err
		}
	}
	b.Checkpoint, err = one(lists[3])
	return b, err
}
