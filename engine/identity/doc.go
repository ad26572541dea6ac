// Package identity answers one question: does this face belong to the holder
// of this number?
//
// It is a capability of processes; docs/CAPABILITIES.md has the rule and says
// when a number is bound to a face. It knows what this daemon has seen, and what
// other capabilities of the process say of a public register.
package identity
