package daemon

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"image"
	"image/jpeg"
	random "math/rand/v2"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/rostod/rostod/daemon/config"
	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/serpro"
	"github.com/rostod/rostod/engine/webhook"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/models/picture"
)

// openSerpro opens the register's room; nil when it is not configured.
func (d *Daemon) openSerpro() (*serpro.Serpro, error) {
	c := d.Config.Serpro
	if !c.On() {
		return nil, nil
	}
	words, err := c.KeyAndSecret()
	if err != nil {
		return nil, fmt.Errorf("serpro.credential: %w", err)
	}
	answers := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "rostod_serpro_answers_total", Help: "What the register answered: similarity, not-found or unanswered.",
	}, []string{"result"})
	if err := d.metrics.Register(answers); err != nil {
		return nil, err
	}
	budget := time.Duration(c.BudgetSeconds) * time.Second
	from := serpro.Config{
		Base: c.URL, Token: c.TokenURL, Key: words[0], Secret: words[1], Version: serpro.Version(c.Version), Template: c.Template, Anuente: c.Anuente,
		Pictures: jpegs{}, Budget: budget, Log: d.Log, Count: func(result string) { answers.WithLabelValues(result).Inc() },
	}
	switch {
	case c.Version != 5:
	case strings.HasPrefix(c.Consent, "https://"):
		from.Consent = serpro.ConsentFrom(c.Consent, nil, budget)
	default:
		from.Consent = serpro.ConsentFile(c.Consent)
	}
	return serpro.Open(from)
}

// openWebhooks opens the room that tells others what the rooms' entries say.
func (d *Daemon) openWebhooks(rooms []room.Room) (*webhook.Webhooks, error) {
	c := d.Config.Webhooks
	allow, err := c.Networks()
	if err != nil {
		return nil, err
	}
	roots, err := c.Authorities()
	if err != nil {
		return nil, err
	}
	egress := webhook.Egress{Allow: allow, Own: d.Config.AirGapped, Roots: roots}
	fixed, err := fixedWebhook(d.Config, egress)
	if err != nil {
		return nil, err
	}
	outcomes := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "rostod_webhook_attempts_total", Help: "Attempts to notify, by what came of them: delivered, failed, or dead for the last one.",
	}, []string{"outcome"})
	if err := d.metrics.Register(outcomes); err != nil {
		return nil, err
	}
	return webhook.Open(webhook.Config{
		Store: d.store, Sources: room.Events(rooms), Egress: egress, Fixed: fixed, Attempts: c.Attempts,
		Backoff: webhook.Backoff{First: time.Duration(c.RetrySeconds) * time.Second, Longest: time.Duration(c.LongestSeconds) * time.Second},
		Timeout: time.Duration(c.TimeoutSeconds) * time.Second, Concurrency: c.Concurrency, KeepFor: time.Duration(c.KeepDays) * 24 * time.Hour,
		Count: func(outcome string, n int) { outcomes.WithLabelValues(outcome).Add(float64(n)) },
		Log:   d.Log, Now: time.Now, Roll: random.Float64, Random: rand.Reader,
	})
}

// fixedWebhook is the endpoint of the configuration; nil when there is none.
func fixedWebhook(c config.Config, egress webhook.Egress) (*webhook.Fixed, error) {
	if c.Webhooks.URL == "" {
		return nil, nil
	}
	secret, credential, err := c.Webhooks.Words()
	if err != nil {
		return nil, fmt.Errorf("webhooks: %w", err)
	}
	fixed := &webhook.Fixed{
		Org: engine.OrgID(c.Org), URL: c.Webhooks.URL, Auth: c.Webhooks.Auth, Credential: credential,
		TokenURL: c.Webhooks.TokenURL, Secret: secret,
	}
	for name := range strings.FieldsFuncSeq(c.Webhooks.Events, func(r rune) bool { return r == ',' || r == ' ' }) {
		fixed.Events = append(fixed.Events, engine.EventName(name))
	}
	return fixed, fixed.Check(egress)
}

// jpegs write a picture that was taken for others: upright, and without what a
// camera writes beside the pixels.
type jpegs struct{}

// sentQuality is the quality of a JPEG that another system compares.
const sentQuality = 95

// JPEG makes the longer side at most longest pixels.
func (jpegs) JPEG(data []byte, longest int) (out []byte, width, height int, err error) {
	h, err := picture.Inspect(data, importLimits) // who asked for a process was held to stricter ones
	if err != nil {
		return nil, 0, 0, err
	}
	decoder, err := picture.NewDecoder()
	if err != nil {
		return nil, 0, 0, err
	}
	defer decoder.Close()
	p, err := decoder.Decode(data, h, longest)
	if err != nil {
		return nil, 0, 0, err
	}
	if max(p.Width, p.Height) > longest {
		w, ht := picture.Fit(p.Width, p.Height, longest)
		var smaller picture.Picture
		(&picture.Scaler{}).Scale(&smaller, p, w, ht)
		p = &smaller
	}
	img := image.NewRGBA(image.Rect(0, 0, p.Width, p.Height))
	for i, pixel := range p.Pix {
		at := img.Pix[4*i : 4*i+4 : 4*i+4]
		at[0], at[1], at[2], at[3] = byte(pixel), byte(pixel>>8), byte(pixel>>16), 255
	}
	var text bytes.Buffer
	if err := jpeg.Encode(&text, img, &jpeg.Options{Quality: sentQuality}); err != nil {
		return nil, 0, 0, fmt.Errorf("write a picture: %w", err)
	}
	return text.Bytes(), p.Width, p.Height, nil
}
