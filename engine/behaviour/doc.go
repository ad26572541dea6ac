// Package behaviour answers one question: is there a sign of fraud about this
// face?
//
//	POST   /api/watchlist                propose a face
//	POST   /api/watchlist/{id}/confirm   confirm it, with a key of another holder
//	DELETE /api/watchlist/{id}           take it off
//	GET    /api/watchlist                who is on it, by id
//
// It is a capability of processes; docs/CAPABILITIES.md has the rule. It keeps
// the watchlist and, for seven days, the faces that came and under how many
// identities, both sealed.
package behaviour
