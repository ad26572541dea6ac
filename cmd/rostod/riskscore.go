package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/rostod/rostod/daemon"
)

func (p *program) riskScoreCommand() *cobra.Command {
	group := &cobra.Command{
		Use:   "riskscore",
		Short: "Fit the table of the risk score",
		Long: `The risk score adds up curves of points; the table that is built in has cautious
guesses that were fitted to nothing. docs/CAPABILITIES.md has the model.

` + exitCodes,
	}
	group.AddCommand(p.fitCommand())
	return group
}

func (p *program) fitCommand() *cobra.Command {
	var from, in, out string
	c := p.jsonFlag(&cobra.Command{
		Use:   "fit --in FILE --out FILE",
		Short: "Fit the points to people of whom it became known who they were",
		Long: `Reads labelled outcomes, one JSON object a line:

  {"signals":{"identity-verification.bound":0.52,"serpro.similarity":88},"genuine":true}

The signals of a process are in GET /api/processes/{id}/evidence, under their
capability. At least 50 genuine people and 50 others are needed. Every curve keeps
its direction, and all are drawn towards the table that it begins with, as if that
were 20 outcomes; the same lines give the same table. To take it into use:
riskScore.table in rostod.yml, and a start of the daemon.

` + exitCodes,
		Example: "  rostod riskscore fit --in outcomes.ndjson --out risk-table.json",
	})
	c.Flags().StringVar(&in, "in", "", "`file` of labelled outcomes; - is standard input")
	c.Flags().StringVar(&out, "out", "", "`file` for the table; - is standard output")
	c.Flags().StringVar(&from, "from", "", "`file` of the table to begin with; the built-in one when left out")
	c.RunE = func(*cobra.Command, []string) error {
		if in == "" || out == "" || p.json && out == "-" {
			return withCode(exitUsage, errors.New("--in or --out is missing, or --json writes where --out does; see: rostod riskscore fit --help"))
		}
		return p.fit(from, in, out)
	}
	return c
}

func (p *program) fit(from, in, out string) error {
	lines := p.in
	if in != "-" {
		f, err := os.Open(in)
		if err != nil {
			return err
		}
		defer f.Close()
		lines = f
	}
	text, said, err := daemon.FitRiskScore(from, lines)
	if err != nil {
		return err
	}
	if out == "-" {
		_, err = p.out.Write(text)
		return err
	}
	if err := os.WriteFile(out, text, 0o600); err != nil {
		return err
	}
	if p.json {
		return p.writeJSON(said)
	}
	_, err = fmt.Fprintf(p.out, "%s\nfitted to %d genuine people and %d others; mean loss %.4f before, %.4f after, of the same people: how it fares with others is not known\n",
		out, said.Genuine, said.Others, said.Before, said.After)
	return err
}
