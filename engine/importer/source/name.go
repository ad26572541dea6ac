package source

import (
	"path"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/rostod/rostod/engine"
)

// longest is how many characters a reference or a name has at most.
const longest = 256

// named reads ID-NAME-DDMMYYYY.ext, of which only the name may have dashes. As in
// the files of the contract's backtests, the date is that of the picture, and an
// underscore stands for a space.
func named(file string) Row {
	row := Row{File: file}
	stem, ext := file, path.Ext(file)
	stem = strings.TrimSuffix(stem, ext)
	switch strings.ToLower(ext) {
	case ".jpg", ".jpeg", ".png", ".webp":
	default:
		row.Wrong = BadExtension
		return row
	}
	id, rest, ok := strings.Cut(stem, "-")
	at := strings.LastIndexByte(rest, '-')
	if !ok || at < 0 {
		row.Wrong = BadFileName
		return row
	}
	row = row.about(id, strings.ReplaceAll(rest[:at], "_", " "), "")
	taken, ok := dateOf(rest[at+1:])
	if row.Wrong != "" {
		return row
	}
	if !ok {
		return Row{File: file, Wrong: BadDate}
	}
	return row.taken(taken)
}

// about fills in whom a row is about.
func (row Row) about(id, name, born string) Row {
	date, ok := dateOf(born)
	switch {
	case !isReference(id):
		row.Wrong = BadReference
	case !isText(name):
		row.Wrong = BadName
	case !ok:
		row.Wrong = BadDate
	default:
		row.Reference, row.Name, row.Born = engine.CustomerID(id), name, date
	}
	return row
}

func isReference(id string) bool {
	return id != "" && isText(id) && !strings.ContainsFunc(id, unicode.IsSpace)
}

func isText(s string) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= longest && !strings.ContainsFunc(s, unicode.IsControl)
}

// dateOf is a date, DDMMYYYY or YYYY-MM-DD, as the latter; none is one too.
func dateOf(s string) (string, bool) {
	if s == "" {
		return "", true
	}
	for _, layout := range []string{"02012006", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil && len(s) == len(layout) && t.Year() >= 1880 {
			return t.Format(time.DateOnly), true
		}
	}
	return "", false
}

// takenAt is when a picture was taken: a time, or a date.
func takenAt(s string) (time.Time, bool) {
	if s == "" {
		return time.Time{}, true
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() >= 1880 && t.Year() <= 9999 {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// passedOver says whether a name is one that systems leave behind and nobody
// means.
func passedOver(name string) bool {
	for _, part := range strings.Split(name, "/") {
		if part == "__MACOSX" || strings.HasPrefix(part, ".") && strings.Trim(part, ".") != "" {
			return true
		}
	}
	return false
}
