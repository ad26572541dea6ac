package webhook

import (
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// Bounds: deliveries of one endpoint under way, and endpoints of one org.
const (
	mostConcurrent = 500
	mostEndpoints  = 16
)

// Config is what the room needs.
type Config struct {
	Store *storage.Store
	// Sources turn entries of the journal into events, by their kind.
	Sources map[string][]room.EventSource
	Egress  Egress
	// Fixed is an endpoint that the configuration has; nil: none.
	Fixed *Fixed

	Attempts    int           // after which a delivery is dead
	Backoff     Backoff       // between them
	Timeout     time.Duration // of one attempt
	Concurrency int           // deliveries to one endpoint under way, when it says nothing
	KeepFor     time.Duration // how long what is delivered or dead can be seen

	Count  func(outcome string, n int) // more deliveries delivered, failed or dead, for the metrics; nil: nobody counts
	Log    *slog.Logger                // nil: nobody is told
	Now    func() time.Time
	Roll   func() float64 // in [0, 1), for jitter
	Random io.Reader
}

// Webhooks is the room, opened.
type Webhooks struct {
	Config
	endpoints  *storage.Table[endpoint]
	deliveries *storage.Table[delivery]
	client     *http.Client

	mu    sync.Mutex
	lines map[EndpointID]*line
	woken chan struct{} // the endpoints may have changed
}

// Open claims the room's records. It sends nothing.
func Open(c Config) (*Webhooks, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Count == nil {
		c.Count = func(string, int) {}
	}
	endpoints, err := storage.OpenTable[endpoint](c.Store, endpointsPrefix, "webhook.endpoints")
	if err != nil {
		return nil, err
	}
	deliveries, err := storage.OpenTable[delivery](c.Store, deliveriesPrefix, "webhook.deliveries")
	if err != nil {
		return nil, err
	}
	return &Webhooks{
		Config: c, endpoints: endpoints, deliveries: deliveries, lines: map[EndpointID]*line{}, woken: make(chan struct{}, 1),
		client: &http.Client{
			Transport:     newRoads(c.Egress, c.Timeout),
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// Room is what the daemon mounts.
func (w *Webhooks) Room() room.Room {
	return room.Room{Name: "webhook", Routes: w.routes, Work: w.work}
}
