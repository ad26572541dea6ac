// Package capabilities answers one question: how often do the capabilities of
// the by-client contract say yes of the wrong person, or no of the right one?
//
// It makes up a valid CPF for every person of labelled photos, binds it to the
// first photo that may be bound, and asks over HTTP for every photo against every
// person: identity verification under the person's number, validation against the
// person's process, and behaviour alert with the person alone on the watchlist.
package capabilities
