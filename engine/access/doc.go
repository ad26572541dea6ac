// Package access answers one question: who is calling, and what may they do?
//
//	POST /api/keys               make an API key; its secret is shown this once
//	GET  /api/keys               the keys of the caller's org, without secrets
//	POST /api/keys/{id}/revoke   end a key
//
// A secret has 256 random bits, so a keyed hash of it is enough at rest (OWASP
// ASVS 5.0, 6.5.2): there is nothing to guess, and checking one costs nothing
// that an attacker could use up.
package access
