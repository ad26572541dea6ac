package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rostod/rostod/daemon"
)

func (p *program) checkCommand() *cobra.Command {
	var deep bool
	c := p.jsonFlag(&cobra.Command{
		Use:   "check",
		Short: "Look whether this installation is in order",
		Long: `Looks at the configuration, the data folder, the models, the port and the
records, beside a running daemon or without one, and says what to do about each
thing that is not in order.

` + exitCodes,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := p.config()
			if err != nil {
				return err
			}
			findings := daemon.Check(c.Context(), cfg, deep)
			if err := p.printFindings(findings); err != nil {
				return err
			}
			return worst(findings)
		},
	})
	c.Flags().BoolVar(&deep, "deep", false, "read every record and compare it with the journal; the daemon must not run")
	return c
}

func (p *program) printFindings(findings []daemon.Finding) error {
	if p.json {
		return p.writeJSON(struct {
			Checks []daemon.Finding `json:"checks"`
		}{findings})
	}
	var rows []string
	for _, f := range findings {
		word := "ok"
		if !f.OK {
			word = "NOT OK"
		}
		rows = append(rows, word+"\t"+f.Name+"\t"+f.Detail)
	}
	return p.table(rows...)
}

// worst is the first finding that is not in order, as an error with its code.
func worst(findings []daemon.Finding) error {
	for _, f := range findings {
		if !f.OK {
			return withCode(codeOf(f.Err), fmt.Errorf("%s is not in order", f.Name))
		}
	}
	return nil
}
