package web

import (
	"context"
	"fmt"
	"html"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/prometheus/common/expfmt"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
)

const daemonTag = "Daemon"

// pages mounts what the edge answers itself.
func (s *Server) pages() {
	r := s.router
	page := func(path, id, summary string, kinds ...string) Operation {
		return Operation{
			Method: http.MethodGet, Path: path, ID: id, Summary: summary, Tag: daemonTag,
			Public: true, Produces: kinds,
		}
	}
	guarded := func(op Operation) Operation {
		if s.c.Guarded {
			op.Public, op.Scope = false, engine.ViewStatus
		}
		return op
	}
	HandleStream(r, page("/", "front", "What this is, and where to look.", "application/json"), s.front)
	HandleStream(r, page("/livez", "live", "Whether the process answers.", "application/json"), s.live)
	HandleStream(r, guarded(page("/readyz", "ready", "Whether it can work, and what is degraded.", "application/json")), s.ready)
	HandleStream(r, guarded(page("/metrics", "metrics", "Metrics for Prometheus.", "text/plain")), s.scrape)
	// Nothing is mounted while serving, so the document is written once.
	document := sync.OnceValues(s.OpenAPI)
	HandleStream(r, page("/openapi.json", "document", "This document.", "application/json"),
		func(context.Context, None) (*Stream, error) {
			body, err := document()
			return written(jsonType, body), err
		})
	HandleStream(r, page("/problems", "problems", "Every error code, with its meaning.", "text/html", "application/json"), s.problems)
	explained := page("/problems/{room}/{what}", "problem", "What one error code means.", "text/html", "application/json")
	explained.Faults = []*fault.Fault{errNoCode}
	HandleStream(r, explained, s.problem)
}

func (s *Server) front(context.Context, None) (*Stream, error) {
	return JSON(struct {
		Name     string   `json:"name"`
		Version  string   `json:"version"`
		Is       string   `json:"is"`
		Document string   `json:"document"`
		Errors   string   `json:"errors"`
		Health   []string `json:"health"`
	}{
		"rostod", s.c.Version, "Face verification inside your own perimeter.", "/openapi.json", "/problems",
		[]string{"/livez", "/readyz", "/metrics"},
	}), nil
}

func (s *Server) live(context.Context, None) (*Stream, error) {
	return JSON(map[string]string{"status": "ok"}), nil
}

func (s *Server) ready(ctx context.Context, _ None) (*Stream, error) {
	answer := s.c.Ready(ctx)
	stream := JSON(answer.report())
	if answer.Worst() == Failed {
		stream.Status = http.StatusServiceUnavailable
	}
	return stream, nil
}

func (s *Server) scrape(context.Context, None) (*Stream, error) {
	format := expfmt.NewFormat(expfmt.TypeTextPlain)
	return &Stream{ContentType: string(format), Write: func(_ context.Context, w io.Writer) error {
		families, err := s.c.Metrics.Gather()
		if err != nil {
			return fmt.Errorf("gather metrics: %w", err)
		}
		e := expfmt.NewEncoder(w, format)
		for _, f := range families {
			if err := e.Encode(f); err != nil {
				return fmt.Errorf("write metrics: %w", err)
			}
		}
		return nil
	}}, nil
}

// accept is how a reader says what it can read.
type accept struct {
	Accept string `header:"Accept" doc:"application/json for programs; people get a page."`
}

type oneCode struct {
	Accept string `header:"Accept" doc:"application/json for programs; people get a page."`

	Room string `path:"room" doc:"The part of the code before the slash."`
	What string `path:"what" doc:"The part of the code behind the slash."`
}

var errNoCode = &fault.Fault{
	Kind: fault.NotFound, Code: "problems/no-such-code",
	Title: "There is no such error code.",
	Hint:  "GET /problems lists every code.",
}

// meaning is what there is to say about an error code.
type meaning struct {
	Code   string `json:"code"`
	Status int    `json:"status"`
	Title  string `json:"title"`
	Hint   string `json:"hint,omitzero"`
}

func meaningOf(f *fault.Fault) meaning { return meaning{f.Code, statusOf(f), f.Title, f.Hint} }

func (s *Server) problems(_ context.Context, a accept) (*Stream, error) {
	var all []meaning
	for _, f := range s.router.faults() {
		all = append(all, meaningOf(f))
	}
	if forPrograms(a.Accept) {
		return JSON(all), nil
	}
	var rows strings.Builder
	for _, m := range all {
		fmt.Fprintf(&rows, "<tr><td>%d<td><a href=\"/problems/%[2]s\">%[2]s</a><td>%[3]s\n", m.Status, m.Code, html.EscapeString(m.Title))
	}
	return pageOf("Errors", "<table><tr><th>Status<th>Code<th>Meaning\n"+rows.String()+"</table>"), nil
}

func (s *Server) problem(_ context.Context, p oneCode) (*Stream, error) {
	for _, f := range s.router.faults() {
		if f.Code != p.Room+"/"+p.What {
			continue
		}
		m := meaningOf(f)
		if forPrograms(p.Accept) {
			return JSON(m), nil
		}
		return pageOf(m.Code, fmt.Sprintf("<p>HTTP status %d\n<p>%s\n<p>%s\n<p><a href=\"/problems\">All errors</a>",
			m.Status, html.EscapeString(m.Title), html.EscapeString(m.Hint))), nil
	}
	return nil, errNoCode
}

// forPrograms says whether an Accept header is a program's.
func forPrograms(accept string) bool {
	return strings.Contains(accept, "json") && !strings.Contains(accept, "html")
}

func pageOf(title, body string) *Stream {
	title = html.EscapeString(title)
	return written("text/html; charset=utf-8", []byte("<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>"+title+
		"</title>\n<h1>"+title+"</h1>\n"+body+"\n</html>\n"))
}

func written(kind string, body []byte) *Stream {
	return &Stream{ContentType: kind, Write: func(_ context.Context, w io.Writer) error {
		_, err := w.Write(body)
		return err
	}}
}
