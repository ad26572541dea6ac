// Package batch answers one question: what travels between a branch and
// headquarters, and is it what it says? It knows bytes and keys, and neither a
// store nor a network: the same bytes go by HTTPS, by JetStream and on a stick.
//
//	batch    entries of a journal, with what proves their place
//	alarm    one entry, ahead of the others
//	receipt  what headquarters says of them: its co-signature
//	parcel   batches, sealed for the way on a medium
//
// Everything begins with a statement (package transparency) that its sender
// signed and that names the digest of the rest. docs/UPSTREAM.md has the formats.
package batch
