package stepup

import (
	"errors"
	"fmt"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// The room's records:
//
//	verifications: pseudonym of the org, verification id  -> verification
//	tallies:       pseudonym of the customer or device    -> tally
const (
	verificationsPrefix = 'v'
	talliesPrefix       = 't'
)

func (s *StepUp) verificationAt(org engine.OrgID, id engine.VerificationID) storage.Key {
	owner := s.Store.Pseudonym("verifications", string(org))
	return append(storage.Key(owner[:]), id...)
}

// watched is one whose failures are counted: a customer or a device of an org.
type watched struct {
	place   storage.Subject
	subject storage.Subject // whose key seals the tally
}

func (s *StepUp) customer(org engine.OrgID, id engine.CustomerID) watched {
	return watched{
		place:   s.Store.Pseudonym("tally", "customer", string(org), string(id)),
		subject: s.Attempts.Subject(org, id),
	}
}

func (s *StepUp) device(org engine.OrgID, id engine.DeviceID) watched {
	return watched{place: s.Store.Pseudonym("tally", "device", string(org), string(id))}
}

// watching lists who answers for a failure of this request.
func (s *StepUp) watching(q question) []watched {
	list := []watched{s.customer(q.Caller.Org, q.Customer)}
	if q.Device != "" {
		list = append(list, s.device(q.Caller.Org, q.Device))
	}
	return list
}

// tally is how someone watched has done; nothing yet when there is no record.
func (s *StepUp) tally(r storage.Reader, w watched) (tally, error) {
	t, err := s.tallies.Get(r, storage.Key(w.place[:]))
	if errors.Is(err, storage.ErrNotFound) || errors.Is(err, storage.ErrErased) {
		return tally{}, nil
	}
	if err != nil {
		return tally{}, fmt.Errorf("read lockout: %w", err)
	}
	return t, nil
}

// locked is the longest lock that holds on any of those watched.
func (s *StepUp) locked(r storage.Reader, list []watched, now time.Time) (time.Duration, error) {
	var longest time.Duration
	for _, w := range list {
		t, err := s.tally(r, w)
		if err != nil {
			return 0, err
		}
		longest = max(longest, t.locked(now))
	}
	return longest, nil
}

// count writes what a conclusion means for those watched: a failure is added,
// a success clears the slate, and what is neither changes nothing.
func (s *StepUp) count(tx *storage.Tx, list []watched, c conclusion, now time.Time) error {
	for _, w := range list {
		t, err := s.tally(tx, w)
		if err != nil {
			return err
		}
		switch {
		case c.Found.Failure:
			err = s.tallies.Put(tx, w.subject, storage.Key(w.place[:]), t.failed(c.Policy.Lockout, now))
		case c.Clears && c.Found.Status == engine.Verified && t != (tally{}):
			err = s.tallies.Delete(tx, storage.Key(w.place[:]))
		}
		if err != nil {
			return fmt.Errorf("keep lockout: %w", err)
		}
	}
	return nil
}
