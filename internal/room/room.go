package room

import (
	"context"

	"github.com/rostod/rostod/internal/web"
)

// Room is one capability, opened. The daemon mounts its routes and runs its
// work; a nil door is one that the room does not have.
type Room struct {
	Name   string                      // configuration section, record owner, metric label
	Routes func(*web.Router)           // what it answers over HTTP
	Work   func(context.Context) error // what it does until the context ends
}
