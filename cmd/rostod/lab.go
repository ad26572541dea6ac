package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rostod/rostod/daemon/lab"
	"github.com/rostod/rostod/daemon/lab/fit"
)

func (p *program) labCommand() *cobra.Command {
	group := &cobra.Command{
		Use:   "lab",
		Short: "Measure how often the flash verdict is wrong, on simulated attacks or recorded sessions",
		Long: `The lab draws people, rooms, screens, cameras and attacks from seeds, films each
flash session through a VP8 encoder, measures and judges it with the daemon's own
code, and counts. Its rates are rates of the simulation, and not those of
ISO/IEC 30107-3, which speaks of real artefacts and real people.

` + exitCodes,
	}
	group.AddCommand(p.labReport(), p.labFit(), p.labRecord(), p.labBasis())
	return group
}

func (p *program) labFit() *cobra.Command {
	var version, to string
	c := &cobra.Command{
		Use:   "fit ROWS...",
		Short: "Fit the table that verdicts are judged by anew, to rows of the training and the calibration split",
		Long: `Reads rows.ndjson of runs with --split train and --split calibrate, fits the weights
of the table in use to the first and places it by both (docs/FLASH.md), writes the
new table, and prints what it does on the calibration split. Rows of the test split
are refused. A table is in use once it is built in as engine/liveness/flash.json.

` + exitCodes,
		Example: "  rostod lab fit train/rows.ndjson calibrate/rows.ndjson --version simulated-4 --out flash.json",
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 || version == "" || to == "" {
				return withCode(exitUsage, errors.New("rows, --version and --out are needed; see: rostod lab fit --help"))
			}
			return fit.Run(args, version, to, p.out)
		},
	}
	c.Args = cobra.ArbitraryArgs
	c.Flags().StringVar(&version, "version", "", "what the new table is called")
	c.Flags().StringVar(&to, "out", "", "`file` for the new table")
	return c
}

func (p *program) labReport() *cobra.Command {
	var o lab.Options
	var full bool
	var photos string
	c := p.jsonFlag(&cobra.Command{
		Use:   "report [--ci | --full]",
		Short: "Film, measure, judge and count; write a page",
		Long: `Writes index.html, report.json and rows.ndjson to --out: each row is one session
with its evidence, so that --again judges anew without filming. With --keep what
was filmed is kept in --out too, some 200 kB a session, and --again measures it
anew. --resume goes on with a run that was stopped, and with --again films what is
missing after it. --recorded reads real sessions instead; see docs/lab/README.md
for how they are kept.

--ci is a look at everything at 200 lux, some minutes on two cores. --full is
every species at 50, 200, 500 and 1000 lux, 300 living people and 150 of each
attack at each, and the conditions beside the bars: hours. --sessions makes
either larger or smaller; the page says how many there were.

Bars of --full: those of the design's table, among them
  sim-BPCER-1   at most 5, 3, 5 and 12 % at the four lights
  sim-APCER     none of the attacks in scope; at most 1 % (2 % at 1000 lux) of bent
                prints, gradient tints and late relays
  sequences     none of 30,000 wrong sequences accepted
Those of --ci are floors: at least 38 of 40 living accepted, no attack of 60.
3D masks and real-time relighting are not covered: their rates are printed.

The split test is for measuring. Tune on train and calibrate; --ci, which is
looked at every day, takes calibrate.

` + exitCodes,
		Example: "  rostod lab report --ci --out lab\n  rostod lab report --full --fixtures fixtures --out lab",
		RunE: func(c *cobra.Command, _ []string) error {
			switch {
			case full == o.Quick && o.Recorded == "" && (!o.Again || o.Resume):
				return withCode(exitUsage, errors.New("one of --ci and --full is needed; see: rostod lab report --help"))
			case !(o.Share >= 0 && o.Share <= 1):
				return withCode(exitUsage, errors.New("--share goes from 0 to 1; see: rostod lab report --help"))
			case o.Sessions < 0 || o.Workers < 0 || o.Crosses < 0:
				return withCode(exitUsage, errors.New("--sessions, --workers and --sequences must not be negative; see: rostod lab report --help"))
			}
			o.Progress = func(what string) { _, _ = fmt.Fprintf(p.err, "lab: %s\n", what) }
			if photos != "" {
				var err error
				if o.Photos, err = p.labPhotos(c.Context(), photos); err != nil {
					return err
				}
			}
			report, err := lab.Run(c.Context(), o)
			if err != nil {
				return err
			}
			return p.benched(report)
		},
	})
	f := c.Flags()
	f.BoolVar(&o.Quick, "ci", false, "some minutes: 200 lux, one kiosk, floors instead of bars")
	f.BoolVar(&full, "full", false, "hours: everything")
	f.StringVar(&o.Split, "split", "", "train, calibrate or test; test with --full and calibrate with --ci when left out")
	f.IntVar(&o.Sessions, "sessions", 0, "living people at each light; attacks in proportion")
	f.Float64Var(&o.Share, "share", 0, "film only this share of every kind, 0 to 1: --resume without it films the rest")
	f.Uint64Var(&o.Seed, "seed", 0, "of the first session of every kind")
	f.StringVar(&o.Out, "out", "lab", "`folder` for the page and the rows")
	f.BoolVar(&o.Again, "again", false, "measure what --keep has kept in --out anew, and judge all its rows")
	f.BoolVar(&o.Resume, "resume", false, "film only what is missing in --out")
	f.BoolVar(&o.Keep, "keep", false, "keep what was filmed in --out, for --again")
	f.StringVar(&o.Recorded, "recorded", "", "`folder` of recorded sessions, instead of filming")
	f.StringVar(&photos, "fixtures", "", "`folder` with labelled photos, for a condition with their skin")
	f.IntVar(&o.Workers, "workers", 0, "sessions side by side; as many as cores when left out")
	f.IntVar(&o.Crosses, "sequences", 0, "wrong sequences to try; 30,000, or 300 with --ci, when left out")
	return c
}

// labPhotos are the photos of a folder that fit on a head. The models find them.
func (p *program) labPhotos(ctx context.Context, dir string) (lab.Faces, error) {
	cfg, err := p.benchConfig(ctx)
	if err != nil {
		return nil, err
	}
	return lab.Load(ctx, cfg, dir)
}

func (p *program) labRecord() *cobra.Command {
	var r lab.Rehearsal
	c := &cobra.Command{
		Use:   "record --out DIR",
		Short: "Record simulated sessions in the format of real ones",
		Long: `Writes one folder for each session: session.json (what was measured, no pictures)
and truth.json (what it truly was). The daemon records real sessions so when an
operator asks for it; rostod lab report --recorded reads both.

` + exitCodes,
		RunE: func(*cobra.Command, []string) error {
			if r.Out == "" || r.Sessions < 1 {
				return withCode(exitUsage, errors.New("--out is needed, and --sessions of at least 1; see: rostod lab record --help"))
			}
			r.Progress = func(name string) { _, _ = fmt.Fprintln(p.out, name) }
			return lab.Rehearse(r)
		},
	}
	f := c.Flags()
	f.StringVar(&r.Out, "out", "", "`folder` of the recording")
	f.StringVar(&r.Species, "species", "live", "who or what is before the camera")
	f.StringVar(&r.Split, "split", "train", "train, calibrate or test")
	f.Float64Var(&r.Lux, "lux", 200, "light on the face")
	f.Uint64Var(&r.Seed, "seed", 0, "of the first session")
	f.IntVar(&r.Sessions, "sessions", 1, "how many")
	return c
}

func (p *program) labBasis() *cobra.Command {
	var dir, species, photos string
	var seed uint64
	var lux float64
	c := &cobra.Command{
		Use:   "basis --out DIR",
		Short: "Write the pictures from which a page can play a customer",
		Long: `Writes five PNGs of 640x480 and basis.json: the room's light, and what each
quarter of the screen adds at full white. A page that adds them up, weighted by
the colours that it showed a moment ago, has a camera picture of a customer
before its own screen. basis.json says how.

` + exitCodes,
		RunE: func(c *cobra.Command, _ []string) error {
			if dir == "" {
				return withCode(exitUsage, errors.New("--out is missing; see: rostod lab basis --help"))
			}
			var faces lab.Faces
			if photos != "" {
				var err error
				if faces, err = p.labPhotos(c.Context(), photos); err != nil {
					return err
				}
			}
			return lab.Basis(dir, species, seed, lux, faces)
		},
	}
	f := c.Flags()
	f.StringVar(&dir, "out", "", "`folder` for the pictures")
	f.StringVar(&species, "species", "live", "live, print, bent or mask3d")
	f.Uint64Var(&seed, "seed", 0, "of the scene")
	f.Float64Var(&lux, "lux", 150, "light on the face")
	f.StringVar(&photos, "fixtures", "", "`folder` with labelled photos, to use the skin of one of them")
	return c
}
