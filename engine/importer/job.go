package importer

import (
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/importer/source"
)

// state is where an import stands.
type state string

const (
	waiting   state = "waiting" // another one is under way
	running   state = "running"
	done      state = "done"
	cancelled state = "cancelled"
	failed    state = "failed"
)

func (s state) ended() bool { return s == done || s == cancelled || s == failed }

// What becomes of a face that another account has, too.
const (
	reportDuplicates = "report" // it is reported, and nobody is enrolled by it
	enrolDuplicates  = "enrol"  // it is reported and enrolled, so that others are compared with it
)

// options are how a base is to be imported.
type options struct {
	Duplicates string  `json:"duplicates"`
	Rate       float64 `json:"rate,omitzero"` // rows a second; 0: as many as can be
	DryRun     bool    `json:"dryRun,omitzero"`
}

// job is one import and how far it is.
type job struct {
	options
	ID      engine.ImportID  `json:"id"`
	Org     engine.OrgID     `json:"org"`
	Segment engine.SegmentID `json:"segment,omitzero"`
	Key     engine.KeyID     `json:"key"`
	Path    string           `json:"path,omitzero"`
	Upload  *upload          `json:"upload,omitzero"` // it was sent
	Mark    []byte           `json:"mark,omitzero"`   // what the source was like
	State   state            `json:"state"`
	Failure failure          `json:"failure,omitzero"`
	Rows    uint64           `json:"rows"` // settled
	Counts  counts           `json:"counts"`
	Policy  uint64           `json:"policy"` // version of the settings that it was last settled by
	Created time.Time        `json:"created"`
	Started time.Time        `json:"started,omitzero"`
	Ended   time.Time        `json:"ended,omitzero"`
	Bar     float64          `json:"bar"`             // comparison score from which faces are one person's
	Unlike  int              `json:"unlike,omitzero"` // templates of other models that could not be compared

	Seals  int  `json:"seals,omitzero"`  // how often its records were sealed anew
	Moving bool `json:"moving,omitzero"` // some of the rows are sealed with the key before
}

// upload is where what was sent lies, and what it is sealed with.
type upload struct {
	Format source.Format `json:"format"`
	Size   int64         `json:"size"`
	Key    []byte        `json:"key"`
}

// failure is why an import could not be brought to its end.
type failure struct {
	Code  string `json:"code"`
	Title string `json:"title"`
	Hint  string `json:"hint,omitzero"`
}

// counts are how many rows ended how.
type counts struct {
	Enrolled  uint64            `json:"enrolled" doc:"Accounts whose face was enrolled."`
	There     uint64            `json:"there" doc:"References that had a face in the segment already."`
	Duplicate uint64            `json:"duplicate" doc:"Accounts whose face belongs to another account."`
	Rejected  uint64            `json:"rejected" doc:"Rows without a usable picture."`
	Reasons   map[string]uint64 `json:"reasons,omitempty" doc:"How many rows of each reason."`
}

// with is the counts and one more row. The map is a new one: others read the
// old.
func (c counts) with(list []result) counts {
	reasons := make(map[string]uint64, len(c.Reasons)+1)
	for k, v := range c.Reasons {
		reasons[k] = v
	}
	for _, r := range list {
		switch r.Outcome {
		case enrolled:
			c.Enrolled++
		case there:
			c.There++
		case duplicate:
			c.Duplicate++
		case rejected:
			c.Rejected++
		}
		if r.Reason != "" {
			reasons[r.Reason]++
		}
	}
	c.Reasons = reasons
	return c
}

// base is what it searches and enrols in.
func (j job) base() engine.Base { return engine.Base{Org: j.Org, Segment: j.Segment} }

// caller is who asked for it.
func (j job) caller() engine.Caller {
	return engine.Caller{Key: j.Key, Org: j.Org, Segment: j.Segment}
}
