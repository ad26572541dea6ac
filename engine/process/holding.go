package process

import (
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// holding is what is kept of people: the processes. When a person is erased they
// stay as processes that were removed (410).
func (p *Processes) holding() room.Holding {
	s := room.Series[record]{
		Table: p.table, Kind: engine.DataProcesses, Name: "processes", Owner: p.owner, Made: made,
		Customer: func(r record) engine.CustomerID { return r.Reference },
	}
	return room.Holding{
		Name: s.Name, Kind: s.Kind, Evidence: true, Due: s.Due, Find: p.find, Tell: s.Tell, Remove: s.Remove,
	}
}

// made takes a process's id out of what follows the org in its key.
func made(rest []byte) (string, time.Time, bool) {
	const end = 2 // of a text in a key
	if len(rest) < end {
		return "", time.Time{}, false
	}
	id := engine.ProcessID(rest[:len(rest)-end])
	at, ok := id.Made()
	return string(id), at, ok
}

func (p *Processes) find(r storage.Reader, org engine.OrgID, id string) (engine.Kept, error) {
	at := p.place(org, engine.ProcessID(id))
	k, err := p.table.Get(r, at)
	return engine.Kept{Kind: engine.DataProcesses, Org: org, Customer: k.Reference, ID: id, At: k.Created, Place: at}, err
}
