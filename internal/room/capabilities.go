package room

import "github.com/rostod/rostod/engine"

// Capabilities are those of the rooms, in their order.
func Capabilities(rooms []Room) []*Capability {
	var list []*Capability
	for _, r := range rooms {
		if r.Capability != nil {
			list = append(list, r.Capability)
		}
	}
	return list
}

// Names are the names of the rooms' capabilities.
func Names(rooms []Room) []engine.CapabilityName {
	var names []engine.CapabilityName
	for _, c := range Capabilities(rooms) {
		names = append(names, c.Name)
	}
	return names
}
