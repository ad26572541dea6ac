package web

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/rostod/rostod/internal/fault"
)

// door reads the JSON bodies of one operation.
type door struct {
	shape    *shape
	optional bool // an empty body is as good as {}
	none     bool // GET: a body is not looked at
	lenient  bool // members that are not known are passed over
}

// newDoor prepares a door for bodies of type t.
func newDoor(t reflect.Type, method string) (*door, error) {
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("a body must be a struct, not %s", t)
	}
	empty := t == reflect.TypeFor[None]()
	if method == http.MethodGet && !empty {
		return nil, errors.New("a GET has no body")
	}
	s, err := shapeOf(t)
	if err != nil {
		return nil, fmt.Errorf("body %s: %w", t, err)
	}
	return &door{shape: s, optional: empty, none: method == http.MethodGet}, nil
}

// deepest is how far objects and lists may lie in one another.
const deepest = 32

// reading is how every body is read: names without regard to case, but none
// that is unknown, none twice, and nothing that is not UTF-8.
var reading = json.JoinOptions(
	json.MatchCaseInsensitiveNames(true),
	json.RejectUnknownMembers(true),
	jsontext.AllowDuplicateNames(false),
	jsontext.AllowInvalidUTF8(false),
)

// decode reads raw once into the struct that into points at, and asks the
// rules of its tags and its Check.
func (d *door) decode(raw []byte, into any) error {
	if d.none {
		return nil
	}
	if d.optional && len(raw) == 0 {
		raw = []byte("{}")
	}
	if f := glance(raw); f != nil {
		return f
	}
	if err := json.Unmarshal(raw, into, reading, json.RejectUnknownMembers(!d.lenient)); err != nil {
		return d.understand(err, raw)
	}
	if f := d.shape.check(reflect.ValueOf(into).Elem(), raw); f != nil {
		return f
	}
	if c, ok := into.(Checked); ok {
		if f := c.Check(); f != nil {
			return f
		}
	}
	return nil
}

// glance sees what is wrong before the JSON is read: nothing there, not an
// object, nested without end. It jumps over strings and costs next to nothing.
func glance(raw []byte) *fault.Fault {
	body := bytes.TrimLeft(raw, " \t\r\n")
	if len(body) == 0 {
		return errBodyEmpty
	}
	if body[0] != '{' {
		if jsontext.Value(body).IsValid() {
			return errNotObject
		}
		return nil // reading it says what is wrong
	}
	if depth(body) > deepest {
		return errTooDeep
	}
	return nil
}

// depth is how deep objects and lists lie in one another. Of what is not JSON
// it is some number.
func depth(body []byte) (most int) {
	at := 0
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '{', '[':
			at++
			most = max(most, at)
		case '}', ']':
			at--
		case '"':
			i = endOfString(body, i)
		}
	}
	return most
}

// endOfString is the place of the quote that closes the string that opens at
// i, or the end of body.
func endOfString(body []byte, i int) int {
	for i++; i < len(body); i++ {
		n := bytes.IndexByte(body[i:], '"')
		if n < 0 {
			return len(body)
		}
		slash := bytes.IndexByte(body[i:i+n], '\\')
		if slash < 0 {
			return i + n
		}
		i += slash + 1 // and the escaped byte
	}
	return len(body)
}

// understand says in our words why raw could not be read.
func (d *door) understand(err error, raw []byte) error {
	var meaning *json.SemanticError
	var syntax *jsontext.SyntacticError
	hasMeaning, hasSyntax := errors.As(err, &meaning), errors.As(err, &syntax)
	switch f := fault.Of(err); {
	case f != nil && hasMeaning && f != errWrongType: // a type of ours has refused its value
		return f.Field(d.shape.shown(meaning.JSONPointer), f.Title)
	case !utf8.Valid(raw):
		return errNotUTF8
	case errors.Is(err, jsontext.ErrDuplicateName) && hasSyntax:
		return errDuplicate.Field(d.shape.shown(syntax.JSONPointer), "It stands twice.")
	case errors.Is(err, jsontext.ErrDuplicateName) && hasMeaning:
		return errDuplicate.Field(d.shape.shown(meaning.JSONPointer), "It stands twice.")
	case errors.Is(err, json.ErrUnknownName) && hasMeaning:
		return d.unknownMember(meaning.JSONPointer)
	case hasMeaning && !hasSyntax:
		return errWrongType.Field(d.shape.shown(meaning.JSONPointer), d.shape.at(meaning.JSONPointer).sentence())
	case followed(raw):
		return errTrailing
	default:
		return errNotJSON
	}
}

// unknownMember lists the members that would have been understood in the
// object that has the unknown one.
func (d *door) unknownMember(p jsontext.Pointer) *fault.Fault {
	parent := p.Parent()
	f := unknown(errUnknownMember, d.shape.at(parent).names())
	if parent != "" {
		f = f.Field(d.shape.shown(parent), f.Hint)
	}
	return f
}

// followed says whether raw begins with a whole value and has more after it.
func followed(raw []byte) bool {
	d := jsontext.NewDecoder(bytes.NewReader(raw), jsontext.AllowDuplicateNames(true))
	if d.SkipValue() != nil {
		return false
	}
	return len(bytes.TrimSpace(raw[d.InputOffset():])) > 0
}
