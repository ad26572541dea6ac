package process

import (
	"errors"
	"fmt"
	"iter"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// holding is what is kept of people: the processes. When a person is erased they
// stay as processes that were removed (410).
func (p *Processes) holding() room.Holding {
	return room.Holding{
		Name: "processes", Kind: engine.DataProcesses, Evidence: true, Due: p.due, Find: p.find, Tell: p.tell,
		Remove: func(tx *storage.Tx, k engine.Kept) error { return p.table.Delete(tx, k.Place) },
	}
}

// due passes the processes of each org from the oldest on: their ids say when
// they were made, also those of people who were erased.
func (p *Processes) due(r storage.Reader, orgs []engine.OrgID, ages engine.Ages) iter.Seq2[engine.Kept, error] {
	return func(yield func(engine.Kept, error) bool) {
		for _, org := range orgs {
			age := ages(engine.DataProcesses, org)
			if age.IsZero() {
				continue
			}
			for k, err := range p.all(r, org) {
				if err == nil && !k.At.Before(age) {
					break
				}
				if !yield(k.Kept, err) || err != nil {
					return
				}
			}
		}
	}
}

// keptRecord is a process with what is known of it as a kept record.
type keptRecord struct {
	engine.Kept
	record record
}

// all passes the processes of an org, oldest first.
func (p *Processes) all(r storage.Reader, org engine.OrgID) iter.Seq2[keptRecord, error] {
	owner := p.owner(org)
	return func(yield func(keptRecord, error) bool) {
		for row, err := range p.table.Scan(r, storage.Range{Prefix: storage.Key(owner[:])}) {
			const end = 2 // of a text in a key
			if len(row.Key) < len(owner)+end {
				yield(keptRecord{}, fmt.Errorf("read processes: %w", err))
				return
			}
			id := engine.ProcessID(row.Key[len(owner) : len(row.Key)-end])
			at, ok := id.Made()
			switch {
			case !ok:
				err = errors.New("process: a record has an id that says no time")
			case errors.Is(err, storage.ErrErased):
				err = nil
			case err != nil:
				err = fmt.Errorf("read processes: %w", err)
			}
			k := engine.Kept{Kind: engine.DataProcesses, Org: org, Customer: row.Value.Reference, ID: string(id), At: at, Place: row.Key}
			if !yield(keptRecord{k, row.Value}, err) || err != nil {
				return
			}
		}
	}
}

func (p *Processes) find(r storage.Reader, org engine.OrgID, id string) (engine.Kept, error) {
	at := p.place(org, engine.ProcessID(id))
	k, err := p.table.Get(r, at)
	return engine.Kept{Kind: engine.DataProcesses, Org: org, Customer: k.Reference, ID: id, At: k.Created, Place: at}, err
}

// tell passes a person's processes. Nothing lists them by person: all are read.
func (p *Processes) tell(r storage.Reader, org engine.OrgID, customer engine.CustomerID) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		for k, err := range p.all(r, org) {
			if (err != nil || k.Customer == customer) && !yield(k.record, err) {
				return
			}
		}
	}
}
