package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rostod/rostod/daemon/config"
	"github.com/rostod/rostod/internal/fault"
)

// The exit codes. They are a contract with scripts: a code keeps its meaning.
const (
	exitOK      = 0 // done, and everything that was checked holds
	exitFailed  = 1 // something went wrong
	exitUsage   = 2 // the command line is wrong
	exitBar     = 3 // a bar that a bench states does not hold
	exitConfig  = 4 // the configuration is wrong
	exitStorage = 5 // the records cannot be opened, or do not verify
	exitModels  = 6 // a model or ONNX Runtime is missing or altered
	exitNobody  = 7 // no daemon is running
)

const exitCodes = `Exit codes:
  0  done, and everything that was checked holds
  1  something went wrong; the message says what
  2  the command line is wrong
  3  a bar that a bench states does not hold
  4  the configuration is wrong
  5  the records cannot be opened, or do not verify
  6  a model or ONNX Runtime's library is missing or altered
  7  no daemon is running`

// coded is an error with the exit code that it deserves.
type coded struct {
	error
	code int
}

func (c coded) Unwrap() error { return c.error }

func withCode(code int, err error) error {
	if err == nil {
		return nil
	}
	return coded{err, code}
}

// stdio is what a command reads and writes.
type stdio struct {
	in       io.Reader
	out, err io.Writer
}

// program is what the commands share.
type program struct {
	stdio
	insist <-chan struct{}
	file   string // of the configuration
	org    string // that a command acts for, instead of the configured one
	json   bool
}

func execute(ctx context.Context, args []string, io stdio, insist <-chan struct{}) int {
	p := &program{stdio: io, insist: insist}
	root := p.root()
	root.SetArgs(args)
	root.SetIn(io.in)
	root.SetOut(io.out)
	root.SetErr(io.err)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	p.complain(err)
	var c coded
	if errors.As(err, &c) {
		return c.code
	}
	return codeOf(err)
}

// complain tells a person what went wrong and what to do.
func (p *program) complain(err error) {
	_, _ = fmt.Fprintf(p.err, "rostod: %v\n", err)
	if f := fault.Of(err); f != nil && f.Hint != "" {
		_, _ = fmt.Fprintf(p.err, "  %s\n", f.Hint)
	}
}

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "rostod",
		Short: "Face verification on your own hardware: enrol, step up, prove it later",
		Long: `rostod takes a customer's face, decides whether a living person is there and
whether it is the right one, and keeps evidence that can be checked years later.
It needs no cloud and no internet.

` + exitCodes,
		SilenceUsage: true, SilenceErrors: true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	root.PersistentFlags().StringVarP(&p.file, "config", "c", os.Getenv("ROSTOD_CONFIG"), "configuration `file`; also ROSTOD_CONFIG")
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return withCode(exitUsage, fmt.Errorf("%w; see: %s --help", err, c.CommandPath()))
	})
	root.AddCommand(
		p.runCommand(), p.checkCommand(), p.statusCommand(), p.versionCommand(), p.modelsCommand(), p.openAPICommand(),
		p.keysCommand(), p.accountsCommand(), p.webhooksCommand(),
		p.importCommand(), p.indexCommand(), p.riskScoreCommand(), p.attemptsCommand(), p.auditCommand(),
		p.retentionCommand(), p.eraseCommand(), p.erasuresCommand(),
		p.calibrateCommand(), p.labCommand(), p.benchCommand(),
	)
	strict(root)
	return root
}

// strict makes every command refuse words that it does not know, and a group
// without a command say what it has.
func strict(c *cobra.Command) {
	if c.Args == nil {
		c.Args = func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return withCode(exitUsage, fmt.Errorf("%q is not a command or argument of %s; see: %s --help", args[0], c.CommandPath(), c.CommandPath()))
			}
			return nil
		}
	}
	if c.Run == nil && c.RunE == nil {
		c.RunE = func(c *cobra.Command, _ []string) error {
			return withCode(exitUsage, errors.Join(c.Help(), fmt.Errorf("%s needs a command", c.CommandPath())))
		}
	}
	for _, sub := range c.Commands() {
		strict(sub)
	}
}

// config reads the configuration; its mistakes have a code of their own.
func (p *program) config() (config.Config, error) {
	env := os.Environ()
	if p.org != "" {
		env = append(env, "ROSTOD_ORG="+p.org)
	}
	c, err := config.Load(p.file, env)
	return c, withCode(exitConfig, err)
}

// jsonFlag adds --json to a command that a script may read.
func (p *program) jsonFlag(c *cobra.Command) *cobra.Command {
	c.Flags().BoolVar(&p.json, "json", false, "write JSON for programs")
	return c
}

// codeOf finds the exit code in a fault of a part.
func codeOf(err error) int {
	f := fault.Of(err)
	if f == nil {
		return exitFailed
	}
	part, _, _ := strings.Cut(f.Code, "/")
	switch part {
	case "storage":
		return exitStorage
	case "models":
		return exitModels
	case "certificate":
		return exitConfig
	default:
		return exitFailed
	}
}
