package ann

import "sync/atomic"

// grace lets a writer wait until nobody looks at what it took away. Who looks
// never waits: it counts itself into one of two rooms, and a writer shuts the
// room that is in use, opens the other, and waits until the first is empty.
type grace struct {
	turn  atomic.Uint32
	rooms [2]atomic.Int64
	empty chan struct{} // holds one
}

// enter begins to look; the room is handed to leave.
func (g *grace) enter() uint32 {
	for {
		room := g.turn.Load() & 1
		g.rooms[room].Add(1)
		if g.turn.Load()&1 == room {
			return room
		}
		g.leave(room)
	}
}

func (g *grace) leave(room uint32) {
	if g.rooms[room].Add(-1) == 0 && g.turn.Load()&1 != room {
		select {
		case g.empty <- struct{}{}:
		default:
		}
	}
}

// wait returns when everyone who looked when it was called has left. One
// writer waits at a time.
func (g *grace) wait() {
	room := g.turn.Load() & 1
	g.turn.Add(1)
	for g.rooms[room].Load() != 0 {
		<-g.empty
	}
}
