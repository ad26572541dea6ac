// Package evidence answers one question: what did the camera bring, and may it
// be used once more?
//
//	GET /api/identity/captures/{id}/evidence        what was measured, and how it was judged
//	GET /api/identity/captures/{id}/evidence.svg    the same, drawn
//	GET /api/identity/captures/{id}/picture         the picture that is matched
//
// It keeps challenges, from the wish to capture a face to its end, and
// captures: the measurements and the best picture, without a verdict. Both are
// sealed with the key of the customer's faces, so that they end with it.
//
// A bundle is the ticket to a capture. It is signed here, holds nothing
// personal, and opens its capture once: the room that judges it takes it in
// the transaction of its verdict. A compatible bundle brings its own frames;
// docs/COMPAT.md says how they are signed and dated.
package evidence
