package hub

import "github.com/rostod/rostod/internal/fault"

// What the hub refuses.
var (
	ErrUnknownBranch = &fault.Fault{
		Kind: fault.NotFound, Code: "hub/unknown-branch",
		Title: "No such branch is enrolled here.", Hint: "There: rostod audit key. Here: rostod hub enrol-branch NAME KEY",
	}
	ErrEnrolled = &fault.Fault{
		Kind: fault.Conflict, Code: "hub/enrolled", Title: "A branch of this name or with this log is enrolled already.",
	}
	ErrKey = &fault.Fault{
		Kind: fault.Invalid, Code: "hub/key", Title: "That is no log's key.", Hint: "Take what `rostod audit key` prints at the branch.",
	}
	ErrName = &fault.Fault{
		Kind: fault.Invalid, Code: "hub/name", Title: "A branch's name has 1 to 64 letters, digits, dots, dashes and underscores.",
	}
	ErrMalformed = &fault.Fault{
		Kind: fault.Invalid, Code: "hub/malformed", Title: "That is not a batch, an alarm or a parcel, or it is damaged.",
	}
	ErrNotSigned = &fault.Fault{
		Kind: fault.Forbidden, Code: "hub/not-signed", Title: "It is not signed with a key of that branch's log.",
		Hint: "Somebody else sent it, or the branch has another key than was enrolled: rostod audit key --json there.",
	}
	ErrProof = &fault.Fault{
		Kind: fault.Unprocessable, Code: "hub/proof", Title: "What it holds is not what was signed.",
		Hint: "It was altered on the way or before it was signed. Nothing of it was taken.",
	}
	ErrTooFar = &fault.Fault{
		Kind: fault.Unavailable, Code: "hub/too-far", Title: "Too many batches wait for one before them that is missing.",
		Hint: "The branch will send it.",
	}
	ErrSound = &fault.Fault{
		Kind: fault.Conflict, Code: "hub/sound", Title: "Nothing speaks against this branch: there is no reason to begin anew.",
	}
	ErrReason = &fault.Fault{
		Kind: fault.Invalid, Code: "hub/reason", Title: "Say why: it stays in the hub's journal.",
	}
	ErrArchive = &fault.Fault{
		Kind: fault.Unavailable, Code: "hub/archive-damaged", Title: "What was kept of a branch is damaged or incomplete.",
		Hint: "Put the archive back from a backup.",
	}
	ErrNoEntry = &fault.Fault{
		Kind: fault.NotFound, Code: "hub/no-such-entry", Title: "That entry is not here, or headquarters may know nothing private of it.",
	}
)

func archiveDamaged(what string) error {
	f := *ErrArchive
	f.Hint = what + ". " + ErrArchive.Hint
	return &f
}
