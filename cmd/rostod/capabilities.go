package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/rostod/rostod/daemon/bench/capabilities"
)

func (p *program) benchCapabilities() *cobra.Command {
	var o capabilities.Options
	c := p.jsonFlag(&cobra.Command{
		Use:   "capabilities --fixtures DIR",
		Short: "Ask identity, validation and behaviour for every photo against every person",
		Long: `Gives every person of labelled photos a made-up CPF, binds it to the first photo
that may be bound, and asks over HTTP for every photo against every person:
identity verification under the person's number, validation against the
person's process, behaviour alert with the person alone on the watchlist.
DIR is as for the bench of accuracy.

Bars:
  bound      everybody's number is bound
  answered   every combination is answered by every capability
  wrong      no yes of another person and no no of the right one, but for the
             three pairs that the models are known to get wrong

` + exitCodes,
		Example: "  rostod bench capabilities --fixtures fixtures --json",
		RunE: func(c *cobra.Command, _ []string) error {
			if o.Fixtures = fixtures(o.Fixtures); o.Fixtures == "" {
				return withCode(exitUsage, errors.New("--fixtures is missing; see: rostod bench capabilities --help"))
			}
			var err error
			if o.Config, err = p.benchConfig(c.Context()); err != nil {
				return err
			}
			o.Progress = p.progress()
			report, err := capabilities.Run(c.Context(), o)
			if err != nil {
				return err
			}
			return p.benched(report)
		},
	})
	c.Flags().StringVar(&o.Fixtures, "fixtures", "", fixturesHelp)
	c.Flags().StringVar(&o.Temp, "temp", "", "`folder` in which the daemon's data folder is made; the system's when left out")
	return c
}
