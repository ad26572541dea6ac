package stepup

import (
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// holding is what is kept of people: verifications, which have the days of
// attempts.
func (s *StepUp) holding() room.Holding {
	all := room.Series[engine.Verification]{
		Table: s.verifications, Kind: engine.DataAttempts, Name: "verifications",
		Owner: func(org engine.OrgID) storage.Subject { return s.Store.Pseudonym("verifications", string(org)) },
		Made: func(rest []byte) (string, time.Time, bool) {
			at, ok := engine.Made(string(rest))
			return string(rest), at, ok
		},
		Customer: func(v engine.Verification) engine.CustomerID { return v.Customer },
	}
	return room.Holding{
		Name: all.Name, Kind: all.Kind, Evidence: true, Due: all.Due, Tell: all.Tell, Remove: all.Remove,
	}
}
