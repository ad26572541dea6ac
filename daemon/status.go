package daemon

import (
	"context"
	"encoding/base64"
	"net/http"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/upstream"
	"github.com/rostod/rostod/internal/web"
)

// Status is what the daemon says of itself to an operator.
type Status struct {
	Version   string      `json:"version"`
	Address   string      `json:"address"`
	StartedAt time.Time   `json:"startedAt"`
	Data      string      `json:"data"`
	Ready     web.State   `json:"ready"`
	Checks    []web.Check `json:"checks"`
	Journal   Journal     `json:"journal"`
	Disk      Disk        `json:"disk"`
	Keys      KeyState    `json:"keys"`
	Models    []Model     `json:"models"`
	Retention Retention   `json:"retention"`
	Erasures  Erasures    `json:"erasures"`
	// Upstream is what headquarters has not received.
	Upstream upstream.Status `json:"upstream"`
}

// Retention is how far the daily work is.
type Retention struct {
	State   string         `json:"state" doc:"waiting, running, paused or failed."`
	Reached time.Time      `json:"reached,omitzero" doc:"All that was due as of then is gone."`
	NextAt  time.Time      `json:"nextAt,omitzero"`
	Removed map[string]int `json:"removed" doc:"By the run under way, or else the last one."`
}

// Erasures are how many there are that are not at their end, of every org.
type Erasures struct {
	Requested int `json:"requested" doc:"They wait for another key."`
	Running   int `json:"running" doc:"Nothing can be read any more; what is left is being removed."`
	Kept      int `json:"kept" doc:"Their evidence is kept by law until its day."`
}

// Journal is where the log of everything stands.
type Journal struct {
	Entries  uint64    `json:"entries"`
	Root     string    `json:"root" doc:"Root hash of the tree over the sealed entries, base64."`
	Sealed   uint64    `json:"sealed" doc:"Entries under the newest signed head."`
	SealedAt time.Time `json:"sealedAt,omitzero"`
}

// Disk is how much room there is under the data folder.
type Disk struct {
	Free  int64 `json:"free" doc:"Bytes; -1 where the system does not tell."`
	Least int64 `json:"least" doc:"Bytes below which nothing is written."`
}

// KeyState is where the keys that seal records stand.
type KeyState struct {
	Epoch           uint32 `json:"epoch"`
	ErasuresPending uint64 `json:"erasuresPending" doc:"Erasures whose old copies on disk still wait for the next epoch."`
}

// Model is one model in use.
type Model struct {
	Name   string `json:"name"`
	Role   string `json:"role,omitzero"`
	Digest string `json:"digest" doc:"SHA-256, hexadecimal."`
	OK     bool   `json:"ok"`
}

func (d *Daemon) statusRoute(r *web.Router) {
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: "/api/status", ID: "status", Tag: "Daemon",
		Summary: "What the daemon says of itself", Scope: engine.ViewStatus,
	}, func(ctx context.Context, _, _ web.None) (Status, error) { return d.status(ctx), nil })
}

func (d *Daemon) status(ctx context.Context) Status {
	ready := d.readiness(ctx)
	head, state := d.store.Head(), d.store.State(ctx)
	s := Status{
		Version: d.Version, Address: d.address, StartedAt: d.started.UTC(), Data: d.Config.Data,
		Ready: ready.Worst(), Checks: ready.Checks,
		Journal: Journal{
			Entries: state.Journal, Root: base64.StdEncoding.EncodeToString(head.Root[:]),
			Sealed: head.Size, SealedAt: head.At.UTC(),
		},
		Disk: Disk{Free: state.Free, Least: state.MinFree},
		Keys: KeyState{Epoch: state.Epoch, ErasuresPending: state.ErasuresPending},
	}
	if r, err := d.retention.State(ctx); err == nil {
		s.Retention = Retention{r.State, r.Reached, r.NextAt, r.Removed}
	}
	if requested, running, kept, err := d.erasures.Counts(ctx); err == nil {
		s.Erasures = Erasures{requested, running, kept}
	}
	if up, err := d.upstream.Status(ctx); err == nil { // the checks say why it is missing
		s.Upstream = up
	}
	for _, m := range d.models.Status() {
		s.Models = append(s.Models, Model{Name: m.Name, Role: string(m.Role), Digest: m.Digest, OK: m.Err == nil})
	}
	return s
}
