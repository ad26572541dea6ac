package stepup

import "github.com/rostod/rostod/internal/fault"

// What a caller may read when a step-up cannot be answered.
var (
	ErrNoEnrolment = &fault.Fault{
		Kind: fault.Unprocessable, Code: "stepup/no-enrolment",
		Title:   "This customer has no enrolled face.",
		Hint:    "Enrol the customer first: POST /api/identity/face/enroll.",
		Message: "no enrolled reference",
	}
	ErrOtherModel = &fault.Fault{
		Kind: fault.Unprocessable, Code: "stepup/other-model",
		Title: "The customer's faces were enrolled with another model and cannot be compared.",
		Hint:  "Enrol the customer again with the model in use now: send replace: true.",
	}
	ErrFacesChanged = &fault.Fault{
		Kind: fault.Conflict, Code: "stepup/faces-changed",
		Title: "The customer's enrolled faces were changed while the picture was looked at.",
		Hint:  "Send the same request again.",
	}
	ErrLocked = &fault.Fault{
		Kind: fault.Unprocessable, Code: "stepup/locked",
		Title:   "Too many failed attempts: no further attempt is taken for now.",
		Hint:    "Wait as long as Retry-After says, or let staff check who it is and unlock.",
		Message: "biometric locked",
	}
	ErrNoPicture = &fault.Fault{
		Kind: fault.Invalid, Code: "stepup/no-picture",
		Title: "There is nothing to verify the customer by.",
		Hint:  "Send a picture in image, as base64, or the bundle of a capture in bundle.",
	}
	ErrTwoPictures = &fault.Fault{
		Kind: fault.Invalid, Code: "stepup/image-and-bundle",
		Title: "There is both an image and a bundle.",
		Hint:  "Send one of them.",
	}
	ErrNoBundle = &fault.Fault{
		Kind: fault.Invalid, Code: "stepup/no-bundle",
		Title: "There is no bundle to judge.",
		Hint:  "Send the bundle of a capture in bundle. A plain picture shows too little of life.",
	}
	ErrPoorReference = &fault.Fault{
		Kind: fault.Unprocessable, Code: "stepup/poor-reference",
		Title: "The reference picture is not good enough to compare with.",
		Hint:  "Read the fields and send another one.",
	}
	ErrNoVerification = &fault.Fault{
		Kind: fault.NotFound, Code: "stepup/no-such-verification",
		Title: "There is no such verification.",
		Hint:  "Send the verification.id of an earlier answer to a key of the same org.",
	}
	ErrErased = &fault.Fault{
		Kind: fault.Gone, Code: "stepup/erased",
		Title: "This verification was erased with its customer.",
		Hint:  "Verify the customer anew: POST /api/identity/auth/step-up.",
	}
)
