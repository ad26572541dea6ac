package daemon

import (
	"context"
	"errors"
	"math"
	"regexp"
	"runtime"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/rostod/rostod/storage"
)

// heapLive is what the last collection left: the heap without its garbage,
// which Go lets grow to a multiple of it.
var heapLive = regexp.MustCompile(`^/gc/heap/live:bytes$`)

// watchProcess shows what Go and the process say of themselves.
func watchProcess(r *prometheus.Registry, version string) error {
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "rostod_build_info", Help: "Always 1; the labels say which build runs.",
		ConstLabels: prometheus.Labels{"version": version, "go": runtime.Version()},
	})
	build.Set(1)
	live := collectors.WithGoCollectorRuntimeMetrics(collectors.GoRuntimeMetricsRule{Matcher: heapLive})
	return errors.Join(r.Register(build), r.Register(collectors.NewGoCollector(live)),
		r.Register(collectors.NewProcessCollector(collectors.ProcessCollectorOpts{})))
}

// newDecisions counts decisions by risk level and outcome, never by person.
func newDecisions() *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "rostod_stepup_decisions_total", Help: "Step-up decisions by risk level and outcome.",
	}, []string{"risk", "outcome"})
}

// newModelRuns measures what the networks take, run by run.
func newModelRuns() *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "rostod_model_seconds", Help: "Time of one run of a network.",
		Buckets: []float64{.0005, .001, .002, .004, .008, .016, .032, .064, .128},
	}, []string{"model"})
}

// newAlarms counts how often captures failed at one kiosk in a row.
func newAlarms() prometheus.Counter {
	return prometheus.NewCounter(prometheus.CounterOpts{
		Name: "rostod_kiosk_alarms_total", Help: "How often captures failed at one kiosk, several in a row.",
	})
}

// newDrifts counts accepted captures whose light came back at another time
// than it did at their kiosk.
func newDrifts() prometheus.Counter {
	return prometheus.NewCounter(prometheus.CounterOpts{
		Name: "rostod_kiosk_drift_total", Help: "Accepted captures at kiosks whose lag moves faster than it may.",
	})
}

// newRemoved counts records whose days were over, by what they were.
func newRemoved() *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "rostod_retention_removed_total", Help: "Records removed because their days were over, by holding.",
	}, []string{"holding"})
}

// watchRetention shows erasures and the daily work at each scrape.
func watchRetention(r *prometheus.Registry, d *Daemon) error {
	count := func(pick func(waiting, under, keeping int) int) func() float64 {
		return func() float64 {
			waiting, under, keeping, err := d.erasures.Counts(context.Background())
			if err != nil {
				return math.NaN()
			}
			return float64(pick(waiting, under, keeping))
		}
	}
	gauge := func(name, help string, value func() float64) error {
		return r.Register(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value))
	}
	return errors.Join(
		gauge("rostod_erasures_requested", "Erasures that wait for another key.", count(func(n, _, _ int) int { return n })),
		gauge("rostod_erasures_running", "Erasures whose remains are being removed.", count(func(_, n, _ int) int { return n })),
		gauge("rostod_retention_paused", "1 while the daily work waits for somebody to say that the clock is right.", func() float64 {
			s, err := d.retention.State(context.Background())
			return flag(err != nil || s.State == "paused")
		}),
		gauge("rostod_retention_reached_seconds", "Unix time as of which everything that was due is gone.", func() float64 {
			s, err := d.retention.State(context.Background())
			if err != nil {
				return math.NaN()
			}
			return float64(s.Reached.Unix())
		}),
	)
}

// watchStore shows the store's state at each scrape.
func watchStore(r *prometheus.Registry, store *storage.Store) error {
	var problems []error
	for _, g := range []struct {
		name, help string
		value      func(storage.State) float64
	}{
		{"rostod_store_free_bytes", "Free space under the data folder.", func(s storage.State) float64 { return float64(s.Free) }},
		{"rostod_store_read_only", "1 while nothing is written.", func(s storage.State) float64 { return flag(s.ReadOnly) }},
		{"rostod_store_waiting", "Commits in the queue.", func(s storage.State) float64 { return float64(s.Waiting) }},
		{"rostod_store_commit_seconds", "Writing and syncing the newest batch.", func(s storage.State) float64 { return s.LastBatchTook.Seconds() }},
		{"rostod_audit_size", "Entries in the journal.", func(s storage.State) float64 { return float64(s.Journal) }},
		{"rostod_audit_sealed", "Entries under the newest signed head.", func(s storage.State) float64 { return float64(s.Sealed) }},
		{"rostod_erasure_pending", "Forgotten keys whose old copies are not destroyed yet.", func(s storage.State) float64 { return float64(s.ErasuresPending) }},
		{"rostod_keys_epoch", "The epoch of the key that wraps the customers' keys.", func(s storage.State) float64 { return float64(s.Epoch) }},
	} {
		problems = append(problems, r.Register(prometheus.NewGaugeFunc(
			prometheus.GaugeOpts{Name: g.name, Help: g.help},
			func() float64 { return g.value(store.State(context.Background())) },
		)))
	}
	return errors.Join(problems...)
}

func flag(on bool) float64 {
	if on {
		return 1
	}
	return 0
}
