package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/rostod/rostod/daemon"
	"github.com/rostod/rostod/daemon/config"
)

// onRecords does something on a line to the daemon, or to the records themselves
// when none is running.
func (p *program) onRecords(ctx context.Context, changes bool, do func(*daemon.Line) error) error {
	return p.on(ctx, daemon.Control, changes, do)
}

// onHub does something on a line to the hub, running or not.
func (p *program) onHub(ctx context.Context, changes bool, do func(*daemon.Line) error) error {
	return p.on(ctx, daemon.HubControl, changes, do)
}

// on opens a line and does something on it. Who changes records is told which,
// beside what a script reads.
func (p *program) on(ctx context.Context, open func(context.Context, config.Config, string) (*daemon.Line, error), changes bool, do func(*daemon.Line) error) error {
	cfg, err := p.config()
	if err != nil {
		return err
	}
	line, err := open(ctx, cfg, version())
	if err != nil {
		return err
	}
	if changes {
		_, _ = fmt.Fprintf(p.err, "rostod: on the records in %s\n", line.Data)
	}
	return errors.Join(do(line), line.Close())
}
