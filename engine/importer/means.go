package importer

import (
	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/importer/source"
)

// means is what a reason says to whoever reads the report.
func means(reason string) string {
	switch reason {
	case samePicture:
		return "The reference is enrolled by this very picture."
	case sameReference:
		return "The reference is enrolled by another picture."
	case otherAccount:
		return "The face belongs to another account of the segment."
	case "other-face-than-known":
		return "The reference has another face in another segment."
	case "gallery-full":
		return "The reference has as many faces as are kept."
	case string(engine.NoFace):
		return "No face was found."
	case string(engine.SeveralFaces):
		return "There is more than one face."
	case string(engine.TooSmall):
		return "The face is too small."
	case string(engine.TooDark):
		return "The face is too dark."
	case string(engine.TooBright):
		return "The face is too bright."
	case string(engine.Blurred):
		return "The face is blurred."
	case string(engine.TurnedAway):
		return "The face is turned away."
	case string(engine.Covered):
		return "Part of the face is covered."
	case string(engine.AtTheBorder):
		return "The face is cut off by the border."
	case "picture/broken":
		return "The picture is broken or was cut off."
	case "picture/empty":
		return "The picture is empty."
	case "picture/unknown-format", "picture/format-not-read", "picture/animated", "picture/colours-not-read", "picture/jpeg-not-read":
		return "The file is not a picture that is read."
	case "picture/too-many-bytes", string(source.Oversized):
		return "The file has over 16 MB."
	case "picture/too-many-pixels":
		return "The picture has more pixels than are taken."
	case "picture/too-small":
		return "The picture has too few pixels."
	default:
		return meansOfRow(source.Reason(reason))
	}
}

func meansOfRow(reason source.Reason) string {
	switch reason {
	case source.BadFileName:
		return "The name is not ID-NAME-DDMMYYYY.ext."
	case source.BadDate:
		return "A date is none."
	case source.BadReference:
		return "The id is empty, too long, or has spaces."
	case source.BadName:
		return "The name is too long, or not text."
	case source.BadExtension:
		return "The file is not named as a JPEG, PNG or WebP."
	case source.NotJSON, source.NotCSV:
		return "The line cannot be read."
	case source.TooLong:
		return "The line is too long."
	case source.NoPicture:
		return "The line has no picture."
	case source.Outside:
		return "The file would lie outside the source."
	case source.Missing:
		return "There is no such file."
	case source.Unreadable:
		return "The file cannot be read."
	default:
		return ""
	}
}
