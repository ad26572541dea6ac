package web

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
)

// Idempotent is an answer that is kept under the caller's Idempotency-Key,
// for the day on which the same request comes again.
type Idempotent struct {
	Caller      engine.Caller
	Key         string   // as it was sent, without quotes
	Fingerprint [32]byte // SHA-256 of what was asked
	Status      int
	Body        []byte // the answer, byte for byte
}

// Replays recalls the answers that rooms have stored. It finds only those of
// the same API key.
type Replays interface {
	Recall(ctx context.Context, caller engine.Caller, key string) (Idempotent, bool, error)
}

// keyed is the Idempotency-Key of a call.
type keyed struct {
	name        string
	fingerprint [32]byte
	pending     []byte // what the room has stored, and so what must be sent
}

// Pending is what a room must store, in the transaction of its decision, so
// that the answer can be repeated. It is false when the caller sent no
// Idempotency-Key. The bytes of the last Pending are what the caller gets,
// whatever the room then returns beside a nil error.
func Pending(ctx context.Context, answer any) (Idempotent, bool, error) {
	c := callOf(ctx)
	if c == nil || c.key.name == "" {
		return Idempotent{}, false, nil
	}
	body, err := encode(answer)
	if err != nil {
		return Idempotent{}, false, err
	}
	c.key.pending = body
	return Idempotent{
		Caller: c.caller, Key: c.key.name, Fingerprint: c.key.fingerprint, Status: c.op.Success, Body: body,
	}, true, nil
}

// recall answers from what was kept under the caller's Idempotency-Key. When
// it has answered, done is true; otherwise finish is called at the end.
func (c *call) recall(ctx context.Context, raw []byte) (finish func(), done bool) {
	finish = func() {}
	name, f := c.idempotencyKey()
	if f != nil {
		c.refuse(f)
		return finish, true
	}
	if name == "" {
		return finish, false
	}
	under := limitKey{string(c.caller.Key), name}
	if !c.server.running.begin(under) {
		c.refuse(errKeyInProgress.After(time.Second))
		return finish, true
	}
	finish = func() { c.server.running.end(under) }
	asked := fingerprint(c.op.Method, c.r.URL.EscapedPath(), c.r.URL.RawQuery, string(c.caller.Org), string(raw))
	kept, found, err := c.server.c.Replays.Recall(ctx, c.caller, name)
	switch {
	case err != nil:
		c.refuse(err)
	case found && kept.Fingerprint != asked:
		c.refuse(errKeyOther)
	case found:
		c.w.Header().Set("Idempotency-Replayed", "true")
		c.send(kept.Status, jsonType, kept.Body)
	default:
		c.key = keyed{name: name, fingerprint: asked}
		return finish, false
	}
	finish()
	return func() {}, true
}

// idempotencyKey is the key that the operation must honour, or none.
func (c *call) idempotencyKey() (string, *fault.Fault) {
	values := c.r.Header.Values("Idempotency-Key")
	if len(values) == 0 {
		return "", nil
	}
	if !c.op.Idempotent {
		// PUT and DELETE may be repeated by what they are. The by-client contract
		// has no such header: whoever sends it there sends it to everybody.
		promises := c.op.Method == http.MethodPost || c.op.Method == http.MethodPatch
		if promises && !c.op.Repeatable && c.family != ByClient {
			return "", errKeyRefused
		}
		return "", nil
	}
	if len(values) > 1 {
		return "", errKeyInvalid
	}
	return keyIn(values[0])
}

// keyIn reads a structured-field string (RFC 8941, 3.3.3), as the IETF draft
// has it, or the bare characters that most clients send.
func keyIn(header string) (string, *fault.Fault) {
	name := strings.Trim(header, " \t")
	if len(name) >= 2 && name[0] == '"' && name[len(name)-1] == '"' {
		inner := name[1 : len(name)-1]
		name = strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(inner)
		if strings.Contains(strings.NewReplacer(`\\`, "", `\"`, "").Replace(inner), `\`) ||
			strings.Contains(strings.NewReplacer(`\\`, "", `\"`, "").Replace(inner), `"`) {
			return "", errKeyInvalid
		}
	}
	if name == "" || len(name) > 255 || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", errKeyInvalid
	}
	return name, nil
}

// fingerprint is the SHA-256 of what was asked, each part with its length
// before it. Both prefixes of a path are one path.
func fingerprint(method, path, query, org, body string) [32]byte {
	if strings.HasPrefix(path, "/identity/api/") {
		path = strings.TrimPrefix(path, "/identity")
	}
	h := sha256.New()
	for _, part := range []string{method, path, query, org, body} {
		_ = binary.Write(h, binary.BigEndian, uint64(len(part)))
		_, _ = h.Write([]byte(part))
	}
	return [32]byte(h.Sum(nil))
}

// running knows the Idempotency-Keys whose first request is being answered.
type running struct {
	mu   sync.Mutex
	keys map[limitKey]bool
}

func newRunning() *running { return &running{keys: map[limitKey]bool{}} }

func (r *running) begin(k limitKey) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.keys[k] {
		return false
	}
	r.keys[k] = true
	return true
}

func (r *running) end(k limitKey) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.keys, k)
}
