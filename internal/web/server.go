package web

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
)

// Registry is where metrics are kept: *prometheus.Registry fits.
type Registry interface {
	prometheus.Registerer
	prometheus.Gatherer
}

// Config is what the edge is made of. Authenticate and Metrics are needed,
// the rest has defaults.
type Config struct {
	// Authenticate finds the caller of a secret. It answers a fault for a key
	// that is unknown, expired or revoked, and any other error when it could
	// not look.
	Authenticate func(ctx context.Context, secret string) (engine.Caller, error)
	// ByClient finds the caller of a by-client operation: who has the token and
	// may use the API key, with what that key selects. Nil: nobody.
	ByClient func(ctx context.Context, token, apiKey string) (engine.Caller, error)
	// Hosted finds the caller of a hosted operation, whose Bearer may be an
	// access token. Nil: it is an API key.
	Hosted  func(ctx context.Context, bearer string) (engine.Caller, error)
	Replays Replays // nil: no operation may be Idempotent
	// Limits are requests per minute and key, by bucket. A bucket that is not
	// named has the limit of "read" or "write". "auth" is failed keys per
	// minute and address. Buckets of by-client operations are per second and
	// org. 0 is no limit.
	Limits map[string]int
	// Faults are those of Authenticate and Replays, for the pages that explain
	// codes.
	Faults  []*fault.Fault
	Ready   func(ctx context.Context) Readiness // nil: always ready
	Metrics Registry
	// Guarded asks for a key with status:view at /readyz and /metrics. For
	// listeners that are not on loopback.
	Guarded bool
	// Origins are the pages' origins, "https://teller.example", that may use
	// CrossOrigin operations from a browser.
	Origins []string
	Log     *slog.Logger
	Now     func() time.Time
	Random  io.Reader
	// Timeout is how long a room may take to answer; 0 is 30 s. Streams have
	// no end, but each write must finish in this time.
	Timeout time.Duration
	Version string
}

// The limits of the step-up contract.
const (
	defaultReads  = 600
	defaultWrites = 120
	defaultFailed = 30
)

func (c *Config) withDefaults() error {
	if c.Authenticate == nil || c.Metrics == nil {
		return errors.New("web: Authenticate and Metrics must be given")
	}
	limits := map[string]int{"read": defaultReads, "write": defaultWrites, "auth": defaultFailed}
	for bucket, n := range c.Limits {
		if n < 0 {
			return fmt.Errorf("web: the limit of bucket %s is below 0", bucket)
		}
		limits[bucket] = n
	}
	c.Limits = limits
	if c.Ready == nil {
		c.Ready = func(context.Context) Readiness { return Readiness{} }
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Random == nil {
		c.Random = rand.Reader
	}
	if c.Timeout == 0 {
		c.Timeout = 30 * time.Second
	}
	if c.Version == "" {
		c.Version = "0"
	}
	return nil
}

// Server is the edge: routes, and what is done around each.
type Server struct {
	c       Config
	gin     *gin.Engine
	router  *Router
	limits  *limiter // by key and bucket
	failed  *limiter // by address
	running *running // Idempotency-Keys under way
	metrics *metrics
	bodies  sync.Pool
	closing chan struct{} // closed when a server of HTTP begins to close
	close   func()
}

// New makes the edge with its own pages: / /livez /readyz /metrics
// /openapi.json /problems/{room}/{what}.
func New(c Config) (*Server, error) {
	if err := c.withDefaults(); err != nil {
		return nil, err
	}
	replaceGlobals()
	m, err := newMetrics(c.Metrics)
	if err != nil {
		return nil, fmt.Errorf("web: register metrics: %w", err)
	}
	s := &Server{
		c:       c,
		gin:     gin.New(),
		limits:  newLimiter(1 << 16),
		failed:  newLimiter(1 << 14),
		running: newRunning(),
		metrics: m,
		closing: make(chan struct{}),
	}
	s.close = sync.OnceFunc(func() { close(s.closing) })
	s.gin.HandleMethodNotAllowed = true
	s.gin.RedirectTrailingSlash = false
	s.gin.UseRawPath = true // so that an escaped slash may stand in an id
	s.gin.ContextWithFallback = false
	if err := s.gin.SetTrustedProxies(nil); err != nil {
		return nil, fmt.Errorf("web: trust no proxy: %w", err)
	}
	s.gin.NoRoute(func(g *gin.Context) {
		callOf(g.Request.Context()).refuse(errNoRoute)
		g.Writer.WriteHeaderNow() // else gin would add its own text
	})
	s.gin.NoMethod(func(g *gin.Context) {
		if c := callOf(g.Request.Context()); !c.preflight() {
			c.notAllowed()
		}
		g.Writer.WriteHeaderNow()
	})
	s.router = newRouter(s)
	s.pages()
	return s, nil
}

// Router is where rooms mount their operations, before [Server.Handler].
func (s *Server) Router() *Router { return s.router }

// Check says what was registered wrongly. The daemon asks before it serves.
func (s *Server) Check() error { return errors.Join(s.router.wrong...) }

// replaceGlobals sets what gin and huma keep in package variables: gin's
// debug output is off, and huma's errors, which repeat what was sent, are
// replaced by ours. They are set once because other servers of this process
// read them while they serve.
var replaceGlobals = sync.OnceFunc(func() {
	gin.SetMode(gin.ReleaseMode)
	huma.NewErrorWithContext = refuseParameters
	huma.NewError = func(int, string, ...error) huma.StatusError { return &refusal{} }
	huma.DefaultArrayNullable = false // our lists are [], never null
})

// Router takes operations. It is not safe for use while serving.
type Router struct {
	server *Server
	api    huma.API
	routes []route
	wrong  []error
}

func newRouter(s *Server) *Router {
	config := huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info:    &huma.Info{Title: "rostod", Version: s.c.Version, Description: description},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", schemaName),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					bearer:   {Type: "http", Scheme: "bearer", Description: "An API key, from `rostod keys create`."},
					token:    {Type: "apiKey", In: "header", Name: "Authorization", Description: "An access token of POST /oauth2/token, or an API key; with or without `Bearer` before it."},
					selector: {Type: "apiKey", In: "header", Name: "APIKEY", Description: "The API key that selects the capabilities and the segment of a process."},
				},
			},
		},
		// All that huma writes is refusals of parameters, and they arrive
		// here as finished bytes.
		Formats: map[string]huma.Format{
			"application/json": {Marshal: writeRefusal}, "application/problem+json": {Marshal: writeRefusal},
		},
		DefaultFormat: "application/json",
	}
	return &Router{server: s, api: humagin.New(s.gin, config)}
}

func (r *Router) mistake(op Operation, err error) {
	r.wrong = append(r.wrong, fmt.Errorf("%s %s: %w", op.Method, op.Path, err))
}

func (r *Router) remember(t route) {
	if t.op.Idempotent && r.server.c.Replays == nil {
		r.mistake(*t.op, errors.New("idempotent, but nothing recalls answers (Config.Replays)"))
	}
	r.routes = append(r.routes, t)
	r.document(t)
}

// faults lists every fault that can be answered, by code.
func (r *Router) faults() []*fault.Fault {
	byCode := map[string]*fault.Fault{}
	for _, f := range ownFaults() {
		byCode[f.Code] = f
	}
	for _, f := range r.server.c.Faults {
		byCode[f.Code] = f
	}
	for _, t := range r.routes {
		for _, f := range t.op.Faults {
			byCode[f.Code] = f
		}
	}
	return slices.SortedFunc(maps.Values(byCode), func(a, b *fault.Fault) int { return strings.Compare(a.Code, b.Code) })
}

// familyOf guesses the family of a path that no operation has.
func familyOf(path string) Family {
	switch {
	case strings.HasPrefix(path, "/identity/api/"), strings.HasPrefix(path, "/api/identity/"):
		return Identity
	case strings.HasPrefix(path, "/processes/"), strings.HasPrefix(path, "/documents/"), strings.HasPrefix(path, "/lists/"):
		return ByClient
	case strings.HasPrefix(path, "/oauth2/"):
		return OAuth
	case strings.HasPrefix(path, "/client/v1/"):
		return Hosted
	default:
		return Own
	}
}

// HTTP is a server for addr that serves this edge and lets nobody hold a
// connection for free.
func (s *Server) HTTP(addr string) *http.Server {
	front := &http.Server{
		Addr:              addr,
		Handler:           s.Handler(),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       20 * time.Second, // a picture of 1 MiB at 0.5 Mbit/s
		WriteTimeout:      20*time.Second + s.c.Timeout + 10*time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          connectionLog(s.c.Log),
	}
	front.RegisterOnShutdown(s.close)
	return front
}
