package journey

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// The room's records:
//
//	journeys: process id            -> journey, sealed with the key of the person's evidence
//	          0, key that seals it, process id -> nothing: whose journeys there are
//	due:      when, process id      -> nothing: somebody looks at the journey then
//	parts:    process id, number    -> a piece of the reference's picture, sealed like the journey
//	          number of the seal    -> certificate and key, sealed with a key of their own
const (
	journeysPrefix = 'N'
	duePrefix      = 'E'
	partsPrefix    = 'O'
)

func (j *Journeys) openTables() error {
	var errs [3]error
	j.table, errs[0] = storage.OpenTable[record](j.Store, journeysPrefix, "journey.journeys")
	j.due, errs[1] = storage.OpenTable[due](j.Store, duePrefix, "journey.due")
	j.parts, errs[2] = storage.OpenTable[part](j.Store, partsPrefix, "journey.parts")
	return errors.Join(errs[:]...)
}

// due is a record that says all in its key.
type due struct{}

// part is a piece of what is longer than a record.
type part struct {
	Bytes []byte `json:"bytes"`
}

// Format hides a part from every verb: it may be a picture or a key.
func (part) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "(part)") }

// partSize is how many bytes a part holds: in base64 they fit into a record.
const partSize = 47 << 10

// record is one journey.
type record struct {
	ID       engine.ProcessID        `json:"id"`
	Org      engine.OrgID            `json:"org"`
	Key      engine.KeyID            `json:"key"`
	Segment  engine.SegmentID        `json:"segment,omitzero"`
	Sandbox  bool                    `json:"sandbox,omitzero"`
	Flow     string                  `json:"flow"`
	Plan     []engine.CapabilityName `json:"plan"`
	Purpose  string                  `json:"purpose"`
	Callback string                  `json:"callback"`
	Customer engine.CustomerID       `json:"customer"` // whom the captures and the decision are about
	Device   engine.DeviceID         `json:"device,omitzero"`
	Person   person                  `json:"person,omitzero"`
	Client   engine.CustomerID       `json:"clientReference,omitzero"`
	Branch   string                  `json:"branch,omitzero"`
	UseCase  string                  `json:"useCase,omitzero"`
	Locale   string                  `json:"locale,omitzero"`
	Against  []engine.ProcessID      `json:"against,omitempty"`
	Picture  int                     `json:"picture,omitzero"` // parts of the picture that it is validated against

	State    state     `json:"state"`
	Result   result    `json:"result"`
	Created  time.Time `json:"created"`
	Expires  time.Time `json:"expires"`
	Finished time.Time `json:"finished,omitzero"`
	Event    event     `json:"event"` // the last one

	Holder    []byte             `json:"holder,omitempty"`  // SHA-256 of the token of the page that leads
	Watcher   []byte             `json:"watcher,omitempty"` // of the page that handed over
	Code      []byte             `json:"code,omitempty"`    // of the code that a phone may read
	CodeUntil time.Time          `json:"codeUntil,omitzero"`
	Codes     int                `json:"codes,omitzero"` // made so far
	Consented time.Time          `json:"consented,omitzero"`
	Challenge engine.ChallengeID `json:"challenge,omitzero"` // the newest

	// Of the decision.
	Authentication engine.ProcessID     `json:"authentication,omitzero"`
	Status         engine.ProcessStatus `json:"status,omitzero"`
	Outcome        engine.Outcome       `json:"outcome,omitzero"`
	Findings       engine.Findings      `json:"findings,omitempty"`
	Capture        engine.CaptureID     `json:"capture,omitzero"`
	PictureDigest  string               `json:"pictureSha256,omitzero"`
	Models         []string             `json:"models,omitempty"`
	Policy         uint64               `json:"policyVersion,omitzero"`
	Decided        uint64               `json:"decided,omitzero"` // entry of the journal
	Ended          uint64               `json:"ended,omitzero"`   // entry of the journal
}

// Format hides a journey from every verb: it names a person.
func (record) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "(journey)") }

// LogValue hides a journey from slog.
func (record) LogValue() slog.Value { return slog.StringValue("(journey)") }

// caller is who created the journey, for what is done on its behalf.
func (r record) caller() engine.Caller {
	return engine.Caller{Key: r.Key, Org: r.Org, Segment: r.Segment, Capabilities: r.Plan, Sandbox: r.Sandbox}
}

// nobody is the name of whom a journey is about when the caller said nothing.
func (r record) nobody() engine.CustomerID { return engine.CustomerID("journey:" + r.ID) }

func at(id engine.ProcessID) storage.Key { return storage.Path(storage.Text(id)) }

func dueAt(when time.Time, id engine.ProcessID) storage.Key {
	return storage.Path(storage.At(when), storage.Text(id))
}

// dueID is the id in a key of dueAt: behind 8 bytes of time, before the end of
// a text.
func dueID(key storage.Key) engine.ProcessID {
	const before, behind = 8, 2
	if len(key) < before+behind {
		return ""
	}
	return engine.ProcessID(key[before : len(key)-behind])
}

// kept is a journey as it was written.
func (j *Journeys) kept(r storage.Reader, id engine.ProcessID) (record, error) {
	if !isUUID(string(id)) {
		return record{}, ErrID
	}
	k, err := j.table.Get(r, at(id))
	switch {
	case errors.Is(err, storage.ErrNotFound), errors.Is(err, storage.ErrErased):
		return record{}, ErrNoProcess
	case err != nil:
		return record{}, fmt.Errorf("read journey: %w", err)
	}
	return k, nil
}

// recall is a journey as it stands now.
func (j *Journeys) recall(ctx context.Context, id engine.ProcessID) (r record, err error) {
	err = j.Store.View(ctx, func(v *storage.View) (err error) {
		r, err = j.kept(v, id)
		return err
	})
	return r.standing(j.Now()), err
}

// of is a journey of an org.
func (j *Journeys) of(ctx context.Context, org engine.OrgID, id engine.ProcessID) (record, error) {
	r, err := j.recall(ctx, id)
	if err == nil && r.Org != org {
		err = ErrNoProcess
	}
	if err != nil {
		return record{}, err
	}
	return r, nil
}

// put writes a journey and what happened to it.
func (j *Journeys) put(tx *storage.Tx, r record, kind string, public map[string]any) error {
	subject := j.Subject(r.Org, r.Customer)
	public["journey"] = r.ID
	actor := "system"
	if kind == "journey.created" {
		actor = string(r.Key)
	}
	if _, err := tx.Log(storage.Entry{Kind: kind, Org: string(r.Org), Actor: actor, Subject: subject, Public: public}); err != nil {
		return err
	}
	return j.table.Put(tx, subject, at(r.ID), r)
}

// change changes a journey that has not ended, in one transaction: do says
// what happened, and its error undoes all.
func (j *Journeys) change(ctx context.Context, id engine.ProcessID, kind string, do func(tx *storage.Tx, r *record) (map[string]any, error)) (r record, err error) {
	_, err = j.Store.Commit(ctx, func(tx *storage.Tx) error {
		if r, err = j.kept(tx, id); err != nil {
			return err
		}
		if r = r.standing(tx.Now()); r.State != created {
			return ErrOver
		}
		public, err := do(tx, &r)
		if err != nil {
			return err
		}
		if public == nil {
			public = map[string]any{}
		}
		return j.put(tx, r, kind, public)
	})
	return r, err
}

// add writes a new journey. The picture that it is validated against goes
// first, a part in a transaction, because a store with little room has small
// ones; without a journey the parts are forgotten when it would have expired.
func (j *Journeys) add(ctx context.Context, r record, picture []byte) error {
	subject := j.Subject(r.Org, r.Customer)
	for ; len(picture) > 0; r.Picture++ {
		size := min(len(picture), partSize)
		_, err := j.Store.Commit(ctx, func(tx *storage.Tx) error {
			_, err := tx.Log(storage.Entry{
				Kind: "journey.picture-kept", Org: string(r.Org), Actor: string(r.Key), Subject: subject, Public: map[string]any{"journey": r.ID, "part": r.Picture},
			})
			return errors.Join(err,
				j.due.Put(tx, storage.Subject{}, dueAt(r.Expires, r.ID), due{}),
				j.parts.Put(tx, subject, partAt(r.ID, r.Picture), part{picture[:size]}))
		})
		if err != nil {
			return err
		}
		picture = picture[size:]
	}
	_, err := j.Store.Commit(ctx, func(tx *storage.Tx) error {
		err := errors.Join(
			j.due.Put(tx, storage.Subject{}, dueAt(r.Expires, r.ID), due{}),
			j.table.Put(tx, storage.Subject{}, personAt(subject, r.ID), record{}))
		if err != nil {
			return err
		}
		return j.put(tx, r, "journey.created", map[string]any{"flow": r.Flow, "purpose": r.Purpose, "expires": r.Expires})
	})
	return err
}

func partsOf(id engine.ProcessID) storage.Key { return storage.Path(storage.U8(1), storage.Text(id)) }

func partAt(id engine.ProcessID, number int) storage.Key {
	return storage.Path(storage.U8(1), storage.Text(id), storage.U32(number))
}

// against is whom the person of a journey is validated against.
func (j *Journeys) against(ctx context.Context, r record) ([]engine.Against, error) {
	var list []engine.Against
	for _, id := range r.Against {
		list = append(list, engine.Against{Process: id})
	}
	if r.Picture == 0 {
		return list, nil
	}
	var picture []byte
	err := j.Store.View(ctx, func(v *storage.View) (err error) {
		picture, err = j.picture(v, r)
		return err
	})
	return append(list, engine.Against{Picture: picture}), err
}

// picture is the picture of a journey's reference, if it has one.
func (j *Journeys) picture(from storage.Reader, r record) (picture []byte, err error) {
	for i := range r.Picture {
		p, err := j.parts.Get(from, partAt(r.ID, i))
		if err != nil {
			return nil, fmt.Errorf("read the picture of a reference: %w", err)
		}
		picture = append(picture, p.Bytes...)
	}
	return picture, nil
}

// forgetPicture removes the picture of a reference.
func (j *Journeys) forgetPicture(tx *storage.Tx, id engine.ProcessID) error {
	for row, err := range j.parts.Scan(tx, storage.Range{Prefix: partsOf(id)}) {
		if err != nil && !errors.Is(err, storage.ErrErased) {
			return fmt.Errorf("list the parts of a picture: %w", err)
		}
		if err := j.parts.Delete(tx, row.Key); err != nil {
			return err
		}
	}
	return nil
}
