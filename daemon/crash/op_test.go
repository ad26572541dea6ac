package crash

import (
	"fmt"
	"net/http"

	"github.com/go-json-experiment/json"
)

// op is one request of a clerk, and the answer that it got.
type op struct {
	kind     string // of the journal entry that it must leave
	customer string
	label    string // the clerk's own name for it; its Idempotency-Key when keyed
	method   string
	path     string
	body     []byte
	keyed    bool
	id       string // what it is about, when the answer does not say

	answer *reply // nil: none came
	mark   string // the journal entry that the answer promises, when it was done
	found  string // the journal entry that was there although no answer came
}

// unknown says whether nobody can know if it was done.
func (o *op) unknown() bool {
	return o.answer == nil || o.answer.status == http.StatusServiceUnavailable || o.answer.status == http.StatusGatewayTimeout
}

// made is what an answer calls what it made.
type made struct {
	ID string `json:"id"`
}

// answered writes an answer down, and which journal entry it promises.
func (o *op) answered(r *reply) {
	if o.answer = r; r.ok() {
		o.mark = o.promise()
	}
}

// promise names the journal entry that an answer promises.
func (o *op) promise() string {
	var a struct {
		Enrolment made `json:"enrolment"`
		Audit     struct {
			AttemptID string `json:"attemptId"`
		} `json:"audit"`
		Journal uint64 `json:"journal"`
		Removed string `json:"removed"`
		Version uint64 `json:"version"`
		ID      string `json:"id"`
	}
	if err := json.Unmarshal(o.answer.body, &a); err != nil {
		return "an answer that is not JSON"
	}
	what := map[string]string{
		enrolled: a.Enrolment.ID, decided: a.Audit.AttemptID, erased: fmt.Sprint(a.Journal), removed: a.Removed,
		changed: fmt.Sprint(a.Version), keyMade: a.ID, keyEnded: a.ID, unlocked: o.label, deviceUnlocked: o.label,
	}
	return o.kind + " " + what[o.kind]
}

// The kinds of journal entries that clerks cause.
const (
	enrolled       = "face.enrolled"
	removed        = "face.removed"
	erased         = "faces.erased"
	decided        = "stepup.decided"
	changed        = "settings.changed"
	keyMade        = "key.created"
	keyEnded       = "key.revoked"
	unlocked       = "customer.unlocked"
	deviceUnlocked = "device.unlocked"
)

func (o *op) is(kind, method, path string, ask any) *op {
	o.kind, o.method, o.path = kind, method, path
	if ask != nil {
		body, err := json.Marshal(ask, json.Deterministic(true))
		if err != nil {
			panic(fmt.Sprintf("a request that is not JSON: %v", err))
		}
		o.body = body
	}
	return o
}
