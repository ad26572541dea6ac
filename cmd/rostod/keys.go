package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rostod/rostod/daemon"
)

// keyView is an API key as the daemon shows it.
type keyView struct {
	ID           string    `json:"id"`
	Key          string    `json:"key,omitzero"`
	Scopes       []string  `json:"scopes"`
	Org          string    `json:"org"`
	Segment      string    `json:"segment,omitzero"`
	Label        string    `json:"label,omitzero"`
	Holder       string    `json:"holder,omitzero"`
	Capabilities []string  `json:"capabilities,omitzero"`
	CaptureOnly  bool      `json:"captureOnly,omitzero"`
	Sandbox      bool      `json:"sandbox,omitzero"`
	CreatedAt    time.Time `json:"createdAt"`
	ExpiresAt    time.Time `json:"expiresAt,omitzero"`
	RevokedAt    time.Time `json:"revokedAt,omitzero"`
}

type keyRequest struct {
	Scopes        []string `json:"scopes"`
	Org           string   `json:"org,omitzero"`
	Segment       string   `json:"segment,omitzero"`
	Label         string   `json:"label,omitzero"`
	Holder        string   `json:"holder,omitzero"`
	ExpiresInDays int      `json:"expiresInDays,omitzero"`
	Capabilities  []string `json:"capabilities,omitzero"`
	CaptureOnly   bool     `json:"captureOnly,omitzero"`
	Sandbox       bool     `json:"sandbox,omitzero"`
}

func (p *program) keysCommand() *cobra.Command {
	keys := &cobra.Command{
		Use:   "keys",
		Short: "Make, list and revoke API keys",
		Long: `Works beside a running daemon, and without one once it has run. It may be used
only by the user that the daemon runs as.

` + exitCodes,
	}
	keys.AddCommand(p.keysCreate(), p.keysList(), p.keysRevoke())
	return keys
}

// control asks the daemon, or the records themselves when none is running.
func (p *program) control(c *cobra.Command, method, path string, ask, answer any) error {
	return p.onRecords(c.Context(), method != http.MethodGet, func(line *daemon.Line) error {
		return line.Do(c.Context(), method, path, ask, answer)
	})
}

func (p *program) keysCreate() *cobra.Command {
	var scopes []string
	var wish keyRequest
	c := p.jsonFlag(&cobra.Command{
		Use:     "create --scopes all|SCOPE,…",
		Short:   "Make an API key; its secret is printed this once",
		Long:    "Makes an API key. Scopes are: all, or any of\n" + columns(daemon.Scopes()) + "\n" + exitCodes,
		Example: "  rostod keys create --scopes all --json\n  rostod keys create --scopes verifications:view,customers:write --label teller --days 365",
		RunE: func(c *cobra.Command, _ []string) error {
			if len(scopes) == 0 {
				return withCode(exitUsage, errors.New("--scopes is missing; see: rostod keys create --help"))
			}
			wish.Scopes = scopes
			var made keyView
			if err := p.control(c, http.MethodPost, "/api/keys", wish, &made); err != nil {
				return err
			}
			if p.json {
				return p.writeJSON(made)
			}
			return p.table("id\t"+made.ID, "key\t"+made.Key, "org\t"+made.Org, "scopes\t"+strings.Join(made.Scopes, " "))
		},
	})
	c.Flags().StringSliceVar(&scopes, "scopes", nil, "what the key may do: `all`, or scopes with commas between")
	c.Flags().StringVar(&wish.Org, "org", "", "the `org` that the key acts for; the configured one when left out")
	c.Flags().StringVar(&wish.Segment, "segment", "", "the part of the org's base that duplicate searches cover")
	c.Flags().StringVar(&wish.Label, "label", "", "what the key is for")
	c.Flags().StringVar(&wish.Holder, "holder", "", "the `person` or system that the key is for, better a staff number than a name; what takes two people takes two holders")
	c.Flags().StringSliceVar(&wish.Capabilities, "capabilities", nil, "what the key's processes find, such as liveness,multi-accounts; needs the scope processes:run")
	c.Flags().BoolVar(&wish.CaptureOnly, "captures-only", false, "its processes take bundles of flash challenges only, no plain pictures")
	c.Flags().BoolVar(&wish.Sandbox, "sandbox", false, "its processes know the published people of the sandbox")
	c.Flags().IntVar(&wish.ExpiresInDays, "days", 0, "the key ends after this many days; never when left out")
	return c
}

func (p *program) keysList() *cobra.Command {
	return p.jsonFlag(&cobra.Command{
		Use:   "list",
		Short: "List the API keys of every org, without their secrets",
		RunE: func(c *cobra.Command, _ []string) error {
			var list struct {
				Data []keyView `json:"data"`
			}
			if err := p.control(c, http.MethodGet, "/api/keys", nil, &list); err != nil {
				return err
			}
			if p.json {
				return p.writeJSON(list)
			}
			rows := []string{"ID\tORG\tSTATE\tMADE\tLABEL\tHOLDER\tSCOPES"}
			for _, k := range list.Data {
				rows = append(rows, strings.Join([]string{
					k.ID, k.Org, k.state(time.Now()), k.CreatedAt.Format(time.DateOnly), k.Label, k.Holder, strings.Join(k.Scopes, " "),
				}, "\t"))
			}
			return p.table(rows...)
		},
	})
}

func (k keyView) state(now time.Time) string {
	switch {
	case !k.RevokedAt.IsZero():
		return "revoked"
	case !k.ExpiresAt.IsZero() && !now.Before(k.ExpiresAt):
		return "expired"
	default:
		return "active"
	}
}

func (p *program) keysRevoke() *cobra.Command {
	return p.jsonFlag(&cobra.Command{
		Use:   "revoke ID",
		Short: "End an API key, at once",
		Args: func(c *cobra.Command, args []string) error {
			return withCode(exitUsage, cobra.ExactArgs(1)(c, args))
		},
		RunE: func(c *cobra.Command, args []string) error {
			var ended keyView
			if err := p.control(c, http.MethodPost, "/api/keys/"+url.PathEscape(args[0])+"/revoke", nil, &ended); err != nil {
				return err
			}
			if p.json {
				return p.writeJSON(ended)
			}
			_, err := fmt.Fprintf(p.out, "%s is revoked since %s\n", ended.ID, ended.RevokedAt.Format(time.RFC3339))
			return err
		},
	})
}

// columns are names in lines of four.
func columns(names []string) string {
	var b strings.Builder
	for line := range slices.Chunk(names, 4) {
		for _, name := range line {
			fmt.Fprintf(&b, "  %-18s", name)
		}
		b.WriteByte('\n')
	}
	return b.String()
}
