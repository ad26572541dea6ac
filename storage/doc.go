// Package storage answers one question: what was written, and is it still
// exactly that? It keeps sealed records and a journal in one Badger database,
// so that both change together or not at all, and it knows nothing of faces.
//
// # Commits
//
// One goroutine runs all commits, one after another (commit.go, batch.go).
// What arrives while a batch is on its way to the disk shares the next sync; a
// lone caller waits for nobody. A commit is answered when its batch is synced
// and sealed. A commit that changes records must log an entry: the leaf names
// each record it left behind by a keyed hash, with a hash of the sealed bytes,
// so that VerifyRecords can tell a missing, old or foreign record from the
// newest. When Badger reports an error, nobody knows what is on the disk: the
// store refuses to write until it is opened again.
//
// # Keys of the database
//
//	00                  version of the data, sealed
//	01                  journal size, batch number, newest batch whose seal is on the disk
//	02 index(8)         hashes that a leaf completes, and the leaf: canonical JSON
//	03 index(8)         the leaf's private part (salts and values), under its subject's key
//	04 subject(16)      id of the subject's data key, sealed
//	05 id(8)            data key, wrapped under an epoch key; one zero byte when forgotten
//	06                  epoch of the wrapping key, and what a roll has yet to do, sealed
//	07 name             a follower's position, sealed
//	10..EF key          tables of rooms, one owner each
//
// Records are AES-256-GCM under their subject's data key (record.go). Keys of
// records are not: they hold pseudonyms and numbers, never personal data.
// Everything lies once more under Badger's own AES-CTR. Nothing uses Badger's
// TTL, which would let a wrong clock destroy data: deadlines are data.
//
// # Files of the data directory
//
//	db        Badger
//	keys      epoch keys, each sealed under a key that follows from the root key
//	seal/a,b  the signed head of the journal, the two taking turns
//	ballast   room to close on a full disk
//	lock      keeps a second process out
//
// # Forgetting
//
// Forget replaces a subject's data key by the mark of a forgotten one. Badger
// keeps old versions of what is deleted, so an epoch roll follows (roll.go): the
// keys that are left are wrapped under a new epoch key, and the file of the old
// one is overwritten and removed. State.ErasuresPending counts until then.
//
// # Damage
//
// Badger repairs silently, by leaving out what it cannot read. Before it may
// open anything, inspect.go verifies every table, reads the write-ahead logs as
// Badger would, and follows the batch numbers, which have no gaps, from the
// tables through the logs up to the seal. Whatever is missing, cut, altered or
// older than the seal ends Open with storage/damaged, a hint that names the
// file, and nothing changed. Then the whole tree is computed again.
//
// What a process killed at any moment leaves is never taken for damage: the
// seal is written after its batch, and half a transaction at the end of a log
// is what Badger discards too. The limits:
//
//   - A data directory that is put back whole, seal and all, to an older state
//     looks sound: only a witness outside can tell.
//   - The seal reaches the disk in the background, up to 100 ms later: after a
//     power cut, the loss of what was committed since cannot be noticed. An old
//     seal that is put back is noticed when it is older than that.
//   - A seal is one sector of 512 bytes and is taken to be written whole.
//   - Bytes altered in the unused part of a log, within 2.6 MB behind its end,
//     look like a torn transaction; nothing is lost by them.
//   - An epoch key that is missing or altered is noticed after Badger opened
//     (and tidied up), because the database says which one is in use.
//   - Who has the root key can forge everything.
//
// # A full disk
//
// Badger writes through memory maps and dies of SIGBUS when a page finds no
// block. Writing stops, with storage/full, while less than MinFree is left;
// Badger's buffers and tables are sized after it, so that what may still have
// to be flushed and compacted fits (config.go). Then the store goes to rest
// (rest.go): its database is closed and opened for reading only, which takes no
// room, so that others may take the last byte. Opened below MinFree it rests
// from the beginning. Reading goes on, and writing resumes by itself once an
// eighth more than MinFree is free; where closing the database gave back more
// than that, once others give an eighth beyond it, or twice MinFree is free,
// because at work the store would take it again at once. The ballast is given up
// only so that a store that does not rest can be closed.
//
// What remains: others that take all of MinFree at once, while Badger flushes
// or compacts and before the store is at rest, still kill the process. Nothing
// answered is lost by that, and the next Open rests.
package storage
