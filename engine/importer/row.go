package importer

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/importer/source"
	"github.com/rostod/rostod/internal/fault"
)

// outcome is how a row ended.
type outcome string

const (
	enrolled  outcome = "enrolled"
	there     outcome = "there"
	duplicate outcome = "duplicate"
	rejected  outcome = "rejected"
)

// The reasons that are not a picture's or a source's.
const (
	samePicture   = "same-picture"            // the reference is enrolled by this very picture
	sameReference = "same-reference"          // the reference is enrolled by another one
	otherAccount  = "face-of-another-account" // in the words of a process
)

// result is how one row ended.
type result struct {
	Row       uint64             `json:"row"`
	File      string             `json:"file,omitzero"`
	Reference engine.CustomerID  `json:"reference,omitzero"`
	Name      string             `json:"name,omitzero"`
	Born      string             `json:"born,omitzero"`
	Outcome   outcome            `json:"outcome"`
	Reason    string             `json:"reason,omitzero"`
	Further   []string           `json:"further,omitempty"` // what else was wrong
	Enrolment engine.EnrolmentID `json:"enrolment,omitzero"`
	Matches   []engine.Candidate `json:"matches,omitempty"` // whose face it is, best first
	Erased    bool               `json:"erased,omitzero"`   // the person was; nothing here names them
}

// reject ends a row by reasons, worst first.
func (r *result) reject(reasons ...string) {
	r.Outcome, r.Reason, r.Further = rejected, reasons[0], reasons[1:]
}

// known says whether a reference that is enrolled by some pictures ends the
// row, and ends it.
func (r *result) known(pictures []engine.Digest, own engine.Digest) bool {
	if len(pictures) == 0 {
		return false
	}
	r.Outcome, r.Reason = there, sameReference
	if slices.Contains(pictures, own) {
		r.Reason = samePicture
	}
	return true
}

// admitted ends a row whose face was enrolled, or was not for a reason. One that
// is a duplicate stays one.
func (r *result) admitted(why string) {
	switch {
	case why != "" && r.Outcome == duplicate:
		r.Further = append(r.Further, why)
	case why != "":
		r.reject(why)
	case r.Outcome == "":
		r.Outcome = enrolled
	}
}

// judge ends a row whose picture cannot be enrolled, by what was seen of it.
// It answers an error that is not the picture's.
func (r *result) judge(face engine.Face, err error) error {
	f := fault.Of(err)
	switch {
	case err != nil && (f == nil || !ofPicture(f.Kind)):
		return err
	case err != nil:
		r.reject(f.Code)
	case len(face.Issues) > 0:
		reasons := make([]string, len(face.Issues))
		for i, issue := range face.Issues {
			reasons[i] = string(issue)
		}
		r.reject(reasons...)
	case face.Template.Empty():
		r.reject(string(engine.NoFace))
	}
	return nil
}

// ofPicture says whether a fault of this kind blames the picture.
func ofPicture(k fault.Kind) bool {
	return k == fault.Invalid || k == fault.TooLarge || k == fault.UnsupportedMedia || k == fault.Unprocessable
}

// same are those of the candidates whose face it is, each person once, best
// first: the score reaches the bar.
func same(bar float64, lists ...[]engine.Candidate) []engine.Candidate {
	all := slices.Concat(lists...)
	slices.SortStableFunc(all, func(a, b engine.Candidate) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Enrolment, b.Enrolment))
	})
	met := map[engine.Person]bool{}
	var kept []engine.Candidate
	for _, c := range all {
		if c.Score >= bar && !met[c.Person] && len(kept) < mostMatches {
			met[c.Person] = true
			kept = append(kept, c)
		}
	}
	return kept
}

// mostMatches is how many other accounts of a face a result names.
const mostMatches = 20

// begun is the result of a row as it comes from its source.
func begun(n uint64, row source.Row) result {
	// Names of files are bytes: what is not text could not be kept.
	r := result{Row: n, File: strings.ToValidUTF8(row.File, "\uFFFD"), Reference: row.Reference, Name: row.Name, Born: row.Born}
	if row.Wrong != "" {
		r.reject(string(row.Wrong))
	}
	return r
}
