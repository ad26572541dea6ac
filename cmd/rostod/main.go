// Command rostod is the daemon and everything that a technician does with it.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	os.Exit(run(os.Args[1:], stdio{os.Stdin, os.Stdout, os.Stderr}))
}

// run is the whole program: arguments in, exit code out. The first SIGINT or
// SIGTERM ends it in good order; a second one stops the waiting.
func run(args []string, io stdio) int {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	insist := make(chan struct{})
	over := make(chan struct{})
	defer close(over)
	go func() {
		for _, next := range []func(){cancel, func() { close(insist) }} {
			select {
			case <-signals:
				next()
			case <-over:
				return
			}
		}
	}()
	return execute(ctx, args, io, insist)
}
