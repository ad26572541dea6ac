package journey

import (
	"fmt"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// events are what others are told of journeys: that one ended.
func events() map[string]room.EventSource {
	return map[string]room.EventSource{"journey.ended": hasEnded}
}

// hasEnded is the whole body of the contract's notification. Of a person who
// was erased nobody is told.
func hasEnded(v *storage.View, l storage.Leaf) ([]engine.Event, error) {
	private, err := v.Disclose(l.Index)
	if err != nil {
		return nil, fmt.Errorf("open a journey's entry: %w", err)
	}
	return []engine.Event{{Name: engine.ProcessEnded, Bare: true, Data: engine.ProcessEndedData{
		Process: engine.ProcessID(private["processId"].Value), State: private["state"].Value, Flow: private["flow"].Value,
		LastEvent: private["lastEvent"].Value, LastEventDescription: private["lastEventDescription"].Value,
	}}}, nil
}
