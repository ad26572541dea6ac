package liveness

import "github.com/rostod/rostod/internal/room"

// Liveness is the room, opened.
type Liveness struct{}

// Open opens the room. It needs nothing: its rules are pure.
func Open() *Liveness { return &Liveness{} }

// Room is what the daemon mounts.
func (*Liveness) Room() room.Room { return room.Room{Name: "liveness"} }
