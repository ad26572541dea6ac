package evidence

import (
	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
)

// What the operator's back end and a capturing client may read of a challenge.
var (
	ErrNoChallenge = &fault.Fault{
		Kind: fault.NotFound, Code: "challenge/unknown",
		Title: "There is no such challenge.",
		Hint:  "Create one: POST /api/identity/face/flash-challenge.",
	}
	ErrTooMany = &fault.Fault{
		Kind: fault.TooMany, Code: "challenge/too-many",
		Title: "There were too many challenges for this customer in a row.",
		Hint:  "Wait as long as Retry-After says, or let staff check who it is.",
	}
	ErrToken = &fault.Fault{
		Kind: fault.Unauthenticated, Code: "whip/token",
		Title: "This capture token does not open this challenge.",
		Hint:  "Send the captureToken of the challenge: Authorization: Bearer ct_…",
	}
	ErrBegun = &fault.Fault{
		Kind: fault.Conflict, Code: "whip/used",
		Title: "This challenge has been used.",
		Hint:  "Each challenge is for one capture: create another one.",
	}
	ErrOver = &fault.Fault{
		Kind: fault.Gone, Code: "whip/expired",
		Title: "This challenge has expired.",
		Hint:  "Create another one, and open its page at once.",
	}
	ErrCompat = &fault.Fault{
		Kind: fault.Conflict, Code: "whip/compat",
		Title: "This challenge is answered with frames, not with a stream.",
		Hint:  "Send its bundle to step-up, or create a challenge without profile.",
	}
	ErrEnded = &fault.Fault{
		Kind: fault.Conflict, Code: "challenge/ended",
		Title: "This challenge is not capturing.",
		Hint:  "Create another one.",
	}
)

// What a caller may read of a bundle.
var (
	ErrUsed = &fault.Fault{
		Kind: fault.Conflict, Code: "bundle/used",
		Title: "This bundle has been used.",
		Hint:  "A bundle is taken once: capture the customer again.",
	}
	ErrExpired = &fault.Fault{
		Kind: fault.Gone, Code: "bundle/expired",
		Title: "This bundle is too old.",
		Hint:  "Send a bundle within ten minutes of its capture: capture the customer again.",
	}
	ErrForeign = &fault.Fault{
		Kind: fault.Forbidden, Code: "bundle/foreign",
		Title: "This bundle is not of this customer, org or daemon.",
		Hint:  "Send it for the customer that it was captured for, with a key of the same org, to the daemon that gave it.",
	}
	ErrAltered = &fault.Fault{
		Kind: fault.Unprocessable, Code: "bundle/altered",
		Title: "This bundle is not as it was given or signed.",
		Hint:  "Send the bundle as the capture gave it, whole and unchanged.",
	}
	ErrErased = &fault.Fault{
		Kind: fault.NotFound, Code: "bundle/erased",
		Title: "The capture of this bundle has been erased.",
		Hint:  "Capture the customer again.",
	}
)

// What a caller may read of a compatible bundle.
var (
	ErrMalformed = &fault.Fault{
		Kind: fault.Unprocessable, Code: "bundle/malformed",
		Title: "The bundle lacks what it must have.",
		Hint:  "Read the fields. The daemon's docs/COMPAT.md has a whole one.",
	}
	ErrNonce = &fault.Fault{
		Kind: fault.Unprocessable, Code: "bundle/unknown-nonce",
		Title: "The bundle answers no challenge of this daemon.",
		Hint:  "Create a challenge with profile compat, and send its nonce as flashChallengeNonce.",
	}
	ErrWindow = &fault.Fault{
		Kind: fault.Unprocessable, Code: "bundle/outside-window",
		Title: "The bundle was not captured between the challenge and its end.",
		Hint:  "Set the clock of the device, and send capturedAt as the time of the first frame.",
	}
	ErrFrames = &fault.Fault{
		Kind: fault.Unprocessable, Code: "bundle/frames",
		Title: "The frames of the bundle cannot be read.",
		Hint:  "Send 1 to 60 JPEG or PNG frames of the same size, each at most 400 KB.",
	}
)

// What a reviewer may read.
var (
	ErrNoCapture = &fault.Fault{
		Kind: fault.NotFound, Code: "evidence/no-such-capture",
		Title: "There is no such capture.",
		Hint:  "GET /api/identity/attempts names the capture of each attempt.",
	}
	ErrGone = &fault.Fault{
		Kind: fault.Gone, Code: "evidence/erased",
		Title: "This capture was erased, with its customer or after its time.",
		Hint:  "The attempt that used it still says how it was judged.",
	}
)

// Faults is what a challenge may be refused with, for the document.
func Faults() []*fault.Fault {
	return []*fault.Fault{ErrNoChallenge, ErrTooMany, ErrToken, ErrBegun, ErrOver, ErrCompat, ErrEnded}
}

// Refusals is what a bundle may be refused with, for the document.
func Refusals() []*fault.Fault {
	return []*fault.Fault{
		ErrUsed, ErrExpired, ErrForeign, ErrAltered, ErrErased, ErrMalformed, ErrNonce, ErrWindow, ErrFrames,
	}
}

// failing says whether a judgement is a failure of the kiosk's customers.
func failing(f engine.LivenessFinding) bool { return f.Verdict != engine.Live }
