package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/rostod/rostod/daemon"
)

func (p *program) attemptsCommand() *cobra.Command {
	group := &cobra.Command{
		Use:   "attempts",
		Short: "Export what was tried and what was found",
		Long:  "Attempts are the examiner's rows: every step-up with its full evidence.\n\n" + exitCodes,
	}
	group.AddCommand(p.attemptsExport())
	return group
}

func (p *program) attemptsExport() *cobra.Command {
	var ask struct {
		Format  string              `json:"format"`
		Q       string              `json:"q,omitempty"`
		Filters map[string][]string `json:"filters,omitempty"`
		From    string              `json:"from,omitempty"`
		To      string              `json:"to,omitempty"`
		Sort    string              `json:"sort,omitempty"`
	}
	named := map[string]*[]string{}
	c := &cobra.Command{
		Use:   "export FILE",
		Short: "Write attempts into a zip with a manifest that the journal's key has signed",
		Long: `Writes the rows as CSV, NDJSON or Parquet, and beside them manifest.json (what was
asked for, by whom and when, how many rows, the file's SHA-256, a checkpoint of the
journal) with its signature. rostod-verify checks the file on any machine. The
journal says that it was exported. It is streamed: a year of rows needs no memory.

` + exitCodes,
		Example: "  rostod attempts export 2026.zip --from 2026-01-01 --to 2026-12-31\n  rostod attempts export ana.zip --format csv --customer cus_1 --match no_match,grey_zone\n  rostod-verify --key \"$(cat branch17.key)\" 2026.zip",
		Args:    p.exactly(1),
		RunE: func(c *cobra.Command, args []string) error {
			ask.Filters = map[string][]string{}
			for name, values := range named {
				if len(*values) > 0 {
					ask.Filters[name] = *values
				}
			}
			return p.onRecords(c.Context(), false, func(line *daemon.Line) error {
				return written(p.out, args[0], func(w io.Writer) error {
					return line.CopyAsked(c.Context(), "/api/identity/attempts/export", ask, w)
				})
			})
		},
	}
	c.Flags().StringVar(&ask.Format, "format", "parquet", "csv, ndjson or parquet")
	c.Flags().StringVar(&ask.Q, "q", "", "`words` that must be there; \"in quotes\" follow each other, -word must not be there")
	c.Flags().StringVar(&ask.From, "from", "", "the first `day`, or moment in RFC 3339")
	c.Flags().StringVar(&ask.To, "to", "", "the last `day`, which is included, or the moment before which")
	c.Flags().StringVar(&ask.Sort, "sort", "", "newest or oldest first; newest when left out")
	for _, one := range []struct{ flag, name, use string }{
		{"customer", "customerId", "only of these `customers`"}, {"device", "deviceId", "only at these `devices`"},
		{"method", "method", "face_match, face_liveness"}, {"status", "status", "verified, failed, pending, not_required"},
		{"risk-level", "riskLevel", "none, low, medium, high"}, {"allow", "allow", "true or false"},
		{"liveness", "liveness", "live, spoof, unclear"}, {"match", "match", "match, no_match, grey_zone"},
		{"reason", "reason", "only with one of these `reasons`"}, {"trigger", "trigger", "only with one of these `triggers`"},
	} {
		named[one.name] = c.Flags().StringSlice(one.flag, nil, one.use)
	}
	return c
}
