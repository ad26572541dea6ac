package hub

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/rostod/rostod/engine/upstream/batch"
)

// Trouble is what is wrong with a branch, in a few words; empty when nothing is.
func (v View) Trouble() string {
	switch {
	case v.Standing == batch.Forked:
		return "FORKED"
	case v.Standing == batch.RolledBack:
		return "ROLLED BACK"
	case v.Silent:
		return "SILENT"
	case v.Waiting > 0:
		return fmt.Sprintf("has a gap at entry %d", v.Size)
	case len(v.Parcels) > 0:
		return fmt.Sprintf("lacks %d parcels", len(v.Parcels))
	default:
		return ""
	}
}

// lookEvery is how often the hub looks who fell silent.
const lookEvery = time.Minute

// Work writes tables every so often (0: never) and says who fell silent, until the
// context ends.
func (h *Hub) Work(ctx context.Context, tables time.Duration) error {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	silent := map[string]bool{}
	var tabled time.Time
	for {
		if tables > 0 && h.Now().Sub(tabled) >= tables {
			if err := h.WriteTables(ctx); err != nil && ctx.Err() == nil {
				h.Log.Error("tables were not written", "err", err)
			}
			tabled = h.Now()
		}
		list, err := h.all(ctx)
		if err != nil && ctx.Err() == nil {
			return err
		}
		for _, b := range list {
			is := h.silent(b)
			if is && !silent[b.Name] {
				h.Log.Warn("a branch fell silent", "branch", b.Name)
			}
			silent[b.Name] = is
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-look.C:
		}
	}
}

// Watch shows at each scrape how many branches stand how, and how much is missing.
func (h *Hub) Watch(r prometheus.Registerer) error {
	count := func(which func(View) float64) func() float64 {
		return func() float64 {
			list, err := h.Branches(context.Background())
			if err != nil {
				return -1
			}
			var n float64
			for _, v := range list {
				n += which(v)
			}
			return n
		}
	}
	one := func(is func(View) bool) func(View) float64 {
		return func(v View) float64 {
			if is(v) {
				return 1
			}
			return 0
		}
	}
	var errs []error
	for _, g := range []struct {
		name, help string
		value      func(View) float64
	}{
		{"rostod_hub_branches", "Branches that are enrolled.", one(func(View) bool { return true })},
		{"rostod_hub_branches_complete", "Branches from which everything is here.", one(func(v View) bool { return v.Complete })},
		{"rostod_hub_branches_contradicted", "Branches that contradict what they signed.", one(func(v View) bool { return v.Standing != batch.Sound })},
		{"rostod_hub_branches_silent", "Branches that were not heard for too long.", one(func(v View) bool { return v.Silent })},
		{"rostod_hub_entries", "Entries that are here and co-signed.", func(v View) float64 { return float64(v.Size) }},
		{"rostod_hub_missing", "Entries that branches have said they have and that are not here.", func(v View) float64 { return float64(max(v.Claimed, v.Size) - v.Size) }},
	} {
		errs = append(errs, r.Register(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: g.name, Help: g.help}, count(g.value))))
	}
	return errors.Join(errs...)
}
