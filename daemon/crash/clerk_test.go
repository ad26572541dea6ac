package crash

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"

	"github.com/go-json-experiment/json"
)

// clerk is one client: it serves its own customers at its own device, one
// request after another, and writes down every one of them.
type clerk struct {
	name   string
	dice   *rand.Rand
	people []person // none: it asks for nothing that needs a face

	sent    []*op
	pending *op                 // got no answer; what a clerk asks first after a restart
	last    *op                 // the newest decision under an Idempotency-Key
	faces   map[string][]string // customer -> enrolments that it heard of
	keys    []string            // that it made and has not revoked
	secrets map[string]string   // key -> secret
	count   int
}

func newClerk(n int, seed uint64, people []person) *clerk {
	return &clerk{
		name: fmt.Sprintf("clerk%d", n), dice: rand.New(rand.NewPCG(seed, uint64(n))), people: people,
		faces: map[string][]string{}, secrets: map[string]string{},
	}
}

// work sends requests until one gets no answer, or until the context ends,
// which it looks at only between requests.
func (c *clerk) work(ctx context.Context, d *door) {
	for ctx.Err() == nil && c.step(ctx, d) {
	}
}

// step sends one request and says whether it was answered.
func (c *clerk) step(ctx context.Context, d *door) bool {
	if c.pending != nil && c.pending.keyed {
		return c.send(ctx, d, c.pending)
	}
	next := c.choose()
	c.sent = append(c.sent, next)
	return c.send(ctx, d, next)
}

// send asks, and writes the answer down.
func (c *clerk) send(ctx context.Context, d *door, o *op) bool {
	once := ""
	if o.keyed {
		once = o.label
	}
	answer, err := d.ask(context.WithoutCancel(ctx), o.method, o.path, once, o.body)
	if err != nil {
		c.pending = o
		return false
	}
	c.pending = nil
	o.answered(answer)
	c.learn(o)
	c.tidy(o)
	return true
}

// learn remembers what later requests are about.
func (c *clerk) learn(o *op) {
	if !o.answer.ok() {
		return
	}
	var a struct {
		Enrolment made   `json:"enrolment"`
		ID        string `json:"id"`
		Key       string `json:"key"`
	}
	if json.Unmarshal(o.answer.body, &a) != nil {
		return
	}
	switch o.kind {
	case enrolled:
		c.faces[o.customer] = append(c.faces[o.customer], a.Enrolment.ID)
	case erased:
		c.faces[o.customer] = nil
	case keyMade:
		c.keys, c.secrets[a.ID] = append(c.keys, a.ID), a.Key
	}
}

// tidy drops the bodies of requests that are never sent again: they hold
// photos.
func (c *clerk) tidy(o *op) {
	if o.kind != decided || !o.keyed || !o.answer.ok() {
		o.body = nil
		return
	}
	if c.last != nil {
		c.last.body = nil
	}
	c.last = o
}

// choose is the next request.
func (c *clerk) choose() *op {
	o := c.op()
	which := c.dice.IntN(3)
	o.customer = c.customer(which)
	path := "/api/identity/customers/" + o.customer
	roll := c.dice.IntN(100)
	switch {
	case roll < 6:
		return o.is(changed, http.MethodPut, "/api/identity/settings/risk-tiers", map[string]any{
			"note": o.label, "tiers": map[string]any{"low": map[string]any{"verificationMaxAgeMinutes": 1 + c.count%1440}},
		})
	case roll < 12:
		return o.is(keyMade, http.MethodPost, "/api/keys", map[string]any{"scopes": []string{"settings:view"}, "label": o.label})
	case roll < 15 && len(c.keys) > 0:
		o.id, c.keys = c.keys[0], c.keys[1:]
		return o.is(keyEnded, http.MethodPost, "/api/keys/"+url.PathEscape(o.id)+"/revoke", nil)
	case roll < 25:
		return o.is(unlocked, http.MethodPost, path+"/unlock", map[string]any{"reason": o.label})
	case roll < 30:
		o.customer = ""
		return o.is(deviceUnlocked, http.MethodPost, "/api/identity/devices/"+c.device()+"/unlock", map[string]any{"reason": o.label})
	case roll < 40 || len(c.people) == 0:
		return c.stepUp(o, "none", "")
	case roll < 48:
		return o.is(erased, http.MethodDelete, path+"/faces", nil)
	case roll < 52 && len(c.faces[o.customer]) > 0:
		list := c.faces[o.customer]
		o.id, c.faces[o.customer] = list[0], list[1:]
		return o.is(removed, http.MethodDelete, path+"/faces/"+o.id, nil)
	case roll < 70:
		o.keyed = c.dice.IntN(4) > 0
		return o.is(enrolled, http.MethodPost, "/api/identity/face/enroll", map[string]any{
			"customerId": o.customer, "image": c.person(which).enrol, "replace": c.dice.IntN(3) == 0,
		})
	}
	who := which
	if c.dice.IntN(3) == 0 {
		who++ // somebody else
	}
	return c.stepUp(o, []string{"low", "medium", "high"}[c.dice.IntN(3)], c.person(who).probe)
}

// op is a request with a label of its own.
func (c *clerk) op() *op {
	c.count++
	return &op{label: fmt.Sprintf("%s-%06d", c.name, c.count)}
}

func (c *clerk) person(n int) person { return c.people[n%len(c.people)] }

func (c *clerk) customer(n int) string { return fmt.Sprintf("%s-customer%d", c.name, n) }

func (c *clerk) device() string { return c.name + "-device" }

func (c *clerk) stepUp(o *op, risk, image string) *op {
	o.keyed = c.dice.IntN(4) > 0
	ask := map[string]any{"customerId": o.customer, "riskLevel": risk, "actionLabel": o.label}
	if image != "" {
		ask["image"] = image
	}
	if c.dice.IntN(3) == 0 {
		ask["deviceId"] = c.device()
	}
	return o.is(decided, http.MethodPost, "/api/identity/auth/step-up", ask)
}

// within answers a random time between two.
func within(dice *rand.Rand, least, most time.Duration) time.Duration {
	return least + time.Duration(dice.Int64N(int64(most-least)))
}
