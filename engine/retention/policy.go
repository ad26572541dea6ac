package retention

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/rostod/rostod/engine"
)

// The bounds of a policy.
const (
	mostDays        = 36500
	usualBackupDays = 30
)

// rules are an org's own values. What is left out has its default.
type rules struct {
	Days              map[engine.DataKind]int `json:"days,omitzero" doc:"Days for each kind; 0 is for ever. Captures have capture.keepDays when left out, all else is kept for ever."`
	FourEyes          bool                    `json:"fourEyes,omitzero" doc:"An API key of another holder must confirm an erasure."`
	Evidence          evidenceRule            `json:"evidence,omitzero" doc:"Evidence that the law asks to be kept when its customer is erased."`
	BackupDays        *int                    `json:"backupDays,omitzero" doc:"How long you keep copies of the data folder; erasure certificates repeat it. 30 when left out." minimum:"0" maximum:"3650"`
	AccessReason      bool                    `json:"accessReason,omitzero" doc:"Nobody looks at a person's data without X-Access-Reason."`
	EraseOnWithdrawal []string                `json:"eraseOnWithdrawal,omitzero" doc:"Purposes whose withdrawal requests an erasure." maxItems:"32"`
}

type evidenceRule struct {
	KeepDays int    `json:"keepDays,omitzero" doc:"Evidence younger than this stays; 0: none does." minimum:"0" maximum:"36500"`
	Basis    string `json:"basis,omitzero" doc:"Which law asks for it; needed with keepDays." maxLength:"128"`
}

// sound says what is wrong with rules.
func (r rules) sound() error {
	bad := ErrUnsound
	for _, kind := range slices.Sorted(maps.Keys(r.Days)) {
		switch days := r.Days[kind]; {
		case !slices.Contains(engine.DataKinds(), kind):
			bad = bad.Field("days", fmt.Sprintf("knows only %v", engine.DataKinds()))
		case days < 0 || days > mostDays:
			bad = bad.Field("days."+string(kind), fmt.Sprintf("must be 0 (for ever) to %d", mostDays))
		}
	}
	if (r.Evidence.KeepDays > 0) != (r.Evidence.Basis != "") {
		bad = bad.Field("evidence.basis", "must name the law when keepDays is not 0, and only then")
	}
	for _, p := range r.EraseOnWithdrawal {
		if p == "" || len(p) > 64 {
			bad = bad.Field("eraseOnWithdrawal", "must hold purposes of 1 to 64 characters")
			break
		}
	}
	if len(bad.Fields) == 0 {
		return nil
	}
	return bad
}

// policy is what rules mean, with the defaults.
func (r rules) policy(number uint64, captures int) engine.Retention {
	p := engine.Retention{
		Version: number, Days: map[engine.DataKind]int{engine.DataCaptures: captures}, FourEyes: r.FourEyes,
		EvidenceDays: r.Evidence.KeepDays, EvidenceBasis: r.Evidence.Basis, BackupDays: usualBackupDays,
		AccessReason: r.AccessReason, Withdrawal: r.EraseOnWithdrawal,
	}
	maps.Copy(p.Days, r.Days)
	if r.BackupDays != nil {
		p.BackupDays = *r.BackupDays
	}
	return p
}

// due is before which moment a record of a kind must have been made to be due
// as of another; the zero time when it is kept for ever.
func due(p engine.Retention, kind engine.DataKind, asOf time.Time) time.Time {
	days := p.Days[kind]
	if days <= 0 {
		return time.Time{}
	}
	return asOf.AddDate(0, 0, -days)
}

// mostAway is how far the clock may be from the last run, beyond it or behind it,
// before somebody must say that it is right.
const mostAway = 14 * 24 * time.Hour

// runEvery is how much time a run covers.
const runEvery = 24 * time.Hour

// What the daily work should do.
type step int

const (
	wait  step = iota // for a day to be over
	pause             // for somebody to say that the clock is right
	run
)

// next is what the daily work should do, when everything that was due as of a
// moment is gone, and somebody has said last that the clock was right.
func next(now, reached, vouched time.Time) step {
	last := reached
	if vouched.After(last) {
		last = vouched
	}
	switch {
	case now.Sub(last) > mostAway, last.Sub(now) > mostAway: // behind it nothing would go for as long
		return pause
	case now.Sub(reached) < runEvery:
		return wait
	default:
		return run
	}
}
