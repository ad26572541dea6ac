package gallery

import (
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
)

// What a caller may read when the gallery says no.
var (
	ErrPoorPicture = &fault.Fault{
		Kind: fault.Unprocessable, Code: "gallery/poor-picture",
		Title: "This picture is not good enough to enrol.",
		Hint:  "Show the customer the sentences in the fields and take another picture.",
	}
	ErrNotLive = &fault.Fault{
		Kind: fault.Unprocessable, Code: "gallery/not-live",
		Title: "This picture does not look as if it was taken of a living person.",
		Hint:  "Take another picture of the customer in even light, with nothing else on the screen.",
	}
	ErrOtherFace = &fault.Fault{
		Kind: fault.Conflict, Code: "gallery/other-face",
		Title: "This face is not the one that the customer has enrolled.",
		Hint:  "Check who it is. To start again with this face, send replace: true.",
	}
	ErrFull = &fault.Fault{
		Kind: fault.Conflict, Code: "gallery/full",
		Title: "The customer has as many enrolled faces as are kept.",
		Hint:  "Remove one, or send replace: true.",
	}
	ErrNoFaces = &fault.Fault{
		Kind: fault.NotFound, Code: "gallery/no-enrolment",
		Title: "This customer has no enrolled face.",
		Hint:  "Enrol one: POST /api/identity/face/enroll.",
	}
	ErrNoSuchFace = &fault.Fault{
		Kind: fault.NotFound, Code: "gallery/no-such-face",
		Title: "This customer has no enrolled face of that id.",
		Hint:  "GET /api/identity/customers/{customerId}/faces lists them.",
	}
	ErrBehind = &fault.Fault{
		Kind: fault.Unavailable, Code: "gallery/index-behind",
		Title: "The index of faces has not taken in what was enrolled lately.",
		Hint:  "Try again in a second.", RetryAfter: time.Second,
	}
	ErrTwoPictures = &fault.Fault{
		Kind: fault.Invalid, Code: "gallery/image-and-bundle",
		Title: "There is both an image and a bundle.",
		Hint:  "Send one of them.",
	}
)

// poor blames the issues of what was sent as a member, each with its code and
// what to tell the customer.
func poor(member string, issues []engine.Issue) *fault.Fault {
	f := ErrPoorPicture
	for _, issue := range issues {
		f = f.Field(member, string(issue)+": "+issue.Sentence())
	}
	return f
}
