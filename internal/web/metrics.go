package web

import (
	"errors"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are what the edge counts. Labels are our own words: routes as
// registered, known methods, statuses, buckets.
type metrics struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	limited  *prometheus.CounterVec
	panics   prometheus.Counter
	flying   prometheus.Gauge
}

func newMetrics(r prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "rostod_http_requests_total", Help: "Requests answered.",
		}, []string{"route", "method", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "rostod_http_request_seconds", Help: "From the request's head to the end of its answer.",
			Buckets: []float64{.001, .0025, .005, .01, .02, .03, .05, .075, .1, .2, .5, 1, 2.5, 5, 10, 30},
		}, []string{"route"}),
		limited: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "rostod_http_rate_limited_total", Help: "Requests refused by a rate limit.",
		}, []string{"bucket"}),
		panics: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "rostod_http_panics_total", Help: "Panics recovered while answering. Any is a defect.",
		}),
		flying: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "rostod_http_requests_in_flight", Help: "Requests being answered now.",
		}),
	}
	var errs []error
	for _, c := range []prometheus.Collector{m.requests, m.seconds, m.limited, m.panics, m.flying} {
		errs = append(errs, r.Register(c))
	}
	return m, errors.Join(errs...)
}

func (m *metrics) answered(c *call, took time.Duration) {
	m.requests.WithLabelValues(c.route(), c.method, strconv.Itoa(c.w.status)).Inc()
	m.seconds.WithLabelValues(c.route()).Observe(took.Seconds())
}
