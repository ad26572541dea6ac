package web

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/rostod/rostod/internal/fault"
)

// mostFields is how many members one answer blames.
const mostFields = 20

// place is where a value stands, innermost first. Only when something is
// wrong is it written out.
type place struct {
	outer *place
	name  string // of a member: ours; of a table's entry: the caller's
	step  byte   // '.' member, '[' item, '*' entry of a table
}

// key names the place for [sent]: unique, and possibly with the caller's words.
func (p *place) key() string {
	if p.outer == nil {
		return p.name
	}
	return p.outer.key() + "\x00" + p.name
}

// String is the place in our own words.
func (p *place) String() string {
	switch {
	case p == nil:
		return ""
	case p.step == '[':
		return p.outer.String() + "[" + p.name + "]"
	case p.step == '*':
		return p.outer.String() + ".*"
	default:
		return strings.TrimPrefix(p.outer.String()+"."+p.name, ".")
	}
}

// inspection is one body on its way through the rules.
type inspection struct {
	shape *shape
	raw   []byte
	sent  map[string]bool
	found *fault.Fault
	count int
}

// check holds a value, read from raw, against the rules of its shape.
func (s *shape) check(v reflect.Value, raw []byte) *fault.Fault {
	in := inspection{shape: s, raw: raw}
	in.value(s, v, place{})
	return in.found
}

func (in *inspection) blame(at *place, sentence string) {
	if in.found == nil {
		in.found = errInvalid
	}
	if in.count++; in.count <= mostFields {
		in.found = in.found.Field(at.String(), sentence)
	}
}

// has says whether the member was sent, and not as null. Go's zero values
// cannot tell, so the body is asked, once and only when it matters.
func (in *inspection) has(at place) bool {
	if in.sent == nil {
		in.sent = map[string]bool{}
		sent(in.shape, in.raw, 0, nil, in.sent)
	}
	return in.sent[at.key()]
}

// value checks a value that was sent.
func (in *inspection) value(s *shape, v reflect.Value, at place) {
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return
		}
		v = v.Elem()
	}
	for _, r := range s.rules {
		if r.broken(v) {
			in.blame(&at, r.sentence)
		}
	}
	if s.flat() {
		return
	}
	within := &place{outer: at.outer, name: at.name, step: at.step}
	if at == (place{}) {
		within = nil // the body itself
	}
	switch s.kind {
	case object:
		for i := range s.members {
			m := &s.members[i]
			in.member(m, v.FieldByIndex(m.index), place{outer: within, name: m.name, step: '.'})
		}
	case list:
		for i := range v.Len() {
			in.value(s.item, v.Index(i), place{outer: within, name: strconv.Itoa(i), step: '['})
		}
	case table:
		for entries := v.MapRange(); entries.Next(); {
			in.value(s.item, entries.Value(), place{outer: within, name: entries.Key().String(), step: '*'})
		}
	}
}

// member checks one member of an object. One that is not there breaks no rule
// but that it may be required.
func (in *inspection) member(m *member, v reflect.Value, at place) {
	if !v.IsZero() {
		in.value(m.shape, v, at)
		return
	}
	if !m.required && m.shape.kind != object && !m.shape.breaks(v) {
		return
	}
	switch sent := !nilable(v) && in.has(at); {
	case sent:
		in.value(m.shape, v, at)
	case m.required:
		in.blame(&at, "It is required.")
	}
}

// nilable says whether v is of a kind whose zero can only mean absent or null.
func nilable(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface:
		return true
	default:
		return false
	}
}

// breaks says whether a value breaks a rule.
func (s *shape) breaks(v reflect.Value) bool {
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return false
		}
		v = v.Elem()
	}
	for _, r := range s.rules {
		if r.broken(v) {
			return true
		}
	}
	return false
}

// flat says whether there is nothing to check inside.
func (s *shape) flat() bool {
	return s.kind != object && (s.item == nil || s.item.flat() && len(s.item.rules) == 0)
}

// sent notes the key of every member in raw that is not null, with our names
// where there are ours. raw is valid JSON, s its shape, and i where the value
// begins; the result is where it ends.
func sent(s *shape, raw []byte, i int, at *place, into map[string]bool) int {
	i = skipSpace(raw, i)
	if i >= len(raw) {
		return i
	}
	switch raw[i] {
	case '"':
		return endOfString(raw, i) + 1
	case '{', '[':
		return sentWithin(s, raw, i, at, into)
	}
	for i < len(raw) && !strings.ContainsRune(",]} \t\r\n", rune(raw[i])) {
		i++
	}
	return i
}

// sentWithin goes through the members of an object or the items of a list.
func sentWithin(s *shape, raw []byte, i int, at *place, into map[string]bool) int {
	isObject := raw[i] == '{'
	for n := 0; i < len(raw); n++ {
		i = skipSpace(raw, i+1) // behind the bracket or the comma
		if i >= len(raw) || raw[i] == '}' || raw[i] == ']' {
			return i + 1
		}
		inner, here := &shape{}, &place{outer: at, name: strconv.Itoa(n), step: '['}
		if isObject {
			end := endOfString(raw, i)
			here.name, inner = s.named(raw[i:min(end+1, len(raw))])
			i = skipSpace(raw, skipSpace(raw, end+1)+1)
			into[here.key()] = i < len(raw) && raw[i] != 'n'
		}
		if s.item != nil {
			inner = s.item
		}
		i = skipSpace(raw, sent(inner, raw, i, here, into))
		if i < len(raw) && raw[i] != ',' {
			return i + 1
		}
	}
	return i
}

// named finds our name and shape of a quoted one.
func (s *shape) named(quoted []byte) (string, *shape) {
	for i := range s.members { // nearly always: written as documented
		if m := &s.members[i]; len(quoted) == len(m.name)+2 && string(quoted[1:len(quoted)-1]) == m.name {
			return m.name, m.shape
		}
	}
	name, err := jsontext.AppendUnquote(nil, quoted)
	if err != nil {
		return "", &shape{} // not JSON: the reader has said so already
	}
	if m := s.member(string(name)); m != nil {
		return m.name, m.shape
	}
	return string(name), &shape{}
}

func skipSpace(raw []byte, i int) int {
	for i < len(raw) && (raw[i] == ' ' || raw[i] == '\t' || raw[i] == '\r' || raw[i] == '\n') {
		i++
	}
	return i
}
