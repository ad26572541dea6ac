package webhook

import (
	"slices"
	"time"

	"github.com/rostod/rostod/engine"
)

// The ids of the room.
type (
	// EndpointID is one address that is told: "whe_".
	EndpointID string
	// DeliveryID is one event on its way to one endpoint: "dlv_".
	DeliveryID string
	// EventID is one event, for all endpoints: "evt_".
	EventID string
)

// configuredID is the endpoint that stands in the configuration.
const configuredID EndpointID = "whe_configured"

// endpoint is one address that is told of events.
type endpoint struct {
	ID          EndpointID         `json:"id"`
	Org         engine.OrgID       `json:"org"`
	Label       string             `json:"label,omitzero"`
	URL         string             `json:"url"`
	Events      []engine.EventName `json:"events,omitempty"` // empty: all
	Auth        auth               `json:"auth"`
	Secrets     []secret           `json:"secrets"` // newest first, one or two
	Concurrency int                `json:"concurrency,omitzero"`
	Paused      bool               `json:"paused,omitzero"`
	// Since is the first entry of the journal that it is told of.
	Since   uint64    `json:"since"`
	Created time.Time `json:"created"`
	Changed time.Time `json:"changed"`
}

// secret signs what is sent, until it ends.
type secret struct {
	Word    engine.Secret `json:"word"`
	Created time.Time     `json:"created"`
	Ends    time.Time     `json:"ends,omitzero"` // zero: it does not
}

// wants says whether an endpoint is told of an event. A paused one is told later.
func (e endpoint) wants(n note) bool {
	switch {
	case n.only != "":
		return n.only == e.ID
	case n.org != e.Org || n.entry < e.Since:
		return false
	default:
		return len(e.Events) == 0 || slices.Contains(e.Events, n.name)
	}
}

// words are the secrets that sign at a time, newest first.
func (e endpoint) words(now time.Time) []engine.Secret {
	var list []engine.Secret
	for _, s := range e.Secrets {
		if s.Ends.IsZero() || now.Before(s.Ends) {
			list = append(list, s.Word)
		}
	}
	return list
}

// mostSecrets is how many secrets sign at one time.
const mostSecrets = 2

// rotated puts another secret in front. The one before signs beside it for a
// while; one before that ends at once.
func (e endpoint) rotated(word engine.Secret, now time.Time, overlap time.Duration) endpoint {
	list := []secret{{Word: word, Created: now}}
	for _, s := range e.Secrets {
		if len(list) < mostSecrets && (s.Ends.IsZero() || now.Before(s.Ends)) && overlap > 0 {
			if s.Ends.IsZero() || s.Ends.After(now.Add(overlap)) {
				s.Ends = now.Add(overlap)
			}
			list = append(list, s)
		}
	}
	e.Secrets = list
	return e
}
