package importer

import "github.com/rostod/rostod/internal/fault"

// What an operator may read.
var (
	ErrNoImport = &fault.Fault{
		Kind: fault.NotFound, Code: "importer/no-such-import",
		Title: "There is no such import in this org and segment.", Hint: "GET /api/imports lists them. A dry run is gone when the daemon has ended.",
	}
	ErrElsewhere = &fault.Fault{
		Kind: fault.Forbidden, Code: "importer/not-here",
		Title: "Sources are taken from one folder only, and this path leaves it or the folder is not configured.",
		Hint:  "Give a path below import.folder (ROSTOD_IMPORT_FOLDER), or use: rostod import, on the machine itself.",
	}
	ErrNoUploads = &fault.Fault{
		Kind: fault.Forbidden, Code: "importer/no-uploads",
		Title: "Nothing may be uploaded to this daemon.", Hint: "Set import.maxUploadMB (ROSTOD_IMPORT_MAX_UPLOAD_MB).",
	}
	ErrChanged = &fault.Fault{
		Kind: fault.Conflict, Code: "importer/source-changed",
		Title: "The source is not what it was when this import began.", Hint: "Begin a new import of it: it passes over what is there.",
	}
	ErrDryTooLong = &fault.Fault{
		Kind: fault.TooLarge, Code: "importer/dry-run-too-long",
		Title: "A dry run takes at most 100,000 rows.", Hint: "Try a part of the base.",
	}
	ErrUnderWay = &fault.Fault{
		Kind: fault.Conflict, Code: "importer/under-way",
		Title: "This import is not at its end.", Hint: "Cancel it first.",
	}
	ErrFailed = &fault.Fault{
		Kind: fault.Internal, Code: "importer/failed",
		Title: "The import could not go on.", Hint: "The daemon's log says why. Import the source again: it passes over what is there.",
	}
	ErrSpool = &fault.Fault{
		Kind: fault.NoSpace, Code: "importer/no-room",
		Title: "What was sent could not be kept while it is worked on.", Hint: "Make room on the disk of the data folder.",
	}
)
