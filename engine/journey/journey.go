package journey

import (
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// state is where a journey stands, in the words of the contract.
type state string

// The states.
const (
	created  state = "PROCESS_STATE_CREATED"
	finished state = "PROCESS_STATE_FINISHED"
	failed   state = "PROCESS_STATE_FAILED"
)

// result is how a journey ended, in the words of the contract.
type result string

// The results.
const (
	open    result = "PROCESS_RESULT_UNSPECIFIED"
	ok      result = "PROCESS_RESULT_OK"
	broken  result = "PROCESS_RESULT_ERROR"
	invalid result = "PROCESS_RESULT_INVALID_IDENTITY"
	expired result = "PROCESS_RESULT_EXPIRED"
)

// event is what the customer did last, in the words of the contract.
type event string

// The events that can occur here.
const (
	wasCreated event = "EVENT_TYPE_PROCESS_CREATED"
	wasRead    event = "EVENT_TYPE_QR_CODE_READ"
	wasStarted event = "EVENT_TYPE_PROCESS_STARTED_BY_USER"
	wasDecided event = "EVENT_TYPE_IDENTITY_VALIDATION_STEP_FINISHED"
	wasLeft    event = "EVENT_TYPE_SESSION_ENDED"
)

// said is an event in a sentence.
func (e event) said() string {
	switch e {
	case wasCreated:
		return "The process was created and not opened by anybody."
	case wasRead:
		return "The code was read by a phone."
	case wasStarted:
		return "The customer opened the page and began."
	case wasDecided:
		return "The customer's face was captured and compared."
	case wasLeft:
		return "The customer left the page."
	default:
		return ""
	}
}

// standing is a journey as it stands at a moment: what nobody has ended in
// time has expired, whether or not that was written down already. One whose
// decision is on its way has not.
func (r record) standing(now time.Time) record {
	if r.State == created && r.Authentication == "" && !now.Before(r.Expires) {
		r.State, r.Result, r.Finished = finished, expired, r.Expires
	}
	return r
}

// ending is how a journey ends by what its process found; false while that is
// not finished. Who is not alive, or another person, is no valid identity.
func ending(a engine.ProcessAnswer) (state, result, bool) {
	switch a.Status {
	case engine.ProcessRunning:
		return created, open, false
	case engine.ProcessBroken, engine.ProcessCancelled:
		return failed, broken, true
	}
	o := a.Outcome
	notAlive := o.Liveness == 2
	another := o.UnicoID != nil && o.UnicoID.Result == engine.No || o.Authenticated != nil && !*o.Authenticated
	if notAlive || another {
		return finished, invalid, true
	}
	return finished, ok, true
}

// decide writes what a process found into its journey, and ends it when the
// process has. It is called in the transaction of the process.
func (j *Journeys) decide(tx *storage.Tx, r *record, a engine.ProcessAnswer) error {
	r.Authentication, r.Status, r.Outcome, r.Findings = a.ID, a.Status, a.Outcome, a.Findings
	r.Capture, r.Models, r.PictureDigest, r.Policy, r.Decided = a.Capture, a.Models, a.Picture, a.PolicyVersion, a.Journal
	r.Event = wasDecided
	to, how, over := ending(a)
	if !over && !tx.Now().Before(r.Expires) {
		to, how, over = failed, broken, true // nobody waits for it any longer
	}
	if !over {
		if err := j.due.Put(tx, storage.Subject{}, dueAt(tx.Now().Add(lookAgain), r.ID), due{}); err != nil {
			return err
		}
		return j.put(tx, *r, "journey.decided", map[string]any{"process": a.ID, "status": a.Status})
	}
	return j.end(tx, r, to, how)
}

// end ends a journey. What webhooks say is made of this entry.
func (j *Journeys) end(tx *storage.Tx, r *record, to state, how result) error {
	r.State, r.Result, r.Finished = to, how, tx.Now().UTC().Truncate(time.Millisecond)
	if how == expired {
		r.Finished = r.Expires
	}
	r.Code = nil
	if err := j.forgetPicture(tx, r.ID); err != nil {
		return err
	}
	r.Picture = 0
	private := map[string]string{
		"processId": string(r.ID), "state": string(r.State), "flow": r.Flow, "lastEvent": "", "lastEventDescription": "",
	}
	if how == expired {
		private["lastEvent"], private["lastEventDescription"] = string(r.Event), r.Event.said()
	}
	public := map[string]any{"journey": r.ID, "flow": r.Flow, "state": r.State, "result": r.Result}
	if r.Authentication != "" {
		public["process"], public["outcome"], public["models"], public["policyVersion"] = r.Authentication, r.Outcome, r.Models, r.Policy
	}
	if r.Capture != "" {
		public["capture"] = r.Capture
	}
	subject := j.Subject(r.Org, r.Customer)
	var err error
	r.Ended, err = tx.Log(storage.Entry{
		Kind: "journey.ended", Org: string(r.Org), Actor: "system", Subject: subject, Public: public, Private: private,
	})
	if err != nil {
		return err
	}
	return j.table.Put(tx, subject, at(r.ID), *r)
}
