package source

import "github.com/rostod/rostod/internal/fault"

// Reason is a code for why a row cannot be used.
type Reason string

// The reasons.
const (
	BadFileName  Reason = "row/file-name"      // not ID-NAME-DDMMYYYY.ext
	BadDate      Reason = "row/date"           // the date of birth, or that of the picture, is none
	BadReference Reason = "row/reference"      // empty, over 256 characters, or with spaces
	BadName      Reason = "row/name"           // over 256 characters, or not text
	BadExtension Reason = "row/extension"      // not jpg, jpeg, png or webp
	NotJSON      Reason = "row/not-json"       // the line is not an object as it should be
	NotCSV       Reason = "row/not-csv"        // the quotes of the line do not match
	TooLong      Reason = "row/too-long"       // more bytes than a line may have
	NoPicture    Reason = "row/no-picture"     // there is neither image nor file
	Outside      Reason = "row/outside"        // the file would lie outside the folder or archive
	Missing      Reason = "row/file-missing"   // there is no such file
	Unreadable   Reason = "row/unreadable"     // the file cannot be read
	Oversized    Reason = "row/too-many-bytes" // the picture has over 16 MB
)

// What an operator may read of a source as a whole.
var (
	ErrNone = &fault.Fault{
		Kind: fault.NotFound, Code: "importer/no-such-source",
		Title: "There is no such folder or file.", Hint: "The path is one of the machine that the daemon runs on.",
	}
	ErrUnreadable = &fault.Fault{
		Kind: fault.Forbidden, Code: "importer/source-unreadable",
		Title: "The daemon may not read the source.", Hint: "Let the user that the daemon runs as read it, or upload it.",
	}
	ErrFormat = &fault.Fault{
		Kind: fault.UnsupportedMedia, Code: "importer/format",
		Title: "Imports are not read from this.", Hint: "Give a folder of pictures, or a file that ends in .csv, .ndjson, .tar, .tar.gz or .zip. A CSV manifest cannot be uploaded.",
	}
	ErrBroken = &fault.Fault{
		Kind: fault.Unprocessable, Code: "importer/source-broken",
		Title: "The source is broken or was cut off.", Hint: "Make it again. Rows that were settled stay; a new import passes over them.",
	}
	ErrBomb = &fault.Fault{
		Kind: fault.TooLarge, Code: "importer/archive-bomb",
		Title: "The archive unpacks to far more than pictures do.", Hint: "Pictures do not shrink when they are packed: look at what is in it.",
	}
	ErrHeader = &fault.Fault{
		Kind: fault.Unprocessable, Code: "importer/manifest-header",
		Title: "The manifest's first line does not name the columns id and file.", Hint: "Begin it with: id,file,name,birthDate,capturedAt",
	}
	ErrManifest = &fault.Fault{
		Kind: fault.TooLarge, Code: "importer/manifest-too-large",
		Title: "The manifest has over 256 MB.", Hint: "Split it; each part can be imported by itself.",
	}
)

// Faults lists them.
func Faults() []*fault.Fault {
	return []*fault.Fault{ErrNone, ErrUnreadable, ErrFormat, ErrBroken, ErrBomb, ErrHeader, ErrManifest}
}
