package picture

import (
	"fmt"

	"github.com/rostod/rostod/internal/fault"
)

// The ways in which a picture is refused. Each is one answer that the sender
// can act on.
var (
	ErrEmpty = &fault.Fault{
		Kind:  fault.Invalid,
		Code:  "picture/empty",
		Title: "The picture is empty.",
		Hint:  "Send the bytes of a PNG, JPEG or WebP file.",
	}
	ErrUnknown = &fault.Fault{
		Kind:  fault.UnsupportedMedia,
		Code:  "picture/unknown-format",
		Title: "These bytes are not a picture that we know.",
		Hint:  "Send the bytes of a PNG, JPEG or WebP file, not a link to it and not a page around it.",
	}
	ErrFormat = &fault.Fault{
		Kind:  fault.UnsupportedMedia,
		Code:  "picture/format-not-read",
		Title: "Pictures of this format are not read.",
		Hint:  "Convert the picture to JPEG, PNG or WebP.",
	}
	ErrTooManyBytes = &fault.Fault{
		Kind:  fault.TooLarge,
		Code:  "picture/too-many-bytes",
		Title: "The picture has more bytes than are taken.",
		Hint:  "Send it as JPEG with quality 92, or smaller.",
	}
	ErrTooManyPixels = &fault.Fault{
		Kind:  fault.TooLarge,
		Code:  "picture/too-many-pixels",
		Title: "The picture has more pixels than are taken.",
		Hint:  "Make the picture smaller; 1280 x 960 shows a face well.",
	}
	ErrTooSmall = &fault.Fault{
		Kind:  fault.Unprocessable,
		Code:  "picture/too-small",
		Title: "The picture has too few pixels.",
		Hint:  "Send at least 640 x 480, in either orientation.",
	}
	ErrBroken = &fault.Fault{
		Kind:  fault.Invalid,
		Code:  "picture/broken",
		Title: "The picture is broken or was cut off.",
		Hint:  "Check that the whole file was sent, then take the picture again.",
	}
	ErrAnimated = &fault.Fault{
		Kind:  fault.UnsupportedMedia,
		Code:  "picture/animated",
		Title: "The picture is an animation.",
		Hint:  "Send one still picture.",
	}
	ErrColours = &fault.Fault{
		Kind:  fault.UnsupportedMedia,
		Code:  "picture/colours-not-read",
		Title: "The picture's colours are made for printing (CMYK).",
		Hint:  "Convert the picture to RGB.",
	}
	ErrJPEG = &fault.Fault{
		Kind:  fault.UnsupportedMedia,
		Code:  "picture/jpeg-not-read",
		Title: "This kind of JPEG is not read: 12 bits, arithmetic coding, lossless, hierarchical, or in too many scans.",
		Hint:  "Save the picture as an ordinary (baseline or progressive) JPEG.",
	}
)

// Faults lists every fault of this package.
func Faults() []*fault.Fault {
	return []*fault.Fault{
		ErrEmpty, ErrUnknown, ErrFormat, ErrTooManyBytes, ErrTooManyPixels,
		ErrTooSmall, ErrBroken, ErrAnimated, ErrColours, ErrJPEG,
	}
}

// notRead is ErrFormat with the format's name in it.
func notRead(name string) *fault.Fault {
	f := *ErrFormat
	f.Title = name + " pictures are not read."
	return &f
}

// tooManyBytes is ErrTooManyBytes with how many are taken.
func tooManyBytes(most int) *fault.Fault {
	f := *ErrTooManyBytes
	f.Hint = fmt.Sprintf("At most %d KB are taken: send it as JPEG with quality 92, or smaller.", most>>10)
	return &f
}
