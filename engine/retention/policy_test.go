package retention

import (
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
)

const day = 24 * time.Hour

func noon() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }

// When the daily work runs, when it waits, and when it waits for a person.
func TestNext(t *testing.T) {
	for _, c := range []struct {
		name             string
		ahead, vouchedAt time.Duration // from what was reached; 0: nobody has
		want             step
	}{
		{"at once", 0, 0, wait},
		{"hours later", 23 * time.Hour, 0, wait},
		{"a day later", day, 0, run},
		{"off for two weeks", 14 * day, 0, run},
		{"off for longer", 14*day + 1, 0, pause},
		{"ten years", 3650 * day, 0, pause},
		{"ten years, and somebody has looked", 3650 * day, 3650 * day, run},
		{"somebody looked, two weeks ago", 3650 * day, 3636 * day, run},
		{"somebody looked, long ago", 3650 * day, 3635 * day, pause},
		{"the clock went back a little", -14 * day, 0, wait},
		{"the clock went back", -3650 * day, 0, pause},
		{"ten years were vouched for, and the clock was set right", day, 3650 * day, pause},
	} {
		var vouched time.Time
		if c.vouchedAt != 0 {
			vouched = noon().Add(c.vouchedAt)
		}
		if got := next(noon().Add(c.ahead), noon(), vouched); got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

// Which days the private part of an entry has. The kinds are those that the rooms
// write.
func TestKindOf(t *testing.T) {
	for entry, want := range map[string]engine.DataKind{
		"stepup.decided": engine.DataAttempts, "face.matched": engine.DataAttempts, "face.liveness-checked": engine.DataAttempts,
		"fraud.evaluated": engine.DataAttempts, "process.decided": engine.DataProcesses, "journey.ended": engine.DataProcesses,
		"capture.kept": engine.DataCaptures, "challenge.created": engine.DataCaptures, "face.enrolled": engine.DataTemplates,
		"hold.put": "", "consent.given": "", "data.viewed": "", "erasure.completed": "",
	} {
		if got, ok := kindOf(entry); got != want || ok != (want != "") {
			t.Errorf("%s: got %q, want %q", entry, got, want)
		}
	}
}

// What days mean.
func TestDue(t *testing.T) {
	p := rules{Days: map[engine.DataKind]int{engine.DataAttempts: 10, engine.DataProcesses: 0}}.policy(1, 30)
	for _, c := range []struct {
		name string
		kind engine.DataKind
		age  time.Duration
		want bool
	}{
		{"an attempt of its last day", engine.DataAttempts, 10 * day, false},
		{"an attempt a moment later", engine.DataAttempts, 10*day + 1, true},
		{"a process, for ever", engine.DataProcesses, 36500 * day, false},
		{"a template, of which nothing is said", engine.DataTemplates, 36500 * day, false},
		{"a capture, by the daemon's own days", engine.DataCaptures, 30*day + 1, true},
		{"a capture within them", engine.DataCaptures, 30 * day, false},
	} {
		if got := noon().Add(-c.age).Before(due(p, c.kind, noon())); got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
	if p.BackupDays != usualBackupDays {
		t.Errorf("got %d days of backups, want the usual", p.BackupDays)
	}
	own := 0
	if got := (rules{BackupDays: &own}).policy(1, 30).BackupDays; got != 0 {
		t.Errorf("got %d days of backups, want none", got)
	}
}

// FuzzNever: whatever the days and the age, nothing is due before its days are
// over, and everything is the day after.
func FuzzNever(f *testing.F) {
	f.Add(int64(10), int64(10*day), int64(0))
	f.Add(int64(0), int64(36500*day), int64(77))
	f.Add(int64(36500), int64(1), int64(-1))
	f.Fuzz(func(t *testing.T, days, age, shift int64) {
		days %= mostDays + 1
		if days < 0 {
			days = -days
		}
		asOf := noon().Add(time.Duration(shift % int64(200*365*day)))
		made := asOf.Add(-time.Duration(age))
		p := rules{Days: map[engine.DataKind]int{engine.DataAttempts: int(days)}}.policy(1, 30)
		got := made.Before(due(p, engine.DataAttempts, asOf))
		if deadline := made.AddDate(0, 0, int(days)); got && (days == 0 || asOf.Before(deadline)) {
			t.Errorf("%d days, made %v: due at %v, want not before %v", days, made, asOf, deadline)
		}
		if over := made.AddDate(0, 0, int(days)+1); days > 0 && !got && asOf.After(over) {
			t.Errorf("%d days, made %v: not due at %v", days, made, asOf)
		}
	})
}

func TestUnsound(t *testing.T) {
	for name, r := range map[string]rules{
		"an unknown kind":  {Days: map[engine.DataKind]int{"photos": 1}},
		"negative":         {Days: map[engine.DataKind]int{engine.DataCaptures: -1}},
		"too long":         {Days: map[engine.DataKind]int{engine.DataCaptures: mostDays + 1}},
		"days without law": {Evidence: evidenceRule{KeepDays: 1}},
		"law without days": {Evidence: evidenceRule{Basis: "x"}},
		"an empty purpose": {EraseOnWithdrawal: []string{""}},
	} {
		if r.sound() == nil {
			t.Errorf("%s: got sound, want not", name)
		}
	}
	if err := (rules{Days: map[engine.DataKind]int{engine.DataCaptures: 0, engine.DataImports: mostDays}}).sound(); err != nil {
		t.Errorf("got %v, want none", err)
	}
}
