package behaviour

import (
	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
)

// What a caller may read when the watchlist says no.
var (
	ErrNoEntry = &fault.Fault{
		Kind: fault.NotFound, Code: "watchlist/no-such-entry",
		Title: "There is no such entry on the watchlist.",
		Hint:  "GET /api/watchlist lists them. One that was withdrawn or has expired is gone for good.",
	}
	ErrSameKey = &fault.Fault{
		Kind: fault.Conflict, Code: "watchlist/same-key",
		Title: "This entry was proposed with the same API key.",
		Hint:  "Somebody else must confirm it, with a key of their own.",
	}
	ErrConfirmed = &fault.Fault{
		Kind: fault.Conflict, Code: "watchlist/confirmed",
		Title: "This entry is confirmed already.",
		Hint:  "Nothing is left to do.",
	}
	ErrNoFace = &fault.Fault{
		Kind: fault.Unprocessable, Code: "watchlist/no-face",
		Title: "The process saw no face.",
		Hint:  "Name another process, or send a picture.",
	}
	ErrPoorPicture = &fault.Fault{
		Kind: fault.Unprocessable, Code: "watchlist/poor-picture",
		Title: "This picture is not good enough for the watchlist.",
		Hint:  "Take a picture that shows one face well: a poor one would accuse others.",
	}
	ErrOneFace = &fault.Fault{
		Kind: fault.Invalid, Code: "watchlist/one-face",
		Title: "There must be either a process or a picture.",
		Hint:  "Send processId or image, and not both.",
	}
)

// poor blames the issues of the picture that came by a member.
func poor(member string, issues []engine.Issue) *fault.Fault {
	f := ErrPoorPicture
	if len(issues) == 0 {
		issues = []engine.Issue{engine.NoFace}
	}
	for _, i := range issues {
		f = f.Field(member, string(i)+": "+i.Sentence())
	}
	return f
}
