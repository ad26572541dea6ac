package main

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/spf13/cobra"
)

type previewView struct {
	At       time.Time `json:"at"`
	Paused   bool      `json:"paused"`
	Due      int       `json:"due"`
	Held     int       `json:"held"`
	Holdings []struct {
		Name   string    `json:"name"`
		Due    int       `json:"due"`
		Held   int       `json:"held,omitzero"`
		Oldest time.Time `json:"oldest"`
	} `json:"holdings"`
	Records []struct {
		Holding string    `json:"holding"`
		Kind    string    `json:"kind"`
		ID      string    `json:"id"`
		At      time.Time `json:"at"`
		Held    bool      `json:"held,omitzero"`
	} `json:"records"`
}

type retentionState struct {
	State   string         `json:"state"`
	Reached time.Time      `json:"reached,omitzero"`
	NextAt  time.Time      `json:"nextAt,omitzero"`
	EndedAt time.Time      `json:"endedAt,omitzero"`
	Removed map[string]int `json:"removed"`
	Held    map[string]int `json:"held"`
	Clock   time.Time      `json:"clock"`
	Why     string         `json:"why,omitzero"`
}

func (p *program) retentionCommand() *cobra.Command {
	group := &cobra.Command{
		Use:   "retention",
		Short: "See what would be deleted tonight, and let the daily work go on",
		Long: `Once a day rostod removes what has been kept for as many days as the policy of its
org says (GET and PUT /api/retention/policy). It stops before a clock that has jumped.

` + exitCodes,
		Example: "  rostod retention preview\n  rostod retention preview --at 2027-01-01T00:00:00Z\n  rostod retention resume 2026-11-29",
	}
	group.AddCommand(p.retentionPreview(), p.retentionState("state", "Say how far the daily work is", false),
		p.retentionState("resume DAY", "Say that the clock is right: DAY is today, from a calendar", true))
	return group
}

func (p *program) retentionPreview() *cobra.Command {
	var at string
	c := p.jsonFlag(&cobra.Command{
		Use: "preview", Short: "Say what of an org would be deleted tonight; nothing is",
		RunE: func(c *cobra.Command, _ []string) error {
			path := "/api/retention/preview"
			if at != "" {
				path += "?at=" + url.QueryEscape(at)
			}
			var v previewView
			if err := p.control(c, http.MethodGet, path, nil, &v); err != nil {
				return err
			}
			if p.json {
				return p.writeJSON(v)
			}
			rows := []string{fmt.Sprintf("as of %s\t%d records would go, %d are held", v.At.Format(time.RFC3339), v.Due, v.Held)}
			if v.Paused {
				rows = append(rows, "paused\tnothing goes: the clock has jumped; see rostod retention state")
			}
			for _, h := range v.Holdings {
				rows = append(rows, fmt.Sprintf("%s\t%d, the oldest of %s; %d held", h.Name, h.Due, h.Oldest.Format(time.DateOnly), h.Held))
			}
			return p.table(rows...)
		},
	})
	c.Flags().StringVar(&at, "at", "", "as of another `moment`, RFC 3339")
	p.orgFlag(c)
	return c
}

// retentionState is state or resume.
func (p *program) retentionState(use, short string, resume bool) *cobra.Command {
	c := p.jsonFlag(&cobra.Command{
		Use: use, Short: short,
		RunE: func(c *cobra.Command, args []string) error {
			method, path, ask := http.MethodGet, "/api/retention/state", any(nil)
			if resume {
				if _, err := time.Parse(time.DateOnly, args[0]); err != nil {
					return withCode(exitUsage, errors.New("DAY is today's date, such as 2026-11-29"))
				}
				method, path, ask = http.MethodPost, "/api/retention/resume", map[string]string{"today": args[0]}
			}
			var v retentionState
			if err := p.control(c, method, path, ask, &v); err != nil {
				return err
			}
			if p.json {
				return p.writeJSON(v)
			}
			rows := []string{
				"state\t" + v.State, "clock\t" + v.Clock.Format(time.RFC3339),
				"reached\t" + reached(v.Reached),
			}
			if !v.NextAt.IsZero() {
				rows = append(rows, "next\t"+v.NextAt.Format(time.RFC3339))
			}
			if v.Why != "" {
				rows = append(rows, "why\t"+v.Why)
			}
			for _, name := range slices.Sorted(maps.Keys(v.Removed)) {
				rows = append(rows, fmt.Sprintf("removed\t%d of %s", v.Removed[name], name))
			}
			for _, name := range slices.Sorted(maps.Keys(v.Held)) {
				rows = append(rows, fmt.Sprintf("held\t%d of %s", v.Held[name], name))
			}
			return p.table(rows...)
		},
	})
	if resume {
		c.Args = p.exactly(1)
	}
	return c
}

// reached says as of when everything that was due is gone.
func reached(at time.Time) string {
	if at.IsZero() {
		return "not begun: it begins when the daemon first runs"
	}
	return "all that was due on " + at.Format(time.RFC3339) + " is gone"
}
