package main

import (
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/rostod/rostod/daemon"
)

func (p *program) runCommand() *cobra.Command {
	var welcome bool
	c := &cobra.Command{
		Use:   "run",
		Short: "Run the daemon in the foreground",
		Long: `Runs the daemon until it is told to stop. It logs JSON lines to standard error.
The first SIGINT or SIGTERM lets requests under way finish; a second one does
not wait for them. Records are closed in good order in both cases.

` + exitCodes,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := p.config()
			if err != nil {
				return err
			}
			options := daemon.Options{Config: cfg, Version: version(), Log: p.log(cfg.LogLevel), Stop: p.insist}
			if welcome {
				options.Welcome = p.out
			}
			return daemon.Run(c.Context(), options)
		},
	}
	c.Flags().BoolVar(&welcome, "welcome", false, "print the address, a first API key when there is none, and what to type")
	return c
}

// log writes JSON lines to standard error from a level on.
func (p *program) log(level string) *slog.Logger {
	var from slog.Level
	if err := from.UnmarshalText([]byte(level)); err != nil {
		from = slog.LevelInfo // the configuration has checked it
	}
	return slog.New(slog.NewJSONHandler(p.err, &slog.HandlerOptions{Level: from}))
}
