package daemon

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/rostod/rostod/capture/compat"
	"github.com/rostod/rostod/capture/flash"
	"github.com/rostod/rostod/daemon/config"
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

// openRooms opens every room with what it needs of the others. This is the one
// file that grows with a new capability.
func (d *Daemon) openRooms(ctx context.Context) (closer, error) {
	settled := func(ctx context.Context) error { return d.erasures.Settled(ctx) }
	d.look = eyes{d.models, settled}
	keep := time.Duration(d.Config.IdempotencyHours) * time.Hour

	accounts, err0 := account.Open(account.Config{Store: d.store, Now: time.Now, Random: rand.Reader})
	keys, err1 := access.Open(access.Config{
		Store: d.store, Now: time.Now, Random: rand.Reader, Tokens: accounts,
		Capabilities: func() []engine.CapabilityName { return room.Names(d.rooms) },
	})
	answers, err2 := idempotency.Open(idempotency.Config{Store: d.store, Now: time.Now, KeepFor: keep})
	tiers, err3 := settings.Open(settings.Config{Store: d.store})
	ofFaces := func(org engine.OrgID, customer engine.CustomerID) storage.Subject {
		return gallery.Subject(d.store, org, customer)
	}
	var rows *attempts.Attempts
	ofEvidence := func(org engine.OrgID, customer engine.CustomerID) storage.Subject { return rows.Subject(org, customer) }
	holdings := func() []room.Holding { return room.Holdings(d.rooms) }
	known := func(r storage.Reader, org engine.OrgID, customer engine.CustomerID) (bool, error) {
		return d.erasures.Known(r, org, customer)
	}
	removed := newRemoved()
	bars, err13 := hold.Open(hold.Config{Store: d.store, Subject: ofEvidence, Holdings: holdings, Now: time.Now, Random: rand.Reader})
	keeping, err14 := retention.Open(retention.Config{
		Store: d.store, Holds: bars, Holdings: holdings, CaptureDays: d.Config.Capture.KeepDays, Log: d.Log, Now: time.Now, Random: rand.Reader,
		Removed: func(holding string, n int) { removed.WithLabelValues(holding).Add(float64(n)) },
		Also:    func(ctx context.Context, asOf time.Time) error { return d.erasures.Daily(ctx, asOf) },
	})
	views, err15 := viewing.Open(viewing.Config{
		Store: d.store, Rules: keeping, Subject: ofEvidence, Known: known, Holdings: holdings, May: settled, Now: time.Now, Random: rand.Reader,
	})
	journal, err10 := audit.Open(audit.Config{Store: d.store, Views: views, Cosigned: d.cosigned, Now: time.Now, Random: rand.Reader})
	rows, err4 := attempts.Open(attempts.Config{Store: d.store, Journal: journal, SearchDir: searchDir(d.Config), Now: time.Now, Random: rand.Reader})
	alive := liveness.Open()
	decisions, alarms, drifts := newDecisions(), newAlarms(), newDrifts()
	kiosks, err5 := kiosk.Open(kiosk.Config{Store: d.store, Now: time.Now, Drift: drifts.Inc})
	captures, err6 := evidence.Open(evidence.Config{
		Store: d.store, Eyes: d.look, Flash: compat.Meter{}, Draw: flash.Draw, Alarm: alarms.Inc, Log: d.Log, Now: time.Now, Random: rand.Reader,
		Subject: ofFaces, Bars: bars, Views: views,
	})
	refusals := append(refusals(), evidence.Refusals()...)
	faces, err7 := gallery.Open(gallery.Config{
		Store: d.store, Eyes: d.look, Liveness: alive, Captures: captures, Kiosks: kiosks, Policies: tiers, Answers: answers,
		Holdings: holdings, Bars: bars,
		IndexDir: indexDir(d.Config), Refusals: refusals, Now: time.Now, Random: rand.Reader,
	})
	stepUp, err8 := stepup.Open(stepup.Config{
		Store: d.store, Eyes: d.look, Liveness: alive, Captures: captures, Kiosks: kiosks, Policies: tiers, References: faces, Attempts: rows,
		Answers: answers, Bars: bars, Refusals: refusals, Now: time.Now, Random: rand.Reader,
		Count: func(level engine.RiskLevel, outcome string) { decisions.WithLabelValues(string(level), outcome).Inc() },
	})
	rings, err9 := ring.Open(ring.Config{Store: d.store, Gallery: faces, Subject: rows.Subject, Now: time.Now, Random: rand.Reader})
	people, err11 := customer.Open(customer.Config{Store: d.store, Attempts: rows, Answers: answers, Now: time.Now, Random: rand.Reader})
	fraud, err12 := antifraud.Open(antifraud.Config{Store: d.store, Customers: people, Subject: rows.Subject, Now: time.Now, Random: rand.Reader})
	erasures, err16 := erasure.Open(erasure.Config{
		Store: d.store, Bars: bars, Policies: keeping, Journal: journal, Holdings: holdings, Faces: ofFaces, Evidence: rows.Subject,
		Named: faces.Named, Owed: d.otherEnd, Vouches: d.vouches, Log: d.Log, Now: time.Now, Random: rand.Reader,
	})
	consents, err17 := consent.Open(consent.Config{Store: d.store, Policies: keeping, Erasures: erasures, Subject: rows.Subject, Now: time.Now, Random: rand.Reader})
	if err := errors.Join(err17, err16, err15, err14, err13, err12, err11, err9, err10, err0, err1, err2, err3, err4, err5, err6, err7, err8,
		d.metrics.Register(decisions), d.metrics.Register(alarms), d.metrics.Register(drifts), d.metrics.Register(removed)); err != nil {
		return nil, err
	}
	d.access, d.answers, d.evidence, d.kiosks = keys, answers, captures, kiosks
	d.retention, d.erasures = keeping, erasures
	d.judge = judging(alive, tiers, kiosks)
	duplicates := multiaccount.Open(multiaccount.Config{Store: d.store, Rings: rings, Index: faces.Index(), Gallery: faces, Calibrations: d.look})
	holders, err1 := identity.Open(identity.Config{
		Store: d.store, Index: faces.Index(), Gallery: faces, Calibrations: d.look, Faces: ofFaces, Now: time.Now, Random: rand.Reader,
	})
	var (
		processes *process.Processes
		err       error
	)
	alerts, err2 := behaviour.Open(ctx, behaviour.Config{
		Store: d.store, Eyes: d.look, Kiosks: kiosks, Faces: ofFaces, Refusals: refusals, Now: time.Now, Random: rand.Reader,
		Face: func(ctx context.Context, org engine.OrgID, id engine.ProcessID) (engine.KnownFace, error) {
			return processes.Face(ctx, org, id)
		},
	})
	curves, err3 := riskTable(d.Config)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	d.rooms = []room.Room{
		keys.Room(), answers.Room(), tiers.Room(), rows.Room(), alive.Room(kiosks, d.store), kiosks.Room(), captures.Room(), faces.Room(), stepUp.Room(),
		duplicates.Room(), rings.Room(), accounts.Room(), journal.Room(),
		people.Room(), fraud.Room(), bars.Room(), keeping.Room(), erasures.Room(), consents.Room(), views.Room(),
	}
	register, err := d.openSerpro()
	if err != nil {
		return nil, err
	}
	if register != nil {
		d.rooms = append(d.rooms, register.Room())
	}
	// A capability reads those in front of it: the score reads all of them.
	d.rooms = append(d.rooms, alerts.Room(), holders.Room(), riskscore.Open(curves).Room(), validation.Open(validation.Config{Calibrations: d.look}).Room())
	processes, err = process.Open(process.Config{
		Store: d.store, Bars: bars, Views: views, Eyes: d.look, Captures: captures, Policies: tiers, People: faces, Capabilities: room.Capabilities(d.rooms),
		Subject: rows.Subject, Faces: ofFaces, Log: d.Log, Now: time.Now, Random: rand.Reader,
	})
	if err != nil {
		return nil, err
	}
	imports, err := importer.Open(importer.Config{
		Store: d.store, Eyes: importEyes{d.look}, Index: faces.Index(), Gallery: faces, Rings: rings, Policies: tiers,
		// One more than work at a time, so that none waits for the next picture.
		Parallel: sessions(d.Config) + 1, Folder: d.Config.Import.Folder, Spool: filepath.Join(d.Config.Data, "imports"),
		MaxUpload: int64(d.Config.Import.MaxUploadMB) << 20, Log: d.Log, Now: time.Now, Random: rand.Reader,
	})
	if err != nil {
		return nil, err
	}
	journeys, err := d.openJourneys(processes, captures, journal, rows, views)
	if err != nil {
		return nil, err
	}
	if d.upstream, err = d.openUpstream(ctx, journal); err != nil {
		return nil, err
	}
	d.rooms = append(d.rooms, processes.Room(), imports.Room(), journeys.Room(), d.upstream.Room())
	notices, err := d.openWebhooks(d.rooms)
	if err != nil {
		return nil, err
	}
	d.rooms = append(d.rooms, notices.Room())
	if err := errors.Join(watchRetention(d.metrics, d), watchUpstream(d.metrics, d.upstream)); err != nil {
		return nil, err
	}
	stop := d.work(ctx)
	return func(ctx context.Context) error {
		err := stop(ctx)
		if d.line != nil {
			d.line.Close()
		}
		return errors.Join(err, faces.Close(ctx), rows.Close())
	}, nil
}

// indexDir is where the index of faces lies.
func indexDir(c config.Config) string { return filepath.Join(c.Data, "index") }

// searchDir is where the search index of the attempts lies.
func searchDir(c config.Config) string { return filepath.Join(c.Data, "search") }

// sessions is how many pictures are looked at side by side.
func sessions(c config.Config) int {
	if c.Models.Sessions > 0 {
		return c.Models.Sessions
	}
	return runtime.GOMAXPROCS(0)
}

// judging judges a capture that nobody has used yet, by what its org asks for
// where most is at stake.
func judging(alive *liveness.Liveness, tiers *settings.Settings, kiosks *kiosk.Kiosk) func(context.Context, engine.Capture) (engine.LivenessFinding, error) {
	return func(ctx context.Context, c engine.Capture) (engine.LivenessFinding, error) {
		policy, err := tiers.Policy(ctx, c.Org)
		if err != nil {
			return engine.LivenessFinding{}, err
		}
		site, _, err := kiosks.Known(ctx, c.Org, c.Device)
		if err != nil {
			return engine.LivenessFinding{}, err
		}
		return alive.Judge(c, site, policy.Tiers[engine.RiskHigh]), nil
	}
}

// work starts what the rooms do in the background; closing it waits for them.
func (d *Daemon) work(ctx context.Context) closer {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var all sync.WaitGroup
	for _, r := range d.rooms {
		if r.Work == nil {
			continue
		}
		all.Go(func() {
			if err := r.Work(ctx); err != nil && ctx.Err() == nil {
				d.fail(fmt.Errorf("work of %s: %w", r.Name, err))
			}
		})
	}
	return func(context.Context) error {
		cancel()
		all.Wait()
		return nil
	}
}
