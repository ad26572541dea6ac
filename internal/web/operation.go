package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
)

// Family is how an operation's errors are written.
type Family int

// The families.
const (
	// Own errors are RFC 9457 problems: application/problem+json.
	Own Family = iota
	// Identity errors are the step-up contract's: {"error":..,"details":..}
	// as application/json, with the members of a problem beside them.
	Identity
	// ByClient errors are the by-client contract's: {"error":{"code",
	// "description"}}. Its operations take two headers, Authorization and
	// APIKEY, answer 403 where others answer 401, ignore members that they do
	// not know, and are limited by the second and the org.
	ByClient
	// OAuth errors are the token endpoint's: {"error","error_description"}.
	OAuth
	// Hosted errors are those of the contract of hosted processes: {"error":
	// {"code","description"}} with the numbers of gRPC, and the same beside it
	// as "code" and "message". Its operations take a Bearer, which may be an
	// access token, ignore members that they do not know, and are limited by
	// the second and the org.
	Hosted
)

// Operation is one method on one path.
type Operation struct {
	Method string // GET, POST, PUT, PATCH or DELETE; HEAD follows GET
	Path   string // "/api/identity/auth/step-up", parameters as {id}

	ID      string // operationId, unique: "stepUp"
	Summary string // one line
	About   string // Markdown
	Tag     string // the chapter that it stands in

	Family Family
	Scope  engine.Scope // what the key must be allowed; empty: any valid key
	Public bool         // needs no key at all
	Bucket string       // rate bucket; empty: "read" for GET, "write" for others
	// Success is the status of an answer; 0 is 200.
	Success int
	// Idempotent operations honour Idempotency-Key: they call [Pending] and
	// store what it returns.
	Idempotent bool
	// Repeatable says that a POST changes nothing, so that an
	// Idempotency-Key may stand there and has nothing to do. On other POSTs
	// the header is refused: ignoring it would break the promise that the
	// caller reads into it.
	Repeatable bool
	// OptionalBody takes an empty body for {}.
	OptionalBody bool
	MaxBody      int64          // bytes; 0 is 64 KiB
	Faults       []*fault.Fault // the error answers of its own, for the document
	// Produces lists the media types of a stream; empty: any.
	Produces []string
	// Consumes is the media type that [HandleRaw] takes.
	Consumes string
	// Prefix stands before Path where an Identity operation is mounted for the
	// second time; empty: /identity.
	Prefix string
	// CrossOrigin lets pages of Config.Origins use it from a browser.
	CrossOrigin bool
}

// None stands for parameters, a body or an answer that is not there.
type None struct{}

// Checked is a body with rules that tags cannot say. Check is called when the
// body has been read and its tags hold.
type Checked interface{ Check() *fault.Fault }

const defaultMaxBody = 64 << 10

// both is where an operation is mounted: the contract's own prefix comes
// second and is not in the document.
func (op *Operation) both() []string {
	if op.Family == Identity && strings.HasPrefix(op.Path, "/api/") {
		return []string{op.Path, cmp.Or(op.Prefix, "/identity") + op.Path}
	}
	return []string{op.Path}
}

func (op *Operation) withDefaults() {
	if op.Success == 0 {
		op.Success = http.StatusOK
	}
	if op.MaxBody == 0 {
		op.MaxBody = defaultMaxBody
	}
	if op.Bucket == "" {
		op.Bucket = op.rate()
	}
}

// rate is the general bucket of the method.
func (op *Operation) rate() string {
	if op.Method == http.MethodGet {
		return "read"
	}
	return "write"
}

// mistakes are the ways in which an operation cannot be right.
func (op *Operation) mistakes() error {
	var errs []error
	say := func(format string, a ...any) { errs = append(errs, fmt.Errorf(format, a...)) }
	methods := []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}
	if !slices.Contains(methods, op.Method) {
		say("method %q is not one of %v", op.Method, methods)
	}
	if !strings.HasPrefix(op.Path, "/") || (op.Path != "/" && strings.HasSuffix(op.Path, "/")) {
		say("path %q must begin with a slash and not end with one", op.Path)
	}
	if op.ID == "" || op.Summary == "" || op.Tag == "" {
		say("ID, Summary and Tag are needed for the document")
	}
	if op.Public && op.Scope != "" {
		say("public and yet asks for scope %s", op.Scope)
	}
	if op.Scope != "" && !slices.Contains(engine.Scopes(), op.Scope) {
		say("there is no scope %q", op.Scope)
	}
	if op.Consumes != "" && op.Method != http.MethodPost {
		say("only a POST consumes %s", op.Consumes)
	}
	if op.Public && op.Idempotent {
		say("Idempotency-Key belongs to a caller, and a public operation has none")
	}
	return errors.Join(errs...)
}

// Handle mounts an operation that answers JSON. P holds the parameters as a
// struct with path:"", query:"" and header:"" tags, B the JSON body, A the
// JSON answer; [None] where there is none. Tags of P and B (doc, example,
// enum, minLength, maxLength, pattern, minimum, maximum, minItems, maxItems,
// required) are documented and enforced. A wrong registration is not mounted:
// [Server.Check] reports it.
func Handle[P, B, A any](r *Router, op Operation, answer func(ctx context.Context, params P, body B) (A, error)) {
	op.withDefaults()
	door, err := newDoor(reflect.TypeFor[B](), op.Method)
	if err != nil {
		r.mistake(op, err)
		return
	}
	door.optional = door.optional || op.OptionalBody
	door.lenient = op.Family == ByClient || op.Family == Hosted
	t := route{op: &op, door: door, body: reflect.TypeFor[B](), answer: reflect.TypeFor[A]()}
	mount(r, t, func(ctx context.Context, params *P) {
		c := callOf(ctx)
		ctx, cancel := c.deadline(ctx)
		defer cancel()
		raw, release, err := c.readBody()
		defer release()
		if err != nil {
			c.refuse(err)
			return
		}
		finish, replayed := c.recall(ctx, raw)
		if replayed {
			return
		}
		defer finish()
		var body B
		if err := door.decode(raw, &body); err != nil {
			c.refuse(err)
			return
		}
		given, err := answer(ctx, *params, body)
		if err != nil {
			c.refuse(err)
			return
		}
		c.reply(given)
	})
}

// mount registers one function under every path of the operation.
func mount[P any](r *Router, t route, do func(context.Context, *P)) {
	if err := errors.Join(t.op.mistakes(), parameters(reflect.TypeFor[P]())); err != nil {
		r.mistake(*t.op, err)
		return
	}
	defer func() {
		// huma and gin panic on types and paths that they cannot serve. That
		// is a mistake like the others: named, and reported before serving.
		if e := recover(); e != nil {
			r.mistake(*t.op, fmt.Errorf("%v", e))
		}
	}()
	for i, path := range t.op.both() {
		described := r.describe(t, path)
		described.Hidden = i > 0
		huma.Register(r.api, described, func(ctx context.Context, params *P) (*struct{}, error) {
			do(ctx, params)
			return nil, nil
		})
	}
	r.remember(t)
}
