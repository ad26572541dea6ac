package webhook

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// plainServer is the address of a server without TLS.
func plainServer(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(s.Close)
	return strings.TrimPrefix(s.URL, "http://")
}
