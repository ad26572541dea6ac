// Package attempts answers one question: what was tried, when, by whom, and
// what was found?
//
//	GET /api/identity/attempts    the examiner's rows; JSON pages, NDJSON or CSV
//
// A row is the full evidence of one attempt. It is sealed with a key of the
// customer's own: when that is forgotten, the row stays in the list as erased.
package attempts
