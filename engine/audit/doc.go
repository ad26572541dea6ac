// Package audit answers one question: is this all, and is it as it was?
//
//	GET  /api/audit/checkpoint             the journal's size and root, signed
//	GET  /api/audit/entries/{index}/proof  an entry, and that it is in there
//	GET  /api/audit/entries/{index}/receipt  the same, with what the entry only commits to
//	GET  /api/audit/page                   a page that checks receipts in a browser
//	GET  /api/audit/consistency?from=      that it goes on from an earlier checkpoint
//	GET  /api/audit/tiles                  the whole tree, as files
//	POST /api/audit/verify                 compute all of it again, and compare
//	GET  /api/audit/keys                   the keys that it was signed with
//	POST /api/audit/keys/rotate            sign with a new one from now on
//
// The journal is a Merkle tree already (package storage). This room gives it a name and a
// key of its own, and hands out what others need to check it without believing
// this daemon. docs/AUDIT.md walks through one proof.
package audit
