package web

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// kind is what a value must be.
type kind int

const (
	open   kind = iota // any JSON
	object             // a struct
	list               // a slice
	table              // a map
	text               // a string
	whole              // an integer
	number             // a number
	truth              // a boolean
	moment             // a time
	custom             // a type that reads itself, from a string
)

// sentence says what the value must be.
func (s *shape) sentence() string {
	switch s.kind {
	case object, table:
		return "It must be an object."
	case list:
		return "It must be a list."
	case text, custom:
		return "It must be a string."
	case whole:
		return "It must be a whole number in range."
	case number:
		return "It must be a number in range."
	case truth:
		return "It must be true or false."
	case moment:
		return "It must be a time such as 2026-01-31T12:00:00Z (RFC 3339)."
	default:
		return "It cannot be read."
	}
}

// shape is what a JSON value must look like: a Go type with the rules of its
// tags, prepared once so that a body is checked without looking at tags.
type shape struct {
	kind    kind
	pointer bool
	members []member // of an object
	item    *shape   // of a list or table
	rules   []rule   // of the value itself
}

// member is one name of an object.
type member struct {
	name     string
	index    []int
	required bool
	shape    *shape
}

var (
	decoderType = reflect.TypeFor[json.UnmarshalerFrom]()
	bytesType   = reflect.TypeFor[json.Unmarshaler]()
	textType    = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// shapeOf is the shape of a Go type. It refuses types whose document would
// promise what is not enforced.
func shapeOf(t reflect.Type) (*shape, error) { return shaped(t, nil) }

func shaped(t reflect.Type, within []reflect.Type) (*shape, error) {
	if t.Kind() == reflect.Pointer {
		s, err := shaped(t.Elem(), within)
		if err != nil {
			return nil, err
		}
		c := *s
		c.pointer = true
		return &c, nil
	}
	p := reflect.PointerTo(t)
	switch {
	case t == reflect.TypeFor[time.Time]():
		return &shape{kind: moment}, nil
	case t == reflect.TypeFor[time.Duration]():
		return nil, errors.New("time.Duration has no JSON: use a number with its unit in the name")
	case t == reflect.TypeFor[jsontext.Value](), t.Kind() == reflect.Interface:
		return &shape{kind: open}, nil
	case p.Implements(decoderType), p.Implements(bytesType), p.Implements(textType):
		return &shape{kind: custom}, nil
	}
	switch t.Kind() {
	case reflect.String:
		return &shape{kind: text}, nil
	case reflect.Bool:
		return &shape{kind: truth}, nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return &shape{kind: whole}, nil
	case reflect.Float32, reflect.Float64:
		return &shape{kind: number}, nil
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return nil, errors.New("bytes are read with web.Base64")
		}
		item, err := shaped(t.Elem(), within)
		return &shape{kind: list, item: item}, err
	case reflect.Map:
		if t.Key().Kind() != reflect.String {
			return nil, fmt.Errorf("keys of %s are not strings", t)
		}
		item, err := shaped(t.Elem(), within)
		return &shape{kind: table, item: item}, err
	case reflect.Struct:
		for _, outer := range within {
			if outer == t {
				return nil, fmt.Errorf("%s contains itself", t)
			}
		}
		s := &shape{kind: object}
		return s, s.addMembers(t, nil, append(within, t))
	default:
		return nil, fmt.Errorf("%s cannot be read from JSON", t)
	}
}

// addMembers adds the fields of a struct, those of embedded ones included, by
// the same tags that huma writes the document from.
func (s *shape) addMembers(t reflect.Type, index []int, within []reflect.Type) error {
	for i := range t.NumField() {
		f := t.Field(i)
		at := append(append([]int(nil), index...), i)
		tag, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && tag == "" && f.Type.Kind() == reflect.Struct {
			if err := s.addMembers(f.Type, at, within); err != nil {
				return err
			}
			continue
		}
		if !f.IsExported() || tag == "-" {
			continue
		}
		if f.Anonymous {
			return fmt.Errorf("embedded %s is not a struct", f.Name)
		}
		if tag == "" {
			return fmt.Errorf("field %s has no json name", f.Name)
		}
		inner, err := shaped(f.Type, within)
		if err != nil {
			return fmt.Errorf("%s: %w", tag, err)
		}
		inner, err = ruled(inner, f.Tag)
		if err != nil {
			return fmt.Errorf("%s: %w", tag, err)
		}
		required := !strings.Contains(options, "omitempty") && !strings.Contains(options, "omitzero")
		if said, ok := f.Tag.Lookup("required"); ok {
			required = said == "true"
		}
		s.members = append(s.members, member{name: tag, index: at, required: required, shape: inner})
	}
	return nil
}

// member finds a name the way the JSON reader does: without case, dashes and
// underscores.
func (s *shape) member(name string) *member {
	name = plain(name)
	for i := range s.members {
		if m := &s.members[i]; strings.EqualFold(plain(m.name), name) {
			return m
		}
	}
	return nil
}

func plain(name string) string {
	return strings.ReplaceAll(strings.ReplaceAll(name, "-", ""), "_", "")
}

// names lists the members of an object.
func (s *shape) names() []string {
	names := make([]string, len(s.members))
	for i, m := range s.members {
		names[i] = m.name
	}
	return names
}

// at is the shape of the value at p, or of nothing in particular.
func (s *shape) at(p jsontext.Pointer) *shape {
	for token := range p.Tokens() {
		switch s.kind {
		case object:
			m := s.member(token)
			if m == nil {
				return &shape{}
			}
			s = m.shape
		case list, table:
			s = s.item
		default:
			return s
		}
	}
	return s
}

// shown is the place p in our own words: bundle.frames[2]. Names that are not
// ours, and so the caller's, are a star.
func (s *shape) shown(p jsontext.Pointer) string {
	var out []byte
	for token := range p.Tokens() {
		name, next := ".*", &shape{}
		switch s.kind {
		case object:
			if m := s.member(token); m != nil {
				name, next = "."+m.name, m.shape
			}
		case list:
			name, next = "["+token+"]", s.item // an index: the reader has counted it
		case table:
			next = s.item
		}
		out = append(out, name...)
		s = next
	}
	if len(out) == 0 {
		return "body"
	}
	return strings.TrimPrefix(string(out), ".")
}
