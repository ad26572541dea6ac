package erasure

import "github.com/rostod/rostod/internal/fault"

// What a caller may read when nobody is erased.
var (
	ErrNothing = &fault.Fault{
		Kind: fault.NotFound, Code: "erasure/nothing-held",
		Title: "Nothing is held about this customer.",
		Hint:  "Check the customerId and the org. Whoever was erased is not known any more: GET /api/erasures.",
	}
	ErrPending = &fault.Fault{
		Kind: fault.Conflict, Code: "erasure/pending",
		Title: "An erasure of this customer has been requested already, or is under way.",
		Hint:  "GET /api/erasures lists it: confirm it, cancel it, or wait.",
	}
	ErrSameKey = &fault.Fault{
		Kind: fault.Forbidden, Code: "erasure/same-key",
		Title: "Whoever requested an erasure cannot confirm it.",
		Hint:  "Confirm with another API key that has customers:erase.",
	}
	ErrNone = &fault.Fault{
		Kind: fault.NotFound, Code: "erasure/no-such-erasure",
		Title: "There is no such erasure for this org.", Hint: "GET /api/erasures lists them.",
	}
	ErrNotRequested = &fault.Fault{
		Kind: fault.Conflict, Code: "erasure/not-requested",
		Title: "This erasure waits for nobody.", Hint: "GET /api/erasures/{id} says where it stands.",
	}
	ErrNotDone = &fault.Fault{
		Kind: fault.Conflict, Code: "erasure/not-done",
		Title: "This erasure is not at its end, and has no certificate yet.",
		Hint:  "GET /api/erasures/{id} says what it waits for; it goes on by itself.",
	}
	ErrCertificate = &fault.Fault{
		Kind: fault.Invalid, Code: "erasure/certificate",
		Title: "That is no certificate and no list of erasures, or it is damaged.",
		Hint:  "Take the file whole, as rostod erase, rostod erasures certificate or rostod hub erasures wrote it. Nothing was changed.",
	}
	ErrForeign = &fault.Fault{
		Kind: fault.Forbidden, Code: "erasure/foreign",
		Title: "No key of this journal, or not headquarters, has signed it.",
		Hint:  "Look which machine it is for. If the journal's key was changed since the copy was made, erase the person by name: rostod erase. Nothing was changed.",
	}
	ErrNoErasure = &fault.Fault{
		Kind: fault.Invalid, Code: "erasure/no-erasure",
		Title: "The entry is proved, and does not say that somebody was erased.",
		Hint:  "Take the proof of an entry person.erased or erasure.completed. Nothing was changed.",
	}
	ErrNoKeys = &fault.Fault{
		Kind: fault.Invalid, Code: "erasure/no-keys",
		Title: "The entry does not name the keys that were forgotten: it was written by an older version.",
		Hint:  "Erase the person by name: rostod erase. Nothing was changed.",
	}
	ErrNotHere = &fault.Fault{
		Kind: fault.Forbidden, Code: "erasure/at-the-machine",
		Title: "Erasures are repeated by whoever works on the machine.", Hint: "There: rostod erasures repeat FILE",
	}
	ErrOwed = &fault.Fault{
		Kind: fault.Unavailable, Code: "erasure/owed",
		Title: "An older copy of the data was put back, and whoever was erased since is in it: no face is looked at or shown before they are erased again.",
		Hint:  "At headquarters, before the branch is restarted there: rostod hub erasures BRANCH --out FILE. Here: rostod erasures repeat FILE.",
	}
)
