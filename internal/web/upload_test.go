package web_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/rostod/rostod/internal/web"
)

func TestUpload(t *testing.T) {
	e := newEdge(t, func(*web.Config) {})
	web.HandleUpload(e.Server.Router(), web.Operation{
		Method: "POST", Path: "/up/{id}", ID: "up", Summary: "Takes bytes.", Tag: "X", Public: true, Consumes: "text/x-raw", MaxBody: 64, Repeatable: true,
	}, func(_ context.Context, p one, body io.Reader) (map[string]string, error) {
		b, err := io.ReadAll(body)
		return map[string]string{"got": p.ID + string(b)}, err
	})
	if err := e.Server.Check(); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		what, body, kind string
		status           int
		want             string
	}{
		{"as it should be", "abc", "text/x-raw", 200, `{"got":"7abc"}`},
		{"another type", "abc", "text/plain", 415, "request/media-type"},
		{"too large", strings.Repeat("x", 65), "text/x-raw", 413, "request/too-large"},
	} {
		w := e.ask("POST", "/up/7", tt.body, "Content-Type: "+tt.kind)
		if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.want) {
			t.Errorf("%s: got %d %s, want %d %s", tt.what, w.Code, w.Body, tt.status, tt.want)
		}
	}
}

// TestLive is a stream that a reader sees piece by piece, and that ends when
// the server closes.
func TestLive(t *testing.T) {
	e := newEdge(t, func(*web.Config) {})
	web.HandleStream(e.Server.Router(), web.Operation{Method: "GET", Path: "/watch", ID: "watch", Summary: "Goes on.", Tag: "X", Public: true},
		func(context.Context, web.None) (*web.Stream, error) {
			return &web.Stream{ContentType: "text/event-stream", Live: true, Write: func(ctx context.Context, w io.Writer) error {
				_, err := io.WriteString(w, "begun\n")
				<-ctx.Done()
				return err
			}}, nil
		})
	if err := e.Server.Check(); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	front := e.Server.HTTP("")
	done := make(chan error, 1)
	go func() { done <- front.Serve(listener) }()
	answered, err := http.Get("http://" + listener.Addr().String() + "/watch")
	if err != nil {
		t.Fatal(err)
	}
	defer answered.Body.Close()
	r := bufio.NewReader(answered.Body)
	if line, err := r.ReadString('\n'); line != "begun\n" || err != nil {
		t.Errorf("got %q %v, want the first piece before the end", line, err)
	}
	if err := front.Shutdown(t.Context()); err != nil {
		t.Errorf("close: got %v, want none", err)
	}
	if rest, err := io.ReadAll(r); len(rest) != 0 || err != nil {
		t.Errorf("got %q %v behind it, want a proper end", rest, err)
	}
	if err := <-done; !errors.Is(err, http.ErrServerClosed) {
		t.Errorf("serve: got %v, want %v", err, http.ErrServerClosed)
	}
}
