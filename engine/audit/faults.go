package audit

import "github.com/rostod/rostod/internal/fault"

// What cannot be proved.
var (
	ErrNoEntry = &fault.Fault{
		Kind: fault.NotFound, Code: "audit/no-such-entry",
		Title: "The journal has no such entry for this org.", Hint: "Attempts and erasures name theirs as journal; the first is 0.",
	}
	ErrAhead = &fault.Fault{
		Kind: fault.Unprocessable, Code: "audit/ahead",
		Title: "The journal is shorter than that.",
		Hint:  "If a checkpoint of that size was signed here, entries are missing: keep everything, and find out who put an older state back.",
	}
	ErrNotHere = &fault.Fault{
		Kind: fault.Forbidden, Code: "audit/all-orgs",
		Title: "The entries of every org are only for whoever works on the machine.", Hint: "There: rostod audit export journal.tar",
	}
	ErrCheckpoint = &fault.Fault{
		Kind: fault.Invalid, Code: "audit/checkpoint",
		Title: "That is no checkpoint.", Hint: "Send the text that GET /api/audit/checkpoint answered, whole.",
	}
)
