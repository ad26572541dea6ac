package enginetest

import (
	"context"
	"sync"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
)

// Register is a public register that says of everybody what a test wants.
type Register struct {
	mu   sync.Mutex
	says *engine.Government
	err  error
}

// Say makes it say a similarity from now on.
func (r *Register) Say(similarity int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.says = &engine.Government{Serpro: similarity}
}

// Fail makes it break from now on; nil mends it.
func (r *Register) Fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.err = err
}

func (r *Register) room() room.Room {
	return room.Room{Name: "register", Capability: &room.Capability{
		Name: engine.CapSerpro,
		Find: func(context.Context, engine.Case) (engine.Finding, error) {
			r.mu.Lock()
			defer r.mu.Unlock()
			return engine.Finding{Outcome: engine.Outcome{Government: r.says}}, r.err
		},
	}}
}
