package storage

import (
	"errors"

	"github.com/rostod/rostod/internal/fault"
)

var (
	// ErrNotFound: there is no record under this key.
	ErrNotFound = errors.New("storage: no such record")
	// ErrErased: the record is there, but the key of its subject was
	// forgotten, so that nobody can read it again.
	ErrErased = errors.New("storage: the subject of this record was erased")

	// errUnlogged is a mistake of the room: whatever changes a record must say
	// so in the journal, or the journal proves nothing.
	errUnlogged = errors.New("storage: records were written without a journal entry")
)

// Locked: another process has the data directory.
var Locked = &fault.Fault{
	Kind:  fault.Unavailable,
	Code:  "storage/locked",
	Title: "Another process is using the data directory.",
	Hint:  "Only one rostod may use a data directory. Stop the other one, or set another directory in ROSTOD_DATA.",
}

// Damaged: what is on the disk is not what was written; the hint names it.
var Damaged = &fault.Fault{
	Kind:  fault.Unavailable,
	Code:  "storage/damaged",
	Title: "The data directory is damaged or incomplete; nothing was changed.",
	Hint:  "Keep a copy of the data directory as it is, then restore the last backup.",
}

// WrongKey: the root key is not the one that the data was written with.
var WrongKey = &fault.Fault{
	Kind:  fault.Unavailable,
	Code:  "storage/wrong-key",
	Title: "The root key does not belong to this data directory.",
	Hint:  "Start with the root key that this data directory was created with.",
}

// Newer: a newer version of the program wrote this data.
var Newer = &fault.Fault{
	Kind:  fault.Unavailable,
	Code:  "storage/newer",
	Title: "The data directory was written by a newer version of rostod.",
	Hint:  "Start the newer version again, or restore a backup made before the upgrade.",
}

// Full: too little space is left on the disk; reading goes on.
var Full = &fault.Fault{
	Kind:  fault.NoSpace,
	Code:  "storage/full",
	Title: "The disk is nearly full; nothing was stored.",
	Hint:  "Free some space on the disk of the data directory. Writing resumes by itself.",
}

// Closed: the store is closing or closed.
var Closed = &fault.Fault{
	Kind:  fault.Unavailable,
	Code:  "storage/closed",
	Title: "The store is closing.",
	Hint:  "Try again when the service has started again.",
}

// Failed: a write ended without an answer from the disk. Whether it is stored
// is unknown until the store is opened again, so nothing more is written.
var Failed = &fault.Fault{
	Kind:  fault.Unavailable,
	Code:  "storage/failed",
	Title: "The disk did not confirm a write; nothing more is stored until rostod is restarted.",
	Hint:  "Look at the disk's health in the system log, then restart rostod.",
}

// TooLarge: a record, or all records of one commit, exceed what one
// transaction may hold.
var TooLarge = &fault.Fault{
	Kind:  fault.TooLarge,
	Code:  "storage/too-large",
	Title: "The record is too large to be stored.",
	Hint:  "A record holds at most 64 KiB.",
}

// damaged is the fault with a hint that names the damage, and what to do.
func damaged(what string) error {
	f := *Damaged
	f.Hint = what + ". " + Damaged.Hint
	return &f
}
