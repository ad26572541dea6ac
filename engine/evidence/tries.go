package evidence

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// tries are a customer's challenges of late.
type tries struct {
	Count int       `json:"count"`
	Last  time.Time `json:"last"`
}

// next is the tally with one more challenge, or how long to wait for it.
func (t tries) next(now time.Time, most int, pause time.Duration) (tries, time.Duration) {
	since := now.Sub(t.Last)
	if since < 0 || since >= pause {
		t.Count = 0
	}
	if most > 0 && t.Count >= most {
		return t, pause - since
	}
	return tries{Count: t.Count + 1, Last: now}, 0
}

func (e *Evidence) triesAt(org engine.OrgID, customer engine.CustomerID) storage.Key {
	return storage.Path(e.Store.Pseudonym("challenges", string(org), string(customer)))
}

// try counts one more challenge of a customer, and says which in a row it is.
func (e *Evidence) try(tx *storage.Tx, org engine.OrgID, customer engine.CustomerID, now time.Time) (int, error) {
	at := e.triesAt(org, customer)
	t, err := e.tries.Get(tx, at)
	if err != nil && !errors.Is(err, storage.ErrNotFound) && !errors.Is(err, storage.ErrErased) {
		return 0, fmt.Errorf("read the customer's challenges: %w", err)
	}
	t, wait := t.next(now, e.Tries, e.Pause)
	if wait > 0 {
		return 0, ErrTooMany.After(wait)
	}
	return t.Count, e.tries.Put(tx, e.Subject(org, customer), at, t)
}

// An operator is called when so many captures fail at one kiosk within so much
// time (the figures are those of Amazon Rekognition's guidance for liveness).
const (
	failuresToAlarm = 5
	failuresWithin  = 3 * time.Minute
	mostKiosks      = 10_000
)

// failures counts failed captures by kiosk, in memory: an alarm is about now.
type failures struct {
	mu sync.Mutex
	at map[storage.Subject][]time.Time
}

func newFailures() *failures { return &failures{at: map[storage.Subject][]time.Time{}} }

// add counts a failure and says whether it is time for an alarm, after which
// the count begins anew.
func (f *failures) add(kiosk storage.Subject, now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	var recent []time.Time
	for _, t := range f.at[kiosk] {
		if now.Sub(t) < failuresWithin {
			recent = append(recent, t)
		}
	}
	if len(f.at) >= mostKiosks {
		clear(f.at)
	}
	if recent = append(recent, now); len(recent) < failuresToAlarm {
		f.at[kiosk] = recent
		return false
	}
	delete(f.at, kiosk)
	return true
}

// failed counts a failed capture at a kiosk. The alarm is an entry in the
// journal, where the kiosk can be read, a line in the log, and a metric.
func (e *Evidence) failed(tx *storage.Tx, org engine.OrgID, device engine.DeviceID) error {
	if device == "" || !e.failures.add(e.Store.Pseudonym("kiosk", string(org), string(device)), tx.Now()) {
		return nil
	}
	entry, err := tx.Log(storage.Entry{
		Kind: "kiosk.failing", Org: string(org), Actor: "system",
		Public:  map[string]any{"failures": failuresToAlarm, "withinSeconds": int(failuresWithin.Seconds())},
		Private: map[string]string{"device": string(device)},
	})
	e.Log.Warn("captures fail at one kiosk", "org", org, "failures", failuresToAlarm, "entry", entry)
	if e.Alarm != nil {
		e.Alarm()
	}
	return err
}
