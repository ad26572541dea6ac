package evidence

import (
	"errors"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// The room's records. Challenges, captures and their parts are sealed with the
// key of the customer's faces, the rest with the store's:
//
//	challenges: challenge id                                   -> challenge
//	nonces:     pseudonym of a compatible challenge's nonce    -> challenge id
//	captures:   pseudonym of the org, capture id               -> digests, and whether it was used
//	parts:      pseudonym of the org, capture id, what, number -> a part of the record or the picture
//	index:      pseudonym of the customer, capture id          -> nothing
//	due:        what, when, challenge id                       -> what is to be done then
//	tries:      pseudonym of the customer                      -> challenges of late
//	keys:       key id                                         -> key that signs bundles
const (
	challengesPrefix = 'c'
	noncesPrefix     = 'n'
	capturesPrefix   = 'C'
	partsPrefix      = 'p'
	indexPrefix      = 'x'
	duePrefix        = 'd'
	triesPrefix      = 'r'
	keysPrefix       = 'K'
)

func (e *Evidence) openTables() error {
	var errs [8]error
	e.challenges, errs[0] = storage.OpenTable[Challenge](e.Store, challengesPrefix, "evidence.challenges")
	e.nonces, errs[1] = storage.OpenTable[nonce](e.Store, noncesPrefix, "evidence.nonces")
	e.captures, errs[2] = storage.OpenTable[kept](e.Store, capturesPrefix, "evidence.captures")
	e.parts, errs[3] = storage.OpenTable[part](e.Store, partsPrefix, "evidence.parts")
	e.index, errs[4] = storage.OpenTable[pointer](e.Store, indexPrefix, "evidence.index")
	e.due, errs[5] = storage.OpenTable[due](e.Store, duePrefix, "evidence.due")
	e.tries, errs[6] = storage.OpenTable[tries](e.Store, triesPrefix, "evidence.tries")
	e.keys, errs[7] = storage.OpenTable[signingKey](e.Store, keysPrefix, "evidence.keys")
	return errors.Join(errs[:]...)
}

// nonce is a record of the nonces.
type nonce struct {
	Challenge engine.ChallengeID `json:"challenge"`
}

// kept is what is known of a capture without opening it.
type kept struct {
	ID        engine.CaptureID        `json:"id"`
	Challenge engine.ChallengeID      `json:"challenge"`
	Org       engine.OrgID            `json:"org"`
	Customer  engine.CustomerID       `json:"customer"`
	Device    engine.DeviceID         `json:"device,omitzero"`
	Bundle    string                  `json:"bundle,omitzero"` // jti of the one that was signed
	Record    []byte                  `json:"record"`          // SHA-256 of the capture's JSON, the picture left out
	Picture   []byte                  `json:"picture"`         // SHA-256 of the picture
	Created   time.Time               `json:"created"`
	Used      time.Time               `json:"used,omitzero"`
	Finding   *engine.LivenessFinding `json:"finding,omitzero"` // as it was judged when it was used
}

// part is a piece of what is larger than a record may be.
type part struct {
	Bytes []byte `json:"bytes"`
}

// partSize is how many bytes a part holds: in base64 they fit into a record.
const partSize = 47 << 10

// What a part is of.
const (
	ofRecord  storage.U8 = 'r'
	ofPicture storage.U8 = 'p'
)

// pointer is a record of the index: all that it says is in its key.
type pointer struct{}

func (e *Evidence) org(org engine.OrgID) storage.Subject {
	return e.Store.Pseudonym("captures", string(org))
}

func challengeAt(id engine.ChallengeID) storage.Key { return storage.Path(storage.Text(id)) }

func (e *Evidence) nonceAt(n string) storage.Key {
	return storage.Path(e.Store.Pseudonym("nonce", n))
}

func captureAt(org storage.Subject, id engine.CaptureID) storage.Key {
	return storage.Path(org, storage.Text(id))
}

func indexAt(customer storage.Subject, id engine.CaptureID) storage.Key {
	return storage.Path(customer, storage.Text(id))
}

// piece is a part with its key.
type piece struct {
	key storage.Key
	part
}

// pieces are bytes cut into parts.
func pieces(at storage.Key, what storage.U8, b []byte) []piece {
	var list []piece
	for len(b) > 0 {
		size := min(len(b), partSize)
		key := append(append(storage.Key(nil), at...), storage.Path(what, storage.U32(len(list)))...)
		list = append(list, piece{key, part{b[:size]}})
		b = b[size:]
	}
	return list
}

// joined is what was cut into pieces.
func (e *Evidence) joined(r storage.Reader, at storage.Key, what storage.U8) ([]byte, error) {
	var b []byte
	prefix := append(append(storage.Key(nil), at...), storage.Path(what)...)
	for row, err := range e.parts.Scan(r, storage.Range{Prefix: prefix}) {
		if err != nil {
			return nil, err
		}
		b = append(b, row.Value.Bytes...)
	}
	return b, nil
}

// dropCapture removes everything that lies under a capture's key.
func (e *Evidence) dropCapture(tx *storage.Tx, at storage.Key) error {
	for row, err := range e.parts.Scan(tx, storage.Range{Prefix: at}) {
		if err != nil && !errors.Is(err, storage.ErrErased) {
			return err
		}
		if err := e.parts.Delete(tx, row.Key); err != nil {
			return err
		}
	}
	return e.captures.Delete(tx, at)
}
