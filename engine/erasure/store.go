package erasure

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// tablePrefix owns the erasures. What one must say for good names nobody; whom it
// is about is apart, and sealed with a key that is forgotten at its end:
//
//	0, pseudonym of the org, id -> erasure
//	1, pseudonym of the org, id -> whom
//	2                           -> repeated
const tablePrefix = 'H'

const (
	ofErasures storage.U8 = 0
	ofPeople   storage.U8 = 1
	ofRepeated storage.U8 = 2
)

// ID is an erasure: "era_".
type ID string

// state is where an erasure stands.
type state string

const (
	requested state = "requested" // somebody else must confirm it
	running   state = "running"   // the keys are forgotten, remains are being removed
	proved    state = "proved"    // all is gone but the name of whom it is about
	done      state = "done"
	kept      state = "kept" // as done, and evidence stays until its day
	cancelled state = "cancelled"
)

// record is one of the three.
type record struct {
	Erasure  *erasure  `json:"erasure,omitzero"`
	Whom     *whom     `json:"whom,omitzero"`
	Repeated *repeated `json:"repeated,omitzero"`
}

// repeated is the end of the journal whose erasures were repeated last: others than
// are here, and more of them, when a copy was put back.
type repeated struct {
	Size uint64   `json:"size"`
	Root [32]byte `json:"root"`
}

// whom is whom an erasure is about, and why.
type whom struct {
	Customer engine.CustomerID `json:"customer"`
	Reason   string            `json:"reason"`
}

// Format hides a person from every verb.
func (whom) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "(whom)") }

// erasure is what is kept of one for good.
type erasure struct {
	ID        ID                `json:"id"`
	Org       engine.OrgID      `json:"org"`
	State     state             `json:"state"`
	Basis     string            `json:"basis"`
	By        engine.KeyID      `json:"by"`
	Holder    engine.HolderMark `json:"holder,omitzero"` // of that key
	Requested time.Time         `json:"requested"`
	Other     engine.KeyID      `json:"other,omitzero"` // that confirmed or cancelled it
	Faces     storage.Subject   `json:"faces"`
	Evidence  storage.Subject   `json:"evidence"`
	Entry     uint64            `json:"entry,omitzero"` // person.erased
	Erased    time.Time         `json:"erased,omitzero"`
	Counts    map[string]int    `json:"counts,omitempty"`   // by holding
	KeepUntil time.Time         `json:"keepUntil,omitzero"` // evidence; zero: none is kept
	KeepBasis string            `json:"keepBasis,omitzero"`
	Keys      keysCovered       `json:"keys,omitzero"`    // that were forgotten
	Repeats   ID                `json:"repeats,omitzero"` // it was done before, and a copy from before that was put back
	Backups   int               `json:"backups"`          // days that copies are kept
	Proved    uint64            `json:"proved,omitzero"`  // erasure.completed
	Covered   *coverage         `json:"covered,omitzero"`
	Waits     string            `json:"waits,omitzero"` // the code of what it waits for
}

// coverage is what an erasure's certificate says that it covers.
type coverage struct {
	Erasure  ID              `json:"erasure"`
	Entry    uint64          `json:"entry" doc:"The journal entry person.erased: when the keys were forgotten."`
	At       time.Time       `json:"at" doc:"When that was."`
	Basis    string          `json:"legalBasis"`
	Counts   map[string]int  `json:"removed" doc:"Records by what they were; those that stay as rows that say erased are not counted."`
	Index    bool            `json:"index" doc:"The files of the index of faces were written without them."`
	Evidence evidenceCovered `json:"evidence"`
	Keys     keysCovered     `json:"keys" doc:"Random names of the keys that were forgotten. They are in every copy that was made before, and name nobody: rostod erasures repeat finds them there."`
	Repeats  ID              `json:"repeats,omitzero" doc:"The erasure that this one repeats, because an older copy of the data was put back."`
	Epoch    uint32          `json:"epoch" doc:"Keys before this epoch are destroyed: no copy of the forgotten ones opens."`
	Backups  backupsCovered  `json:"backups"`
	// Headquarters is missing when nothing private was disclosed to one.
	Headquarters *headquartersCovered `json:"headquarters,omitzero" doc:"What this erasure does not reach; missing when nothing private is disclosed to a headquarters."`
}

type headquartersCovered struct {
	Disclosed []string `json:"disclosed" doc:"Private values that headquarters is told of, by name. Those of this customer's entries lie there, sealed to its key, and are its own to destroy."`
	Erased    bool     `json:"erased" doc:"False: no branch can erase there."`
}

// keysCovered are the names of data keys, as Leaf.Forgot has them.
type keysCovered struct {
	Faces    []byte `json:"faces,omitempty" doc:"Of the key that sealed faces and captures; left out when there were none."`
	Evidence []byte `json:"evidence,omitempty" doc:"Of the key that sealed the evidence; left out when there was none, or it is kept by law."`
}

type evidenceCovered struct {
	Erased    bool      `json:"erased"`
	KeptUntil time.Time `json:"keptUntil,omitzero"`
	Basis     string    `json:"basis,omitzero" doc:"Which law asks for it."`
}

type backupsCovered struct {
	MadeBefore time.Time `json:"madeBefore" doc:"Copies of the data folder made before hold the keys that were forgotten."`
	KeptDays   int       `json:"keptDays" doc:"How long the operator keeps copies, by its policy."`
	GoneBy     string    `json:"goneBy" doc:"The day by which none is left, if the operator keeps to that."`
}

func (e *Erasures) owned(org engine.OrgID) storage.Key {
	return storage.Path(ofErasures, e.Store.Pseudonym("erasures", string(org)))
}

func (e *Erasures) at(what storage.U8, org engine.OrgID, id ID) storage.Key {
	return storage.Path(what, e.Store.Pseudonym("erasures", string(org)), storage.Text(id))
}

// own is whose key seals whom an erasure is about.
func (e *Erasures) own(id ID) storage.Subject { return e.Store.Pseudonym("erasure", string(id)) }

func (e *Erasures) put(tx *storage.Tx, r erasure) error {
	return e.table.Put(tx, storage.Subject{}, e.at(ofErasures, r.Org, r.ID), record{Erasure: &r})
}

// whom is whom an erasure is about; empty when that is forgotten.
func (e *Erasures) whom(from storage.Reader, r erasure) (whom, error) {
	row, err := e.table.Get(from, e.at(ofPeople, r.Org, r.ID))
	switch {
	case errors.Is(err, storage.ErrNotFound), errors.Is(err, storage.ErrErased):
		return whom{}, nil
	case err != nil:
		return whom{}, fmt.Errorf("read whom an erasure is about: %w", err)
	}
	return *row.Whom, nil
}

func (e *Erasures) one(from storage.Reader, org engine.OrgID, id ID) (erasure, error) {
	row, err := e.table.Get(from, e.at(ofErasures, org, id))
	if errors.Is(err, storage.ErrNotFound) {
		return erasure{}, ErrNone
	}
	if err != nil {
		return erasure{}, fmt.Errorf("read an erasure: %w", err)
	}
	return *row.Erasure, nil
}

func (e *Erasures) recall(ctx context.Context, org engine.OrgID, id ID) (r erasure, err error) {
	err = e.Store.View(ctx, func(v *storage.View) error {
		r, err = e.one(v, org, id)
		return err
	})
	return r, err
}

// all are the erasures below a prefix that fit, oldest first.
func (e *Erasures) all(from storage.Reader, prefix storage.Key, fits func(erasure) bool) (list []erasure, err error) {
	for row, err := range e.table.Scan(from, storage.Range{Prefix: prefix}) {
		if err != nil {
			return nil, fmt.Errorf("read erasures: %w", err)
		}
		if fits(*row.Value.Erasure) {
			list = append(list, *row.Value.Erasure)
		}
	}
	return list, nil
}

// those are the erasures of every org that fit.
func (e *Erasures) those(ctx context.Context, fits func(erasure) bool) (list []erasure, err error) {
	err = e.Store.View(ctx, func(v *storage.View) error {
		list, err = e.all(v, storage.Path(ofErasures), fits)
		return err
	})
	return list, err
}

// Counts are how many erasures of every org wait for another key, are under way,
// and have evidence that is kept until its day.
func (e *Erasures) Counts(ctx context.Context) (waiting, under, keeping int, err error) {
	list, err := e.those(ctx, func(r erasure) bool { return r.State != done && r.State != cancelled })
	for _, r := range list {
		switch r.State {
		case requested:
			waiting++
		case kept:
			keeping++
		default:
			under++
		}
	}
	return waiting, under, keeping, err
}
