// Package journal answers one question: how fast are decisions written down, proved
// and handed out on this machine?
//
// Four things are measured, in this process:
//
//   - commits: durable commits of five records and one entry of the journal, by 1, 16
//     and 64 writers at once. The reference, in turns with it in the same folder's disk, is the
//     same Badger with the same options, keys and sizes and as many writers, each of
//     which syncs its own transaction; and, harder, one writer that has as many
//     commits ready as there are writers and syncs them in one transaction.
//   - proofs: a journal of so many entries, written by commits, opened again, and
//     entries of it proved and checked by the room that does so for callers.
//   - exports: rows of attempts, read from the records, opened and written in each
//     format, with manifest and signature.
//   - upstream: entries that a branch wrote while it was cut off, on their way to a hub
//     by TLS on loopback, and by NATS servers when they are named, until the hub's
//     co-signature of the last is kept. Both ends sync what they answer for.
package journal
