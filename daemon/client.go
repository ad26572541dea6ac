package daemon

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/rostod/rostod/daemon/config"
	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/storage"
)

// Line is a connection to the daemon's control, or to the same rooms opened in
// this process when no daemon runs.
type Line struct {
	Data   string // the folder of the records at its other end
	client *http.Client
	org    string // whom it acts for
	close  func() error
}

// Dial reaches a running daemon, to act for the configuration's org; an error when
// none runs.
func Dial(ctx context.Context, c config.Config) (*Line, error) {
	socket := ControlSocket(c)
	dial := func(ctx context.Context) (net.Conn, error) { return (&net.Dialer{}).DialContext(ctx, "unix", socket) }
	conn, err := dial(ctx)
	if err != nil {
		return nil, fmt.Errorf("no daemon is running on %s: %w", c.Data, err)
	}
	if err := conn.Close(); err != nil {
		return nil, fmt.Errorf("reach the daemon: %w", err)
	}
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx) }}
	return &Line{c.Data, &http.Client{Transport: transport, Timeout: time.Minute}, c.Org, func() error {
		transport.CloseIdleConnections()
		return nil
	}}, nil
}

// ErrNoRecords is a folder that a command would have made a new store in.
var ErrNoRecords = &fault.Fault{
	Kind: fault.NotFound, Code: "storage/no-records",
	Title: "There are no records in this folder, and no daemon runs on it.",
	Hint:  "Name the folder that the daemon has: ROSTOD_DATA (the hub: ROSTOD_HUB_DATA), or a configuration file with --config. New records are made by the first start: rostod run (the hub: rostod hub run).",
}

// recorded says that a folder has records: a command makes none, because what it
// changed in a store of its own would be missing where the daemon looks.
func recorded(c config.Config) error {
	switch _, err := os.Stat(filepath.Join(c.Data, recordsFolder)); {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: %w", c.Data, ErrNoRecords)
	case err != nil:
		return fmt.Errorf("look for records: %w", err)
	}
	return nil
}

// Control reaches the running daemon, or else opens the records itself. A
// daemon may start or end at the same moment: whoever has the records is asked.
// Where there are none it makes none.
func Control(ctx context.Context, c config.Config, version string) (*Line, error) {
	return controlled(ctx, c, func() (*Line, error) { return alone(ctx, c, version) })
}

func controlled(ctx context.Context, c config.Config, open func() (*Line, error)) (*Line, error) {
	const tries = 50
	var err error
	for range tries {
		line, missing := Dial(ctx, c)
		if missing == nil {
			return line, nil
		}
		if err = recorded(c); err != nil {
			return nil, err
		}
		if line, err = open(); !errors.Is(err, storage.Locked) {
			return line, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	return nil, err
}

// alone opens the records and the rooms in this process, without a listener
// and without models.
func alone(ctx context.Context, c config.Config, version string) (*Line, error) {
	d, open, err := openAlone(ctx, c, version)
	if err != nil {
		return nil, err
	}
	end := func() error { return closeAll(context.WithoutCancel(ctx), open) }
	server, err := d.edge(atTheMachine, prometheus.NewRegistry(), false)
	if err != nil {
		return nil, errors.Join(err, end())
	}
	return inThisProcess(server.Handler(), d.Config, end), nil
}

func inThisProcess(handler http.Handler, c config.Config, end func() error) *Line {
	direct := &inProcess{handler: handler}
	return &Line{c.Data, &http.Client{Transport: direct}, c.Org, func() error {
		direct.answering.Wait()
		return end()
	}}
}

// inProcess answers requests by a handler, without a network.
type inProcess struct {
	handler   http.Handler
	answering sync.WaitGroup
}

// RoundTrip runs the handler, and answers when its answer begins: an export is read
// as it is written.
func (p *inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	from, to := io.Pipe()
	w := &answer{header: http.Header{}, status: http.StatusOK, body: to, begun: make(chan struct{})}
	p.answering.Go(func() {
		defer func() {
			// The edge cuts an answer that cannot be completed; nothing else gets here.
			if broken := recover(); broken != nil {
				_ = to.CloseWithError(errors.New("the answer was cut off")) // it never fails
			}
			w.begin()
			_ = to.Close() // it never fails
		}()
		p.handler.ServeHTTP(w, r)
	})
	<-w.begun
	return &http.Response{
		StatusCode: w.status, Header: w.sent, Body: from, Request: r, ProtoMajor: 1, ProtoMinor: 1, ContentLength: -1,
	}, nil
}

// answer hands on what a handler writes.
type answer struct {
	header, sent http.Header
	status       int
	body         io.Writer
	once         sync.Once
	begun        chan struct{}
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	a.once.Do(func() {
		a.status, a.sent = status, a.header.Clone()
		close(a.begun)
	})
}

func (a *answer) begin() { a.WriteHeader(a.status) }

func (a *answer) Write(b []byte) (int, error) {
	a.begin()
	return a.body.Write(b)
}

// Close ends the line.
func (l *Line) Close() error { return l.close() }

// Do asks and reads the answer; an error answer becomes a fault with the same
// words.
func (l *Line) Do(ctx context.Context, method, path string, ask, answer any) error {
	var body io.Reader
	if ask != nil {
		text, err := json.Marshal(ask)
		if err != nil {
			return fmt.Errorf("write the request: %w", err)
		}
		body = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, method, "http://rostod"+path, body)
	if err != nil {
		return fmt.Errorf("make the request: %w", err)
	}
	r.Header.Set("Authorization", "Bearer "+l.org)
	if ask != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	answered, err := l.client.Do(r)
	if err != nil {
		return fmt.Errorf("ask the daemon: %w", err)
	}
	text, err := io.ReadAll(answered.Body)
	if err = errors.Join(err, answered.Body.Close()); err != nil {
		return fmt.Errorf("read the daemon's answer: %w", err)
	}
	if answered.StatusCode >= http.StatusBadRequest {
		return refusal(answered.StatusCode, text)
	}
	if answered.StatusCode == http.StatusNoContent {
		return nil
	}
	if err := json.Unmarshal(text, answer); err != nil {
		return fmt.Errorf("understand the daemon's answer: %w", err)
	}
	return nil
}

// Copy asks for an answer of any length and writes it somewhere.
func (l *Line) Copy(ctx context.Context, path string, to io.Writer) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://rostod"+path, nil)
	if err != nil {
		return fmt.Errorf("make the request: %w", err)
	}
	return l.copied(r, to)
}

// CopyAsked is Copy with a question that stands in no address.
func (l *Line) CopyAsked(ctx context.Context, path string, ask any, to io.Writer) error {
	text, err := json.Marshal(ask)
	if err != nil {
		return fmt.Errorf("write the request: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://rostod"+path, bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("make the request: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	return l.copied(r, to)
}

func (l *Line) copied(r *http.Request, to io.Writer) error {
	r.Header.Set("Authorization", "Bearer "+l.org)
	answered, err := (&http.Client{Transport: l.client.Transport}).Do(r)
	if err != nil {
		return fmt.Errorf("ask the daemon: %w", err)
	}
	defer answered.Body.Close()
	if answered.StatusCode >= http.StatusBadRequest {
		text, err := io.ReadAll(io.LimitReader(answered.Body, 64<<10))
		if err != nil {
			return fmt.Errorf("read the daemon's answer: %w", err)
		}
		return refusal(answered.StatusCode, text)
	}
	if _, err := io.Copy(to, answered.Body); err != nil {
		return fmt.Errorf("read the daemon's answer: %w", err)
	}
	return nil
}

// Send sends bytes and hands over the answer's.
func (l *Line) Send(ctx context.Context, path string, body []byte) (answer []byte, header http.Header, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://rostod"+path, bytes.NewReader(body))
	if err != nil {
		return nil, nil, fmt.Errorf("make the request: %w", err)
	}
	r.Header.Set("Authorization", "Bearer "+l.org)
	if body != nil {
		r.Header.Set("Content-Type", "application/octet-stream")
	}
	answered, err := (&http.Client{Transport: l.client.Transport}).Do(r)
	if err != nil {
		return nil, nil, fmt.Errorf("ask the daemon: %w", err)
	}
	defer answered.Body.Close()
	text, err := io.ReadAll(answered.Body)
	switch {
	case err != nil:
		return nil, nil, fmt.Errorf("read the daemon's answer: %w", err)
	case answered.StatusCode >= http.StatusBadRequest:
		return nil, nil, refusal(answered.StatusCode, text)
	}
	return text, answered.Header, nil
}

// Watch reads server-sent events to their end.
func (l *Line) Watch(ctx context.Context, path string, each func(event string, data []byte) error) error {
	from, to := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := l.Copy(ctx, path, to)
		_ = to.CloseWithError(err) // it never fails
		done <- err
	}()
	err := events(from, each)
	_ = from.CloseWithError(err) // it never fails
	if copied := <-done; err == nil {
		err = copied
	}
	return err
}

// events are blocks of lines "event: …" and "data: …", each ended by an empty
// one; lines that begin with a colon are comments.
func events(from io.Reader, each func(event string, data []byte) error) error {
	var event string
	lines := bufio.NewScanner(from)
	for lines.Scan() {
		name, value, _ := bytes.Cut(lines.Bytes(), []byte(": "))
		switch string(name) {
		case "event":
			event = string(value)
		case "data":
			if err := each(event, value); err != nil {
				return err
			}
		}
	}
	return lines.Err()
}

// refusal is an error answer as a fault.
func refusal(status int, text []byte) error {
	var problem struct {
		Title  string              `json:"title"`
		Code   string              `json:"code"`
		Hint   string              `json:"hint"`
		Fields map[string][]string `json:"fields"`
	}
	if err := json.Unmarshal(text, &problem); err != nil || problem.Code == "" {
		return fmt.Errorf("the daemon answered %d", status)
	}
	f := &fault.Fault{Code: problem.Code, Title: problem.Title, Hint: problem.Hint}
	for name, sentences := range problem.Fields {
		for _, s := range sentences {
			f.Hint += fmt.Sprintf("\n  %s: %s", name, s)
		}
	}
	return f
}

// Scopes are the names of all that an API key may do.
func Scopes() []string {
	var names []string
	for _, s := range engine.Scopes() {
		names = append(names, string(s))
	}
	return names
}
