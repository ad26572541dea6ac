package attempts

import (
	"encoding/base64"
	"encoding/binary"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// query is which rows a caller wants.
type query struct {
	Method    engine.Method
	Customer  engine.CustomerID
	Device    engine.DeviceID
	Status    engine.VerificationStatus
	RiskLevel engine.RiskLevel
	Trigger   string
	Allow     *bool
	Liveness  engine.LivenessVerdict
	Match     engine.MatchVerdict
	From, To  time.Time // made at From or later, and before To; zero: no limit
	Cursor    storage.Key
}

// wants says whether a row is one of those asked for. An erased row answers
// only a query that asks for nothing of what was erased.
func (q query) wants(row found) bool {
	if row.Erased {
		return q.Method == "" && q.Status == "" && q.RiskLevel == "" && q.Trigger == "" && q.Device == "" &&
			q.Allow == nil && q.Liveness == "" && q.Match == ""
	}
	var liveness engine.LivenessVerdict
	if row.Liveness != nil {
		liveness = row.Liveness.Verdict
	}
	var match engine.MatchVerdict
	if row.Match != nil {
		match = row.Match.Verdict
	}
	return is(q.Method, row.Method) && is(q.Customer, row.Customer) && is(q.Device, row.Device) &&
		is(q.Status, row.Status) && is(q.RiskLevel, row.RiskLevel) && is(q.Trigger, row.Trigger) &&
		is(q.Liveness, liveness) && is(q.Match, match) && (q.Allow == nil || *q.Allow == row.Allow)
}

// is says whether a value is the one asked for; asking for nothing is content
// with any.
func is[T comparable](asked, got T) bool {
	var nothing T
	return asked == nothing || asked == got
}

// within is the part of an owner's rows to walk, from new to old: from behind
// the cursor, or from To.
func (q query) within(owner storage.Subject) storage.Range {
	r := storage.Range{Prefix: storage.Key(owner[:]), Reverse: true}
	at := func(place storage.Key) storage.Key { return append(storage.Key(owner[:]), place...) }
	if !q.To.IsZero() {
		r.From = at(binary.BigEndian.AppendUint64(nil, uint64(q.To.UnixNano())))
	}
	if q.Cursor != nil && (r.From == nil || string(at(q.Cursor)) < string(r.From)) {
		r.From, r.After = nil, at(q.Cursor)
	}
	return r
}

// A cursor is the place of the last row that was given, in base64.

func writeCursor(place storage.Key) string { return base64.RawURLEncoding.EncodeToString(place) }

func readCursor(word string) (storage.Key, bool) {
	place, err := base64.RawURLEncoding.DecodeString(word)
	return place, err == nil && len(place) > 8 && len(place) < 64
}

// readTime reads a time as the contract writes it: a day, or RFC 3339. A day
// that ends a range is part of it.
func readTime(word string, end bool) (time.Time, bool) {
	if word == "" {
		return time.Time{}, true
	}
	if day, err := time.Parse(time.DateOnly, word); err == nil {
		if end {
			day = day.AddDate(0, 0, 1)
		}
		return day, day.Year() >= 1970 && day.Year() < 2262
	}
	t, err := time.Parse(time.RFC3339, word)
	return t.UTC(), err == nil && t.Year() >= 1970 && t.Year() < 2262
}
