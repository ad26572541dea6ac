package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/rostod/rostod/internal/fault"
)

// The names of the security schemes.
const (
	bearer   = "apiKey"
	token    = "token"
	selector = "selector"
)

const description = `Face verification inside your own perimeter.

Names of JSON members are matched without regard to case, dashes and underscores; unknown and repeated ones are refused.
A member that is null is the same as one that is absent.
Every answer has X-Request-Id: yours, if you sent one of at most 64 letters, digits and ` + "`- _ . :`" + `, else a new one.
Paths below /api/identity are also answered below /identity/api/identity, and a slash at the end of a path makes no difference.
The address in an error's ` + "`type`" + ` is a page of this daemon.`

// route is an operation with what the document says of it.
type route struct {
	op     *Operation
	door   *door
	body   reflect.Type // nil: none
	answer reflect.Type
}

// describe is the operation for huma: what it needs to serve it, and the
// answers. The body is added by document, since huma would read it too.
func (r *Router) describe(t route, path string) huma.Operation {
	op := t.op
	o := huma.Operation{
		OperationID:   op.ID,
		Method:        op.Method,
		Path:          path,
		Summary:       op.Summary,
		Description:   strings.TrimSpace(op.About),
		Tags:          []string{op.Tag},
		DefaultStatus: op.Success,
		Responses:     map[string]*huma.Response{},
		Middlewares:   huma.Middlewares{r.server.admit(op)},
	}
	switch {
	case op.Public:
	case op.Family == ByClient:
		o.Security = []map[string][]string{{token: {}, selector: {}}}
	default:
		scopes := []string{}
		if op.Scope != "" {
			scopes = append(scopes, string(op.Scope))
		}
		o.Security = []map[string][]string{{bearer: scopes}}
	}
	if op.Idempotent {
		o.Parameters = append(o.Parameters, &huma.Param{
			Name: "Idempotency-Key", In: "header",
			Description: "A name of your own for this request. Sent again with it, the request is answered with the same bytes and nothing is done twice.",
			Schema:      &huma.Schema{Type: huma.TypeString},
		})
	}
	o.Responses[strconv.Itoa(op.Success)] = r.success(t)
	for status, faults := range byStatus(op.Family, r.faultsOf(t)) {
		o.Responses[strconv.Itoa(status)] = r.failure(op, status, faults)
	}
	return o
}

// document adds the body to what huma has registered.
func (r *Router) document(t route) {
	if t.op.Consumes != "" {
		r.api.OpenAPI().Paths[t.op.Path].Post.RequestBody = &huma.RequestBody{
			Required: true, Description: "At most " + size(t.op.MaxBody) + ".",
			Content: map[string]*huma.MediaType{t.op.Consumes: {Schema: &huma.Schema{Type: huma.TypeString}}},
		}
		return
	}
	if t.body == nil || t.body == reflect.TypeFor[None]() {
		return
	}
	item := r.api.OpenAPI().Paths[t.op.Path]
	schema := r.api.OpenAPI().Components.Schemas.Schema(t.body, true, t.op.ID+"Request")
	body := &huma.RequestBody{
		Required:    !t.door.optional,
		Description: "At most " + size(t.op.MaxBody) + ".",
		Content:     map[string]*huma.MediaType{"application/json": {Schema: schema}},
	}
	for method, o := range map[string]*huma.Operation{
		http.MethodPost: item.Post, http.MethodPut: item.Put, http.MethodPatch: item.Patch, http.MethodDelete: item.Delete,
	} {
		if method == t.op.Method && o != nil {
			o.RequestBody = body
		}
	}
}

// success describes the answer.
func (r *Router) success(t route) *huma.Response {
	response := &huma.Response{Description: http.StatusText(t.op.Success), Content: map[string]*huma.MediaType{}}
	if !t.op.Public && t.op.Family != ByClient && t.op.Family != Hosted {
		response.Headers = rateHeaders()
	}
	switch {
	case t.answer == reflect.TypeFor[Stream]():
		for _, kind := range t.op.Produces {
			response.Content[kind] = &huma.MediaType{}
		}
	case t.answer != reflect.TypeFor[None]():
		schema := r.api.OpenAPI().Components.Schemas.Schema(t.answer, true, t.op.ID+"Response")
		response.Content["application/json"] = &huma.MediaType{Schema: schema}
	}
	return response
}

func rateHeaders() map[string]*huma.Param {
	header := func(about string) *huma.Param {
		return &huma.Param{Description: about, Schema: &huma.Schema{Type: huma.TypeInteger}}
	}
	return map[string]*huma.Param{
		"X-RateLimit-Limit":     header("Requests per minute that the API key has here."),
		"X-RateLimit-Remaining": header("How many are left now."),
		"X-RateLimit-Reset":     header("Unix second at which all are there again."),
	}
}

// faultsOf lists every fault that an operation can answer.
func (r *Router) faultsOf(t route) []*fault.Fault {
	faults := []*fault.Fault{errInternal, errTimeout, errQuery, errNotText, errRepeatedParameter, errParameters, errBearerInQuery}
	if t.op.Family != ByClient {
		faults = append(faults, errUnknownParameter)
	}
	if !t.op.Public {
		faults = append(faults, errBearerMissing, errBearerMalformed, errRate, errRateFailed)
	}
	if t.op.Family == ByClient {
		faults = append(faults, errAPIKeyAbsent)
	}
	if t.op.Scope != "" {
		faults = append(faults, errScope)
	}
	if t.op.Idempotent {
		faults = append(faults, errKeyInvalid, errKeyInProgress, errKeyOther)
	} else if t.op.Method == http.MethodPost && !t.op.Repeatable && t.op.Family != ByClient {
		faults = append(faults, errKeyRefused)
	}
	if t.op.Consumes != "" {
		faults = append(faults, errMediaType, errContentEncoding, errBodyTooLarge, errBodyTooSlow, errBodyBroken)
	}
	if !t.door.none {
		faults = append(faults, errContentType, errContentEncoding, errBodyTooLarge, errBodyTooSlow, errBodyBroken,
			errNotJSON, errNotObject, errNotUTF8, errTooDeep, errTrailing, errDuplicate, errUnknownMember)
	}
	if !t.door.none && !t.door.optional {
		faults = append(faults, errBodyEmpty)
	}
	if !t.door.none && t.body != reflect.TypeFor[None]() {
		faults = append(faults, errWrongType, errInvalid)
	}
	if t.body != nil && hasPicture(t.body) {
		faults = append(faults, errPictureEmpty, errPictureDataURL, errPictureNotBase64)
	}
	for _, f := range t.op.Faults {
		if !slices.Contains(faults, f) {
			faults = append(faults, f)
		}
	}
	return faults
}

// hasPicture says whether a body has a [Base64] somewhere.
func hasPicture(t reflect.Type) bool {
	switch {
	case t == reflect.TypeFor[Base64]():
		return true
	case t.Kind() == reflect.Pointer, t.Kind() == reflect.Slice, t.Kind() == reflect.Map:
		return hasPicture(t.Elem())
	case t.Kind() != reflect.Struct:
		return false
	}
	for i := range t.NumField() {
		if f := t.Field(i); f.IsExported() && hasPicture(f.Type) {
			return true
		}
	}
	return false
}

func byStatus(family Family, faults []*fault.Fault) map[int][]*fault.Fault {
	m := map[int][]*fault.Fault{}
	for _, f := range faults {
		said := spoken(family, f)
		if at := statusOf(said); !slices.ContainsFunc(m[at], func(x *fault.Fault) bool { return x.Code == said.Code }) {
			m[at] = append(m[at], said)
		}
	}
	return m
}

// failure describes the answers of one status: its codes, and an example of
// each that is the operation's own.
func (r *Router) failure(op *Operation, status int, faults []*fault.Fault) *huma.Response {
	slices.SortFunc(faults, func(a, b *fault.Fault) int { return strings.Compare(a.Code, b.Code) })
	kind, shape := "application/problem+json", reflect.TypeFor[Problem]()
	switch op.Family {
	case Identity:
		kind, shape = "application/json", reflect.TypeFor[IdentityError]()
	case ByClient:
		kind, shape = "application/json", reflect.TypeFor[ByClientError]()
	case OAuth:
		kind, shape = "application/json", reflect.TypeFor[OAuthError]()
	case Hosted:
		kind, shape = "application/json", reflect.TypeFor[HostedError]()
	}
	media := &huma.MediaType{
		Schema:   r.api.OpenAPI().Components.Schemas.Schema(shape, true, ""),
		Examples: map[string]*huma.Example{},
	}
	var codes []string
	var lines strings.Builder
	for _, f := range faults {
		codes = append(codes, f.Code)
		fmt.Fprintf(&lines, "\n* `%s`: %s", f.Code, f.Title)
		if slices.Contains(op.Faults, f) {
			media.Examples[f.Code] = &huma.Example{Summary: f.Title, Value: exampleOf(op.Family, f)}
		}
	}
	response := &huma.Response{
		Description: http.StatusText(status) + "\n" + lines.String(),
		Content:     map[string]*huma.MediaType{kind: media},
		Extensions:  map[string]any{"x-codes": codes},
	}
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		response.Headers = map[string]*huma.Param{
			"Retry-After": {Description: "Seconds to wait.", Schema: &huma.Schema{Type: huma.TypeInteger}},
		}
	}
	return response
}

// exampleOf is the error answer itself, as the edge would write it.
func exampleOf(family Family, f *fault.Fault) any {
	c := &call{family: family, id: "4bf92f3577b34da6a3ce929d0e0e4736", w: &response{ResponseWriter: nowhere{}}}
	_, _, body := c.problem(f)
	var v any
	_ = json.Unmarshal(body, &v) // we have just written it
	return v
}

// nowhere takes the headers of an answer that is not sent.
type nowhere struct{}

func (nowhere) Header() http.Header         { return http.Header{} }
func (nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (nowhere) WriteHeader(int)             {}

// OpenAPI is the document of everything that is mounted: OpenAPI 3.1, with
// sorted members, so that the same daemon always writes the same bytes.
func (s *Server) OpenAPI() ([]byte, error) {
	raw, err := json.Marshal(s.router.api.OpenAPI())
	if err != nil {
		return nil, fmt.Errorf("write the OpenAPI document: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var document any
	if err := d.Decode(&document); err != nil {
		return nil, fmt.Errorf("read the OpenAPI document back: %w", err)
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(document); err != nil {
		return nil, fmt.Errorf("indent the OpenAPI document: %w", err)
	}
	return out.Bytes(), nil
}
