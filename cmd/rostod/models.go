package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rostod/rostod/daemon"
)

func (p *program) modelsCommand() *cobra.Command {
	models := &cobra.Command{
		Use:   "models",
		Short: "List, verify, fetch and bundle the model files",
		Long: `Works on the files that the manifest pins: the networks and ONNX Runtime's
library. Nothing is used, copied or kept whose SHA-256 is not the pinned one.

` + exitCodes,
	}
	models.AddCommand(p.modelsList(), p.modelsVerify(), p.modelsFetch(), p.modelsBundle())
	return models
}

// modelFiles looks at every pinned file.
func (p *program) modelFiles() ([]daemon.ModelFile, error) {
	cfg, err := p.config()
	if err != nil {
		return nil, err
	}
	files, err := daemon.ModelFiles(cfg)
	return files, manifestCode(err)
}

// manifestCode gives a manifest's mistakes the code of the configuration.
func manifestCode(err error) error {
	if errors.Is(err, daemon.ErrManifest) {
		return withCode(exitConfig, err)
	}
	return err
}

func (p *program) modelsList() *cobra.Command {
	return p.jsonFlag(&cobra.Command{
		Use:   "list",
		Short: "List the pinned files and whether they are here",
		RunE: func(*cobra.Command, []string) error {
			files, err := p.modelFiles()
			if err != nil {
				return err
			}
			return p.printModels(files)
		},
	})
}

func (p *program) modelsVerify() *cobra.Command {
	return p.jsonFlag(&cobra.Command{
		Use:   "verify",
		Short: "Compare every file with its pinned SHA-256; code 6 when one is not right",
		RunE: func(*cobra.Command, []string) error {
			files, err := p.modelFiles()
			if err != nil {
				return err
			}
			if err := p.printModels(files); err != nil {
				return err
			}
			for _, f := range files {
				if f.Err != nil {
					return withCode(exitModels, f.Err)
				}
			}
			return nil
		},
	})
}

func (p *program) printModels(files []daemon.ModelFile) error {
	if p.json {
		return p.writeJSON(struct {
			Models []daemon.ModelFile `json:"models"`
		}{files})
	}
	rows := []string{"NAME\tROLE\tSTATE\tBYTES\tSHA256\tPATH"}
	for _, f := range files {
		rows = append(rows, fmt.Sprintf("%s\t%s\t%s\t%d\t%.12s…\t%s", f.Name, f.Role, f.State, f.Bytes, f.SHA256, f.Path))
	}
	return p.table(rows...)
}

func (p *program) modelsFetch() *cobra.Command {
	var bundle string
	c := &cobra.Command{
		Use:   "fetch",
		Short: "Bring the files that are missing, from a bundle or their pinned addresses",
		Long: `Leaves alone what is there and right; copies from the bundle what it has; and
downloads the rest: the networks from the addresses that the manifest pins, ONNX
Runtime's library out of its npm package (which needs npm).

` + exitCodes,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := p.config()
			if err != nil {
				return err
			}
			if bundle != "" {
				cfg.Models.Bundle = bundle
			}
			err = daemon.FetchModels(c.Context(), cfg, func(file, how string) {
				_, _ = fmt.Fprintf(p.err, "%-10s %s\n", how, file)
			})
			return manifestCode(err)
		},
	}
	c.Flags().StringVar(&bundle, "bundle", "", "a `folder` to copy from first; also ROSTOD_MODELS_BUNDLE")
	return c
}

func (p *program) modelsBundle() *cobra.Command {
	return &cobra.Command{
		Use:   "bundle DIR",
		Short: "Write a folder that can be carried to a machine without a network",
		Args: func(c *cobra.Command, args []string) error {
			return withCode(exitUsage, cobra.ExactArgs(1)(c, args))
		},
		RunE: func(c *cobra.Command, args []string) error {
			cfg, err := p.config()
			if err != nil {
				return err
			}
			if err := daemon.BundleModels(c.Context(), cfg, args[0]); err != nil {
				return manifestCode(err)
			}
			_, err = fmt.Fprintf(p.out, "%s holds everything; carry it over and name it in ROSTOD_MODELS_BUNDLE.\n", args[0])
			return err
		},
	}
}
