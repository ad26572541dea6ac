package upstream

import (
	"errors"

	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/transparency"
)

// What cannot be sent or taken.
var (
	ErrOff = &fault.Fault{
		Kind: fault.Conflict, Code: "upstream/off",
		Title: "No headquarters is configured.", Hint: "Set upstream.hubKeyFile to the file that `rostod hub key` printed there.",
	}
	ErrNothing = &fault.Fault{
		Kind: fault.NotFound, Code: "upstream/nothing",
		Title: "There is nothing to carry: headquarters has it all, or it is on the medium already.",
	}
	ErrNotSound = &fault.Fault{
		Kind: fault.Conflict, Code: "upstream/not-sound",
		Title: "Headquarters has co-signed other entries than are here: nothing more is sent.",
		Hint:  "An older state of this machine was put back, or its journal was changed. Keep everything as it is and call headquarters; `rostod audit verify` says more.",
	}
	ErrReceipt = &fault.Fault{
		Kind: fault.Invalid, Code: "upstream/receipt",
		Title: "That is no receipt, or it is damaged.", Hint: "Take the file that `rostod hub carry in` wrote, whole.",
	}
	ErrForeign = &fault.Fault{
		Kind: fault.Forbidden, Code: "upstream/foreign-receipt",
		Title: "The receipt is not headquarters', or not for this journal.", Hint: "Nothing was changed. Look which branch it is for.",
	}
	ErrNotHere = &fault.Fault{
		Kind: fault.Forbidden, Code: "upstream/at-the-machine",
		Title: "Parcels are made and receipts taken by whoever works on the machine.", Hint: "There: rostod carry out DIR",
	}
)

func notSigned(err error) bool {
	return errors.Is(err, transparency.ErrNotSigned) || errors.Is(err, transparency.ErrOtherLog) || errors.Is(err, transparency.ErrMalformed)
}
