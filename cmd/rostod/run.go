package main

import (
	"log/slog"
	"os"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/rostod/rostod/daemon"
	"github.com/rostod/rostod/daemon/config"
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
			if err := patient(); err != nil {
				p.log("warn").Warn("timers", "err", err)
			}
			cfg, err := p.config()
			if err != nil {
				return err
			}
			defer besideNetworks(&cfg)()
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

// besideNetworks lets Go run beside the networks. A goroutine in a network
// keeps its processor of Go's scheduler for up to milliseconds after it has
// stopped being Go; with as many of those as cores, requests would wait for one
// although they need hardly any time of a core. The networks themselves stay as
// many as cores. A picture's garbage is collected less often, too, under a soft
// limit; GOGC and GOMEMLIMIT in the environment win. rostod bench pipeline
// shows what two callers gain. What it returns puts things back.
func besideNetworks(c *config.Config) func() {
	cores := runtime.GOMAXPROCS(0)
	if c.Models.Sessions == 0 {
		c.Models.Sessions = cores
	}
	runtime.GOMAXPROCS(cores + c.Models.Sessions)
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return func() { runtime.GOMAXPROCS(cores) }
	}
	percent, limit := debug.SetGCPercent(400), debug.SetMemoryLimit(512<<20)
	return func() {
		runtime.GOMAXPROCS(cores)
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	}
}

// log writes JSON lines to standard error from a level on.
func (p *program) log(level string) *slog.Logger {
	var from slog.Level
	if err := from.UnmarshalText([]byte(level)); err != nil {
		from = slog.LevelInfo // the configuration has checked it
	}
	return slog.New(slog.NewJSONHandler(p.err, &slog.HandlerOptions{Level: from}))
}
