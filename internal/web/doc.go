// Package web answers one question: how does a request reach a room, and how
// does its answer leave? It is the only gin and huma code.
//
//	read at the edge (caller, limits, JSON) -> the room's function -> answer
//
// A room registers functions of plain values with [Handle] and [HandleStream].
// Everything else is done here, once, for all of them: request ids, API keys,
// scopes, rate limits, body limits, the JSON door, idempotency, errors in two
// families, metrics, one log line, and the OpenAPI document, which is
// generated from the same types that are enforced.
//
// Nothing that a caller sent is ever written back or logged, except a request
// id of safe characters.
package web
