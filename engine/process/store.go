package process

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

// tablePrefix owns the processes: pseudonym of the org, process id -> record.
const tablePrefix = 'P'

// record is one process. It is sealed with the key of the evidence about its
// person, and has no picture.
type record struct {
	ID            engine.ProcessID     `json:"id"`
	Org           engine.OrgID         `json:"org"`
	Segment       engine.SegmentID     `json:"segment,omitzero"`
	Key           engine.KeyID         `json:"key"`
	Status        engine.ProcessStatus `json:"status"`
	Reference     engine.CustomerID    `json:"reference"`
	Code          string               `json:"code"`
	Name          string               `json:"name"`
	Outcome       engine.Outcome       `json:"outcome"`
	Findings      engine.Findings      `json:"findings,omitempty"`
	Capture       engine.CaptureID     `json:"capture,omitzero"`
	Against       []engine.ProcessID   `json:"against,omitempty"` // that it was validated against
	Face          bool                 `json:"face,omitzero"`     // its face was kept
	Picture       string               `json:"picture,omitzero"`  // SHA-256, hexadecimal
	Models        []string             `json:"models,omitempty"`  // SHA-256 of each, hexadecimal
	Issues        []engine.Issue       `json:"issues,omitempty"`
	PolicyVersion uint64               `json:"policyVersion"`
	Created       time.Time            `json:"created"`
	Finished      time.Time            `json:"finished"`
	Journal       uint64               `json:"journal,omitzero"` // the entry that says so
}

// record is what a case leaves behind.
func (p *Processes) record(q question, c engine.Case, status engine.ProcessStatus, found engine.Findings) record {
	r := record{
		ID: c.Process, Org: c.Caller.Org, Segment: c.Caller.Segment, Key: c.Caller.Key, Status: status,
		Reference: c.Reference, Code: q.Code, Name: q.Declared.Name, Findings: found,
		Issues: c.Face.Issues, PolicyVersion: c.Policy.Version, Created: c.Created,
	}
	for _, a := range q.Against {
		if a.Process != "" {
			r.Against = append(r.Against, a.Process)
		}
	}
	if c.Capture != nil {
		r.Capture = c.Capture.ID
	}
	r.Face = !c.Face.Template.Empty() && status != engine.ProcessCancelled && status != engine.ProcessBroken
	if c.Face.Width > 0 {
		r.Picture = c.Face.Picture.String()
		for _, m := range c.Face.Models {
			r.Models = append(r.Models, m.String())
		}
	}
	return r
}

func (p *Processes) place(org engine.OrgID, id engine.ProcessID) storage.Key {
	return storage.Path(p.owner(org), storage.Text(id))
}

func (p *Processes) owner(org engine.OrgID) storage.Subject {
	return p.Store.Pseudonym("processes", string(org))
}

// write puts a process and its journal entry into the transaction that decides
// it: what was found in the open, about whom only as commitments.
func (p *Processes) write(ctx context.Context, tx *storage.Tx, r *record) (err error) {
	subject := p.Subject(r.Org, r.Reference)
	public := map[string]any{
		"process": r.ID, "status": r.Status, "outcome": r.Outcome, "models": r.Models, "policyVersion": r.PolicyVersion,
	}
	for _, f := range r.Findings {
		if f.Search != nil && f.Capability == engine.CapMultiAccounts {
			public["seen"], public["compared"], public["threshold"] = f.Search.Seen, f.Search.Compared, f.Threshold
		}
		if f.Enrolled != "" {
			public["enrolled"] = f.Enrolled
		}
		if f.Model != "" {
			public[string(f.Capability)] = f.Model
		}
	}
	if r.Capture != "" {
		public["capture"] = r.Capture
	}
	r.Journal, err = tx.Log(storage.Entry{
		Kind: "process.decided", Org: string(r.Org), Actor: string(r.Key), Subject: subject, Public: public,
		Private: map[string]string{
			"reference": string(r.Reference), "code": r.Code, "name": r.Name, "segment": string(r.Segment), "picture": r.Picture,
		},
	})
	if err != nil {
		return err
	}
	web.Entered(ctx, r.Journal)
	return p.table.Put(tx, subject, p.place(r.Org, r.ID), *r)
}

// kept is a process of an org.
func (p *Processes) kept(r storage.Reader, org engine.OrgID, id engine.ProcessID) (record, error) {
	id = engine.ProcessID(strings.ToLower(string(id))) // a UUID has no case
	k, err := p.table.Get(r, p.place(org, id))
	switch {
	case errors.Is(err, storage.ErrNotFound):
		return record{}, ErrNoProcess
	case errors.Is(err, storage.ErrErased):
		return record{}, ErrGone
	case err != nil:
		return record{}, fmt.Errorf("read process: %w", err)
	}
	return k, nil
}

func (p *Processes) recall(ctx context.Context, org engine.OrgID, id engine.ProcessID) (r record, err error) {
	err = p.Store.View(ctx, func(v *storage.View) (err error) {
		r, err = p.kept(v, org, id)
		return err
	})
	return r, err
}
