package room

import (
	"context"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

// Room is one capability, opened. The daemon mounts its routes and runs its
// work; a nil door is one that the room does not have.
type Room struct {
	Name       string                      // configuration section, record owner, metric label
	Capability *Capability                 // what it contributes to a process
	Routes     func(*web.Router)           // what it answers over HTTP
	Work       func(context.Context) error // what it does until the context ends
	Holdings   []Holding                   // what it keeps about people
	Events     map[string]EventSource      // what others are told of its journal entries, by their kind
}

// Capability is what a room contributes to a process.
type Capability struct {
	Name engine.CapabilityName
	// Find looks at the case and at what is stored, at the same time as the
	// other capabilities of the process do.
	Find func(ctx context.Context, c engine.Case) (engine.Finding, error)
	// Settle runs inside the one transaction of the process, after those that
	// stand before it in the plan. It may make its own finding stricter by what
	// was committed since Find, and write. Nil: there is nothing to do.
	Settle func(tx *storage.Tx, c engine.Case, all engine.Findings) error
}
