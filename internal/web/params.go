package web

import (
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
)

// parameters says whether a struct of parameters can be read as it is
// documented: huma drops the high bits of small integers, takes NaN for a
// number, and passes over fields that it does not know.
func parameters(t reflect.Type) error {
	if t.Kind() != reflect.Struct {
		return fmt.Errorf("parameters must be a struct, not %s", t)
	}
	for i := range t.NumField() {
		f := t.Field(i)
		_, path := f.Tag.Lookup("path")
		_, query := f.Tag.Lookup("query")
		_, header := f.Tag.Lookup("header")
		kind := f.Type
		if kind.Kind() == reflect.Slice {
			kind = kind.Elem()
		}
		switch {
		case f.Anonymous && f.IsExported() && f.Type.Kind() == reflect.Struct:
			if err := parameters(f.Type); err != nil {
				return err
			}
		case !f.IsExported() || f.Anonymous || !(path || query || header):
			return fmt.Errorf("field %s has no path, query or header tag, or is not exported", f.Name)
		case kind == reflect.TypeFor[time.Time]() && kind == f.Type:
		case kind.Kind() == reflect.String, kind.Kind() == reflect.Int, kind.Kind() == reflect.Int64, kind.Kind() == reflect.Bool && kind == f.Type:
		default:
			return fmt.Errorf("%s, a %s, cannot be a parameter", f.Name, f.Type)
		}
	}
	return nil
}

// printable says whether a parameter is text: valid UTF-8 without control
// characters.
func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

// refusal is a finished answer on its way through huma, which finds bad
// parameters but would repeat them.
type refusal struct {
	status      int
	contentType string
	body        []byte
}

// Error is for huma, which never shows it.
func (r *refusal) Error() string { return "refused" }

// GetStatus is for huma.
func (r *refusal) GetStatus() int {
	if r.status == 0 {
		return http.StatusInternalServerError
	}
	return r.status
}

// ContentType is for huma, which would choose by the Accept header.
func (r *refusal) ContentType(string) string { return r.contentType }

// Schema keeps it out of the document.
func (r *refusal) Schema(huma.Registry) *huma.Schema { return &huma.Schema{} }

// writeRefusal writes what refuseParameters has made.
func writeRefusal(w io.Writer, v any) error {
	r, ok := v.(*refusal)
	if !ok {
		return fmt.Errorf("only refusals are written by huma, not a %T", v)
	}
	_, err := w.Write(r.body)
	return err
}

// refuseParameters turns what huma found about the parameters into a fault
// that names them and says what they must be, and leaves out what was sent.
func refuseParameters(ctx huma.Context, _ int, _ string, errs ...error) huma.StatusError {
	c := callOf(ctx.Context())
	f := errParameters
	for _, err := range errs {
		if d, ok := err.(huma.ErrorDetailer); ok {
			f = f.Field(parameterOf(d.ErrorDetail().Location), parameterSentence(d.ErrorDetail().Message))
		}
	}
	c.code = f.Code
	r := &refusal{}
	r.status, r.contentType, r.body = c.problem(f)
	return r
}

// parameterOf is the name in a location like "query.limit" or "query.ids[2]".
func parameterOf(location string) string {
	_, name, _ := strings.Cut(location, ".")
	name, _, _ = strings.Cut(name, "[")
	return name
}

// parameterSentence makes a sentence of huma's messages, which speak of the
// schema. For the types that parameters lets in, none repeats a value.
func parameterSentence(message string) string {
	if message == "" {
		return "It cannot be read."
	}
	return strings.ToUpper(message[:1]) + message[1:] + "."
}
