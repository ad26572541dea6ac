package room

import (
	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// EventSource turns one entry of the journal into what the outside may be told
// of. It only reads, and always answers the same for the same entry, for as long
// as that can be read: it is asked when a notification is queued and again at
// each attempt to send it, so that nothing personal waits in a queue. An error
// is a part that does not work; that somebody was erased is [storage.ErrErased].
type EventSource func(v *storage.View, l storage.Leaf) ([]engine.Event, error)

// Events are the sources of the rooms by the kind of entry.
func Events(rooms []Room) map[string][]EventSource {
	all := map[string][]EventSource{}
	for _, r := range rooms {
		for kind, source := range r.Events {
			all[kind] = append(all[kind], source)
		}
	}
	return all
}

// ProcessEnded is the source of entries that say in their private values how a
// process of the Web & SDK contract ended: processId, state, flow, and when it
// ended unfinished, lastEvent and lastEventDescription.
func ProcessEnded(v *storage.View, l storage.Leaf) ([]engine.Event, error) {
	said, err := v.Disclose(l.Index)
	if err != nil {
		return nil, err
	}
	return []engine.Event{{Name: engine.ProcessEnded, Bare: true, Data: engine.ProcessEndedData{
		Process: engine.ProcessID(said["processId"].Value), State: said["state"].Value, Flow: said["flow"].Value,
		LastEvent: said["lastEvent"].Value, LastEventDescription: said["lastEventDescription"].Value,
	}}}, nil
}
