package liveness

import (
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// Liveness is the room, opened.
type Liveness struct{ table Table }

// Open opens the room. It needs nothing: its rules are pure. Should the table
// that is built in not be readable, every flash capture is unclear.
func Open() *Liveness {
	table, err := InUse()
	if err != nil {
		return &Liveness{}
	}
	return &Liveness{table: table}
}

// Room is what the daemon mounts: the rules, and what they say in a process.
func (l *Liveness) Room(kiosks Kiosks, store *storage.Store) room.Room {
	return room.Room{Name: "liveness", Capability: InProcess(l, kiosks, store)}
}
