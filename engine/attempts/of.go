package attempts

import (
	"fmt"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// Of are the attempts of a customer since a time, newest first and at most so
// many. Erased ones are left out.
func (a *Attempts) Of(r storage.Reader, org engine.OrgID, customer engine.CustomerID, since time.Time, most int) ([]engine.Attempt, error) {
	var list []engine.Attempt
	for row, err := range a.ofCustomer(r, org, query{Customer: customer}) {
		switch {
		case err != nil:
			return nil, fmt.Errorf("read a customer's attempts: %w", err)
		case len(list) == most || row.Created.Before(since):
			return list, nil
		case !row.Erased:
			list = append(list, row.Attempt)
		}
	}
	return list, nil
}
