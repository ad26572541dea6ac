// Package transparency answers one question: is what a log says of itself true? Is an
// entry in it, and does it go on from where it was: without the log. It reads and writes the
// formats of C2SP: signed notes (c2sp.org/signed-note), checkpoints
// (c2sp.org/tlog-checkpoint) and proofs (c2sp.org/tlog-proof) over the Merkle tree
// of RFC 6962.
package transparency
