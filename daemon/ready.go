package daemon

import (
	"context"
	"fmt"

	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

// readiness is what every part says of itself.
func (d *Daemon) readiness(ctx context.Context) web.Readiness {
	checks := append(storageChecks(d.store.State(ctx)), d.modelChecks()...)
	checks = append(checks, d.kioskCheck(ctx), d.retentionCheck(ctx), d.erasuresCheck(ctx))
	if check, on := d.upstreamCheck(ctx); on {
		checks = append(checks, check)
	}
	return web.Readiness{Checks: checks}
}

// retentionCheck says whether the daily work waits for somebody, or could not be
// finished.
func (d *Daemon) retentionCheck(ctx context.Context) web.Check {
	check := web.Check{Name: "retention", State: web.OK}
	switch s, err := d.retention.State(ctx); {
	case err != nil:
		check.State, check.Reason = web.Degraded, reason(err)
	case s.Why != "":
		check.State, check.Reason = web.Degraded, s.Why
	}
	return check
}

// erasuresCheck says whether people are here who were erased elsewhere in the
// journal's life: no face is looked at before they are erased again.
func (d *Daemon) erasuresCheck(ctx context.Context) web.Check {
	check := web.Check{Name: "erasures", State: web.OK, Matters: true}
	if err := d.erasures.Settled(ctx); err != nil {
		check.State, check.Reason = web.Failed, reason(err)
	}
	return check
}

// kioskCheck says whether a kiosk's light comes back at another time than it
// did: its captures may soon be refused.
func (d *Daemon) kioskCheck(ctx context.Context) web.Check {
	check := web.Check{Name: "kiosks", State: web.OK}
	switch n, err := d.kiosks.Drifting(ctx); {
	case err != nil:
		check.State, check.Reason = web.Degraded, reason(err)
	case n > 0:
		check.State = web.Degraded
		check.Reason = fmt.Sprintf("at %d the light comes back at another time than it did: GET /api/identity/kiosks says where", n)
	}
	return check
}

// storageChecks is what a state of the store means. A full disk is degraded
// and not failed: what needs no write still works, and it mends itself.
func storageChecks(state storage.State) []web.Check {
	writing := web.Check{Name: "storage", State: web.OK, Matters: true}
	disk := web.Check{Name: "disk", State: web.OK, Matters: true}
	switch {
	case !state.ReadOnly:
	case state.Why == storage.Full.Code:
		disk.State = web.Degraded
		disk.Reason = fmt.Sprintf("%d MiB free, %d MiB needed: nothing is written until there is room, reading goes on", state.Free>>20, state.Needs>>20)
	default:
		writing.State, writing.Reason = web.Failed, "nothing is written ("+state.Why+"): restart rostod, and look at the disk"
	}
	return []web.Check{writing, disk}
}

func (d *Daemon) modelChecks() []web.Check {
	var checks []web.Check
	for _, s := range d.models.Status() {
		check := web.Check{Name: "model " + s.Name, State: web.OK, Matters: true}
		if s.Err != nil {
			check.State, check.Reason = web.Failed, reason(s.Err)
		}
		checks = append(checks, check)
	}
	return checks
}

// reason is an error as an operator reads it in a check.
func reason(err error) string {
	if f := fault.Of(err); f != nil {
		return f.Title + " " + f.Hint
	}
	return err.Error()
}
