package serpro

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/sony/gobreaker/v2"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/bearer"
	"github.com/rostod/rostod/internal/room"
)

// Pictures write any picture that a process takes as an upright JPEG without
// anything beside its pixels.
type Pictures interface {
	// JPEG makes the longer side at most longest pixels, and answers the size.
	JPEG(picture []byte, longest int) (jpeg []byte, width, height int, err error)
}

// Version is which Datavalid is spoken to.
type Version int

// The versions. They differ in the path and in what stands around the person.
const (
	V4 Version = 4
	V5 Version = 5
)

// Consent gives the consent token of Senatran's GCC for one operation, which v5
// asks for. Whoever it asks learns the CPF.
type Consent func(ctx context.Context, cpf string) (engine.Secret, error)

// Config is what the room needs.
type Config struct {
	Base     string        // https://gateway.apiserpro.serpro.gov.br/datavalid
	Token    string        // https://gateway.apiserpro.serpro.gov.br/token
	Key      engine.Secret // of the contract with Serpro: the OAuth client
	Secret   engine.Secret
	Version  Version
	Template string  // v5: id_template, which Serpro answers when the treatment is registered
	Anuente  string  // v5: cnpj_anuente, 14 digits; empty is null
	Consent  Consent // v5

	Pictures Pictures
	Client   http.RoundTripper   // nil: the network
	Budget   time.Duration       // the most that one process waits
	Count    func(result string) // one more answer, for the metrics; nil: nobody counts
	Log      *slog.Logger        // nil: nobody is told
}

// Serpro is the room, opened.
type Serpro struct {
	Config
	client  *http.Client
	tokens  *bearer.Tokens
	breaker *gobreaker.CircuitBreaker[answer]
}

// Open checks what is configured. It asks nobody.
func Open(c Config) (*Serpro, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Count == nil {
		c.Count = func(string) {}
	}
	if c.Client == nil {
		c.Client = network(c.Budget)
	}
	client := &http.Client{Transport: c.Client, CheckRedirect: stay}
	s := &Serpro{Config: c, client: client, tokens: bearer.New(bearer.Client{ID: c.Key, Secret: c.Secret, URL: c.Token, HTTP: client})}
	s.breaker = newBreaker(c.Log)
	return s, nil
}

// check is everything that is wrong with a configuration.
func (c Config) check() error {
	var problems []error
	for name, address := range map[string]string{"base": c.Base, "token": c.Token} {
		u, err := url.Parse(address)
		if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
			problems = append(problems, fmt.Errorf("serpro: the %s address must begin with https://", name))
		}
	}
	if c.Key == "" || c.Secret == "" {
		problems = append(problems, errors.New("serpro: there is no consumer key and secret"))
	}
	if c.Version != V4 && c.Version != V5 {
		problems = append(problems, errors.New("serpro: the version must be 4 or 5"))
	}
	if c.Version == V5 && (c.Template == "" || c.Consent == nil) {
		problems = append(problems, errors.New("serpro: version 5 needs a treatment template and a source of consent tokens"))
	}
	if c.Anuente != "" && (len(c.Anuente) != 14 || strings.Trim(c.Anuente, "0123456789") != "") {
		problems = append(problems, errors.New("serpro: the CNPJ of who consents must have 14 digits"))
	}
	if c.Budget <= 0 || c.Pictures == nil {
		problems = append(problems, errors.New("serpro: there is no budget, or nothing that writes pictures"))
	}
	return errors.Join(problems...)
}

// Room is what the daemon mounts.
func (s *Serpro) Room() room.Room {
	return room.Room{Name: "serpro", Capability: &room.Capability{Name: engine.CapSerpro, Find: s.find}}
}
