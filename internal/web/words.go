package web

import (
	"fmt"
	"log"
	"log/slog"
	"reflect"
	"regexp"
	"strings"
)

// size is a number of bytes for people.
func size(n int64) string {
	if n >= 1<<10 && n%(1<<10) == 0 {
		return fmt.Sprintf("%d KiB (%d bytes)", n>>10, n)
	}
	return fmt.Sprintf("%d bytes", n)
}

// withHead adds HEAD to an Allow header that has GET.
func withHead(allow string) string {
	methods := strings.Split(allow, ", ")
	for _, m := range methods {
		if m == "GET" {
			return strings.Join(append(methods, "HEAD"), ", ")
		}
	}
	return allow
}

// schemaName names the schema of a Go type: types of a room have the room's
// name before them, so that two rooms may both have a "request".
func schemaName(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	name := t.Name()
	if name == "" {
		name = hint
	}
	folder := t.PkgPath()[strings.LastIndex(t.PkgPath(), "/")+1:]
	if folder == "engine" || folder == "web" || strings.EqualFold(folder, name) {
		folder = ""
	}
	var out strings.Builder
	for _, word := range strings.FieldsFunc(folder+" "+name, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9')
	}) {
		out.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return out.String()
}

var address = regexp.MustCompile(`(\[[0-9a-fA-F:%.]+\]|\d+\.\d+\.\d+\.\d+):\d+`)

// connectionLog takes what net/http has to say about connections, such as
// failed TLS handshakes, without the addresses, which can point at people.
func connectionLog(l *slog.Logger) *log.Logger { return log.New(connectionWriter{l}, "", 0) }

type connectionWriter struct{ log *slog.Logger }

func (w connectionWriter) Write(b []byte) (int, error) {
	said := address.ReplaceAllString(strings.TrimSpace(string(b)), "(address)")
	w.log.Info("connection", "err", said)
	return len(b), nil
}
