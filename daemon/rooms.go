package daemon

import (
	"context"
	"crypto/rand"
	"errors"
	"path/filepath"
	"time"

	"github.com/rostod/rostod/capture/compat"
	"github.com/rostod/rostod/capture/flash"
	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/access"
	"github.com/rostod/rostod/engine/account"
	"github.com/rostod/rostod/engine/antifraud"
	"github.com/rostod/rostod/engine/attempts"
	"github.com/rostod/rostod/engine/audit"
	"github.com/rostod/rostod/engine/behaviour"
	"github.com/rostod/rostod/engine/consent"
	"github.com/rostod/rostod/engine/customer"
	"github.com/rostod/rostod/engine/erasure"
	"github.com/rostod/rostod/engine/evidence"
	"github.com/rostod/rostod/engine/gallery"
	"github.com/rostod/rostod/engine/hold"
	"github.com/rostod/rostod/engine/idempotency"
	"github.com/rostod/rostod/engine/identity"
	"github.com/rostod/rostod/engine/importer"
	"github.com/rostod/rostod/engine/kiosk"
	"github.com/rostod/rostod/engine/liveness"
	"github.com/rostod/rostod/engine/multiaccount"
	"github.com/rostod/rostod/engine/process"
	"github.com/rostod/rostod/engine/retention"
	"github.com/rostod/rostod/engine/ring"
	"github.com/rostod/rostod/engine/riskscore"
	"github.com/rostod/rostod/engine/settings"
	"github.com/rostod/rostod/engine/stepup"
	"github.com/rostod/rostod/engine/validation"
	"github.com/rostod/rostod/engine/viewing"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// opening is the rooms while they are opened: what one hands to those after
// it. What others need of them for as long as the daemon runs is the Daemon's.
type opening struct {
	*Daemon
	accounts  *account.Accounts
	tiers     *settings.Settings
	holds     *hold.Holds
	views     *viewing.Viewings
	journal   *audit.Audit
	attempts  *attempts.Attempts
	alive     *liveness.Liveness
	faces     *gallery.Gallery
	rings     *ring.Rings
	people    *customer.Customers
	processes *process.Processes
}

// openRooms opens every room with what it needs of the others. This is the one
// file that grows with a new capability: a line of its subject opens it, a line
// lists it.
func (d *Daemon) openRooms(ctx context.Context) (closer, error) {
	d.look = eyes{d.models, func(ctx context.Context) error { return d.erasures.Settled(ctx) }}
	o := &opening{Daemon: d}
	open, err := openAll(ctx, []part{
		{"callers", o.openCallers},
		{"keeping", o.openKeeping},
		{"attempts", o.openAttempts},
		{"erasure", o.openErasure},
		{"captures", o.openCaptures},
		{"faces", o.openFaces},
		{"step-up", o.openStepUp},
		{"customers", o.openCustomers},
		{"capabilities", o.openCapabilities},
		{"processes", o.openProcesses},
		{"upstream", o.openAbove},
		{"webhooks", o.openNotices},
		{"work", o.work},
	})
	return func(ctx context.Context) error { return closeAll(ctx, open) }, err
}

// list adds rooms to those that are served, in the order in which they are asked.
func (o *opening) list(rooms ...room.Room) { o.rooms = append(o.rooms, rooms...) }

// openCallers opens who may ask, what they were answered, and by which rules.
func (o *opening) openCallers(context.Context) (_ closer, err error) {
	if o.accounts, err = account.Open(account.Config{Store: o.store, Now: time.Now, Random: rand.Reader}); err != nil {
		return nil, err
	}
	if o.access, err = access.Open(access.Config{
		Store: o.store, Now: time.Now, Random: rand.Reader, Tokens: o.accounts,
		Capabilities: func() []engine.CapabilityName { return room.Names(o.rooms) },
	}); err != nil {
		return nil, err
	}
	if o.answers, err = idempotency.Open(idempotency.Config{
		Store: o.store, Now: time.Now, KeepFor: time.Duration(o.Config.IdempotencyHours) * time.Hour,
	}); err != nil {
		return nil, err
	}
	if o.tiers, err = settings.Open(settings.Config{Store: o.store}); err != nil {
		return nil, err
	}
	o.list(o.accounts.Room(), o.access.Room(), o.answers.Room(), o.tiers.Room())
	return nil, nil
}

// openKeeping opens what says for how long records are kept and who looked at
// them, and the journal over all.
func (o *opening) openKeeping(context.Context) (_ closer, err error) {
	if o.holds, err = hold.Open(hold.Config{
		Store: o.store, Subject: o.ofEvidence, Holdings: o.holdings, Now: time.Now, Random: rand.Reader,
	}); err != nil {
		return nil, err
	}
	removed := newRemoved()
	if o.retention, err = retention.Open(retention.Config{
		Store: o.store, Holds: o.holds, Holdings: o.holdings, CaptureDays: o.Config.Capture.KeepDays, Log: o.Log, Now: time.Now, Random: rand.Reader,
		Removed: func(holding string, n int) { removed.WithLabelValues(holding).Add(float64(n)) },
		Also:    func(ctx context.Context, asOf time.Time) error { return o.erasures.Daily(ctx, asOf) },
	}); err != nil {
		return nil, err
	}
	if o.views, err = viewing.Open(viewing.Config{
		Store: o.store, Rules: o.retention, Subject: o.ofEvidence, Holdings: o.holdings, Now: time.Now, Random: rand.Reader,
		Known: func(r storage.Reader, org engine.OrgID, customer engine.CustomerID) (bool, error) {
			return o.erasures.Known(r, org, customer)
		},
		May: o.look.may,
	}); err != nil {
		return nil, err
	}
	if o.journal, err = audit.Open(audit.Config{
		Store: o.store, Views: o.views, Cosigned: o.cosigned, Now: time.Now, Random: rand.Reader,
	}); err != nil {
		return nil, err
	}
	o.list(o.holds.Room(), o.retention.Room(), o.views.Room(), o.journal.Room())
	return nil, o.metrics.Register(removed)
}

// openAttempts opens what was tried, and its search index.
func (o *opening) openAttempts(context.Context) (_ closer, err error) {
	if o.attempts, err = attempts.Open(attempts.Config{
		Store: o.store, Journal: o.journal, SearchDir: searchDir(o.Config), Now: time.Now, Random: rand.Reader,
	}); err != nil {
		return nil, err
	}
	o.list(o.attempts.Room())
	return func(context.Context) error { return o.attempts.Close() }, nil
}

// openErasure opens how a person goes, and what they were told and agreed to.
func (o *opening) openErasure(context.Context) (_ closer, err error) {
	var disclosed []string
	if o.Config.Upstream.HubKeyFile != "" {
		disclosed = o.Config.Upstream.DiscloseList()
	}
	if o.erasures, err = erasure.Open(erasure.Config{
		Store: o.store, Bars: o.holds, Policies: o.retention, Journal: o.journal, Holdings: o.holdings, Faces: o.ofFaces, Evidence: o.ofEvidence,
		Disclosed: disclosed, Owed: o.otherEnd, Vouches: o.vouches,
		Named: func(r storage.Reader, faces storage.Subject) (engine.CustomerID, error) {
			return o.faces.Named(r, faces)
		},
		Log: o.Log, Now: time.Now, Random: rand.Reader,
	}); err != nil {
		return nil, err
	}
	consents, err := consent.Open(consent.Config{
		Store: o.store, Policies: o.retention, Erasures: o.erasures, Subject: o.ofEvidence, Now: time.Now, Random: rand.Reader,
	})
	if err != nil {
		return nil, err
	}
	o.list(o.erasures.Room(), consents.Room())
	return nil, watchRetention(o.metrics, o.Daemon)
}

// openCaptures opens what a camera brings, and who judges whether it lives.
func (o *opening) openCaptures(context.Context) (_ closer, err error) {
	o.alive = liveness.Open()
	drifts, alarms := newDrifts(), newAlarms()
	if o.kiosks, err = kiosk.Open(kiosk.Config{Store: o.store, Now: time.Now, Drift: drifts.Inc}); err != nil {
		return nil, err
	}
	if o.evidence, err = evidence.Open(evidence.Config{
		Store: o.store, Eyes: o.look, Flash: compat.Meter{}, Draw: flash.Draw, Alarm: alarms.Inc, Log: o.Log, Now: time.Now, Random: rand.Reader,
		Subject: o.ofFaces, Bars: o.holds, Views: o.views,
	}); err != nil {
		return nil, err
	}
	o.judge = judging(o.alive, o.tiers, o.kiosks)
	o.list(o.alive.Room(o.kiosks, o.store), o.kiosks.Room(), o.evidence.Room())
	return nil, errors.Join(o.metrics.Register(drifts), o.metrics.Register(alarms))
}

// openFaces opens the enrolments, the rings of accounts that they show, and
// the way in for many.
func (o *opening) openFaces(context.Context) (_ closer, err error) {
	if o.faces, err = gallery.Open(gallery.Config{
		Store: o.store, Eyes: o.look, Liveness: o.alive, Captures: o.evidence, Kiosks: o.kiosks, Policies: o.tiers, Answers: o.answers,
		Holdings: o.holdings, Bars: o.holds,
		IndexDir: indexDir(o.Config), Refusals: captureRefusals(), Now: time.Now, Random: rand.Reader,
	}); err != nil {
		return nil, err
	}
	if o.rings, err = ring.Open(ring.Config{
		Store: o.store, Gallery: o.faces, Subject: o.ofEvidence, Now: time.Now, Random: rand.Reader,
	}); err != nil {
		return o.faces.Close, err
	}
	imports, err := importer.Open(importer.Config{
		Store: o.store, Eyes: importEyes{o.look}, Index: o.faces.Index(), Gallery: o.faces, Rings: o.rings, Policies: o.tiers,
		// One more than work at a time, so that none waits for the next picture.
		Parallel: sessions(o.Config) + 1, Folder: o.Config.Import.Folder, Spool: filepath.Join(o.Config.Data, "imports"),
		MaxUpload: int64(o.Config.Import.MaxUploadMB) << 20, Log: o.Log, Now: time.Now, Random: rand.Reader,
	})
	if err != nil {
		return o.faces.Close, err
	}
	o.list(o.faces.Room(), o.rings.Room(), imports.Room())
	return o.faces.Close, nil
}

// openStepUp opens the question that is asked before a sensitive action.
func (o *opening) openStepUp(context.Context) (closer, error) {
	decisions := newDecisions()
	stepUp, err := stepup.Open(stepup.Config{
		Store: o.store, Eyes: o.look, Liveness: o.alive, Captures: o.evidence, Kiosks: o.kiosks, Policies: o.tiers, References: o.faces, Attempts: o.attempts,
		Answers: o.answers, Bars: o.holds, Refusals: captureRefusals(), Now: time.Now, Random: rand.Reader,
		Count: func(level engine.RiskLevel, outcome string) { decisions.WithLabelValues(string(level), outcome).Inc() },
	})
	if err != nil {
		return nil, err
	}
	o.list(stepUp.Room())
	return nil, o.metrics.Register(decisions)
}

// openCustomers opens how well customers are known, and their transactions.
func (o *opening) openCustomers(context.Context) (_ closer, err error) {
	if o.people, err = customer.Open(customer.Config{
		Store: o.store, Attempts: o.attempts, Answers: o.answers, Now: time.Now, Random: rand.Reader,
	}); err != nil {
		return nil, err
	}
	fraud, err := antifraud.Open(antifraud.Config{Store: o.store, Customers: o.people, Subject: o.ofEvidence, Now: time.Now, Random: rand.Reader})
	if err != nil {
		return nil, err
	}
	o.list(o.people.Room(), fraud.Room())
	return nil, nil
}

// openCapabilities opens what a process may find about one person. A capability
// reads those in front of it: the score reads all of them.
func (o *opening) openCapabilities(ctx context.Context) (closer, error) {
	duplicates := multiaccount.Open(multiaccount.Config{Store: o.store, Rings: o.rings, Index: o.faces.Index(), Gallery: o.faces, Calibrations: o.look})
	o.list(duplicates.Room())
	register, err := o.openSerpro()
	if err != nil {
		return nil, err
	}
	if register != nil {
		o.list(register.Room())
	}
	alerts, err := behaviour.Open(ctx, behaviour.Config{
		Store: o.store, Eyes: o.look, Kiosks: o.kiosks, Faces: o.ofFaces, Refusals: captureRefusals(), Now: time.Now, Random: rand.Reader,
		Face: func(ctx context.Context, org engine.OrgID, id engine.ProcessID) (engine.KnownFace, error) {
			return o.processes.Face(ctx, org, id)
		},
	})
	if err != nil {
		return nil, err
	}
	holders, err := identity.Open(identity.Config{
		Store: o.store, Index: o.faces.Index(), Gallery: o.faces, Calibrations: o.look, Faces: o.ofFaces, Now: time.Now, Random: rand.Reader,
	})
	if err != nil {
		return nil, err
	}
	curves, err := riskTable(o.Config)
	if err != nil {
		return nil, err
	}
	o.list(alerts.Room(), holders.Room(), riskscore.Open(curves).Room())
	o.list(validation.Open(validation.Config{Calibrations: o.look}).Room())
	return nil, nil
}

// openProcesses opens the spine over all capabilities, and our page for it.
func (o *opening) openProcesses(context.Context) (_ closer, err error) {
	if o.processes, err = process.Open(process.Config{
		Store: o.store, Bars: o.holds, Views: o.views, Eyes: o.look, Captures: o.evidence, Policies: o.tiers, People: o.faces,
		Capabilities: room.Capabilities(o.rooms), Subject: o.ofEvidence, Faces: o.ofFaces, Log: o.Log, Now: time.Now, Random: rand.Reader,
	}); err != nil {
		return nil, err
	}
	journeys, err := o.openJourneys()
	if err != nil {
		return nil, err
	}
	o.list(o.processes.Room(), journeys.Room())
	return nil, nil
}

// openAbove opens what sends the journal to headquarters.
func (o *opening) openAbove(ctx context.Context) (_ closer, err error) {
	if o.upstream, err = o.openUpstream(ctx, o.journal); err != nil {
		return o.hangUp, err
	}
	o.list(o.upstream.Room())
	return o.hangUp, watchUpstream(o.metrics, o.upstream)
}

// hangUp ends the line to headquarters, where there is one.
func (d *Daemon) hangUp(context.Context) error {
	if d.line != nil {
		d.line.Close()
	}
	return nil
}

// openNotices opens what tells others what the journal entries of the rooms say.
func (o *opening) openNotices(context.Context) (closer, error) {
	notices, err := o.openWebhooks(o.rooms)
	if err != nil {
		return nil, err
	}
	o.list(notices.Room())
	return nil, nil
}

// ofFaces is whose key seals a customer's faces.
func (o *opening) ofFaces(org engine.OrgID, customer engine.CustomerID) storage.Subject {
	return gallery.Subject(o.store, org, customer)
}

// ofEvidence is whose key seals what was decided about a customer.
func (o *opening) ofEvidence(org engine.OrgID, customer engine.CustomerID) storage.Subject {
	return o.attempts.Subject(org, customer)
}

// holdings is what all rooms keep about people, once they are open.
func (o *opening) holdings() []room.Holding { return room.Holdings(o.rooms) }
