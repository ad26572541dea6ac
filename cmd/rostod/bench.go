package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/rostod/rostod/daemon"
	"github.com/rostod/rostod/daemon/bench/accuracy"
	"github.com/rostod/rostod/daemon/bench/capture"
	"github.com/rostod/rostod/daemon/bench/imports"
	"github.com/rostod/rostod/daemon/bench/index"
	"github.com/rostod/rostod/daemon/bench/journal"
	"github.com/rostod/rostod/daemon/bench/pipeline"
	"github.com/rostod/rostod/daemon/config"
)

// benchReport is what every bench comes back with.
type benchReport interface {
	Print(w io.Writer) error
	Holds() bool
}

func (p *program) benchCommand() *cobra.Command {
	benches := &cobra.Command{
		Use:   "bench",
		Short: "Measure this machine against the figures that rostod promises",
		Long: `Each bench starts a daemon of its own with a data folder that is removed
afterwards, asks it over HTTP on loopback, measures a reference in the same run,
and states its bars. The models are those of the configuration. A daemon that
runs beside it is not touched, but makes the machine less quiet. The benches of
the index (but for --fixtures) and of the journal need neither daemon nor models.

` + exitCodes,
	}
	benches.AddCommand(p.benchAccuracy(), p.benchPipeline(), p.benchCapture(), p.benchIndex(), p.benchImport(), p.benchCapabilities(), p.benchJournal())
	return benches
}

// benchConfig is the configuration, with the models brought when a bundle is
// at hand.
func (p *program) benchConfig(ctx context.Context) (config.Config, error) {
	cfg, err := p.config()
	if err != nil {
		return cfg, err
	}
	list, err := daemon.Manifest(cfg)
	if err != nil {
		return cfg, manifestCode(err)
	}
	daemon.BringModels(ctx, cfg, list, slog.New(slog.DiscardHandler))
	return cfg, nil
}

// benched prints a report; a bar that does not hold has its own exit code.
func (p *program) benched(r benchReport) error {
	var err error
	if p.json {
		err = p.writeJSON(r)
	} else {
		err = r.Print(p.out)
	}
	if err == nil && !r.Holds() {
		err = withCode(exitBar, errors.New("a bar does not hold"))
	}
	return err
}

// progress tells a person what a bench does; a program reads only the result.
func (p *program) progress() func(string) {
	return func(what string) { _, _ = fmt.Fprintf(p.err, "bench: %s\n", what) }
}

func (p *program) benchAccuracy() *cobra.Command {
	var o accuracy.Options
	c := p.jsonFlag(&cobra.Command{
		Use:   "accuracy --fixtures DIR",
		Short: "Compare every pair of labelled photos over HTTP",
		Long: `Enrols every photo as a customer of its own and steps up with every pair at the
risk levels low, medium and high. DIR holds photos and identities.csv (columns
image and identity), or a folder faces that does. Photos that do not fit the
contract (at least 640x480, at most 800 KB) are resized; the others are sent
byte for byte. Turned copies of each photo are asked as well.

Reference of the same run: the same pairs compared by the models directly.

Bars, for the 61 photos that rostod is measured with (1,830 pairs):
  low, medium   threshold 0.45: no false non-match, at most 2 false matches
  high          threshold 0.55: at most 2 false non-matches, no false match
  detection     a face is found in every photo, and every photo is enrolled
  pairs         every pair is compared at every level
  reference     no score over HTTP differs from the models' own by more than 1e-6
  rotation      copies turned by 90, 180 and 270 degrees: the same verdicts

` + exitCodes,
		Example: "  rostod bench accuracy --fixtures fixtures --out results --json",
		RunE: func(c *cobra.Command, _ []string) error {
			if o.Fixtures = fixtures(o.Fixtures); o.Fixtures == "" {
				return withCode(exitUsage, errors.New("--fixtures is missing; see: rostod bench accuracy --help"))
			}
			var err error
			if o.Config, err = p.benchConfig(c.Context()); err != nil {
				return err
			}
			o.Progress = p.progress()
			report, err := accuracy.Run(c.Context(), o)
			if err != nil {
				return err
			}
			return p.benched(report)
		},
	})
	c.Flags().StringVar(&o.Fixtures, "fixtures", "", fixturesHelp)
	c.Flags().StringVar(&o.Out, "out", "bench-accuracy", "`folder` for det.svg and pairs.csv")
	c.Flags().StringVar(&o.Temp, "temp", "", "`folder` in which the daemon's data folder is made; the system's when left out")
	return c
}

func (p *program) benchPipeline() *cobra.Command {
	var o pipeline.Options
	c := p.jsonFlag(&cobra.Command{
		Use:   "pipeline",
		Short: "Measure what a step-up takes beyond the networks' own time",
		Long: `Sends one picture of a face over and over to a daemon on loopback: JPEG, PNG and
WebP of 640x480 and 1280x960, with one caller and with as many as cores. WebP
is measured when cwebp (Debian: webp) is there to write it, and else said to be
skipped. The picture is cut from the first fitting photo of --fixtures.

Reference of the same run, in turns with it: find, embed and passive liveness
run alone on the very same picture, by ONNX Runtime from the pinned files as they
are (plain), and as the daemon runs them (networks). The cost of a durable write
on this disk and of an empty round trip are measured as well. Use a quiet machine.

Bars, for JPEG of 640x480:
  p50           what is not the networks takes at most 25 % of their time, one caller;
                and a step-up at most 25 % more than the plain networks
  p99           at most 3 times p50
  throughput    with as many callers as cores, at least 0.9 times the cores (1.8 on two)

` + exitCodes,
		Example: "  rostod bench pipeline --fixtures fixtures --seconds 30",
		RunE: func(c *cobra.Command, _ []string) error {
			if o.Fixtures = fixtures(o.Fixtures); o.Fixtures == "" {
				return withCode(exitUsage, errors.New("--fixtures is missing; see: rostod bench pipeline --help"))
			}
			if o.Seconds < 1 {
				return withCode(exitUsage, errors.New("--seconds must be at least 1; see: rostod bench pipeline --help"))
			}
			var err error
			if o.Config, err = p.benchConfig(c.Context()); err != nil {
				return err
			}
			o.Progress = p.progress()
			report, err := pipeline.Run(c.Context(), o)
			if err != nil {
				return err
			}
			return p.benched(report)
		},
	})
	c.Flags().StringVar(&o.Fixtures, "fixtures", "", fixturesHelp)
	c.Flags().IntVar(&o.Seconds, "seconds", 20, "`seconds` of measuring for each picture")
	c.Flags().StringVar(&o.Temp, "temp", "", "`folder` on the disk to be measured, in which the daemon's data folder is made; the system's when left out")
	return c
}

func (p *program) benchCapture() *cobra.Command {
	var o capture.Options
	c := p.jsonFlag(&cobra.Command{
		Use:   "capture",
		Short: "Measure what filming customers takes beyond decoding them",
		Long: `Films a photo of --fixtures with a camera's noise, 640x480 at 30 frames a second,
by WebRTC against a daemon on loopback: whole visits, from the offer to the
bundle, of one customer and of more and more at once. Then sessions are opened
and left without a word.

Reference of the same run, in turns with it: the bare decoder on the same film, a
frame at a time at the camera's pace. The report also says what it takes without
a pause between frames, when everything stays in the processor's caches.

Bars:
  processor time   of a filmed frame, one customer: at most 1.6 times the decoder's
  visits           every visit of one customer ends in a capture
  verdict          at most 300 ms from the last frame to the bundle, p95
  left sessions    goroutines and files back to what they were, heap within 16 MB

` + exitCodes,
		Example: "  rostod bench capture --fixtures fixtures --most 16",
		RunE: func(c *cobra.Command, _ []string) error {
			if o.Fixtures = fixtures(o.Fixtures); o.Fixtures == "" {
				return withCode(exitUsage, errors.New("--fixtures is missing; see: rostod bench capture --help"))
			}
			if !(o.Mbit >= 0.1 && o.Mbit <= 20) {
				return withCode(exitUsage, errors.New("--mbit must be from 0.1 to 20; see: rostod bench capture --help"))
			}
			if o.Most < 1 || o.Abandon < 0 {
				return withCode(exitUsage, errors.New("--most must be at least 1 and --abandon not negative; see: rostod bench capture --help"))
			}
			var err error
			if o.Config, err = p.benchConfig(c.Context()); err != nil {
				return err
			}
			o.Progress = p.progress()
			report, err := capture.Run(c.Context(), o)
			if err != nil {
				return err
			}
			return p.benched(report)
		},
	})
	c.Flags().StringVar(&o.Fixtures, "fixtures", "", fixturesHelp)
	c.Flags().Float64Var(&o.Mbit, "mbit", 4, "Mbit/s of each customer's video; the page sends 4 over a kiosk's own cable, and 1.7 is a browser's own limit")
	c.Flags().IntVar(&o.Most, "most", 16, "customers at once, at most")
	c.Flags().IntVar(&o.Abandon, "abandon", 1000, "sessions that are opened and left; 0 leaves that out")
	c.Flags().StringVar(&o.Temp, "temp", "", "`folder` in which the daemon's data folder is made; the system's when left out")
	return c
}

func (p *program) benchImport() *cobra.Command {
	var o imports.Options
	c := p.jsonFlag(&cobra.Command{
		Use:   "import",
		Short: "Measure how much of what the cores can look at an import looks at",
		Long: `Imports labelled photos, each as several accounts, into a daemon of its own: rows
a second from its start to its end, with reading, searching, enrolling and
durable writing.

Reference of the same run, in turns with it: the same pictures looked at by the
models directly, with one caller for each core. Use a quiet machine.

Bar:
  throughput    an import reaches at least 0.85 of the models' own rate

` + exitCodes,
		RunE: func(c *cobra.Command, _ []string) error {
			if o.Fixtures = fixtures(o.Fixtures); o.Fixtures == "" {
				return withCode(exitUsage, errors.New("--fixtures is missing; see: rostod bench import --help"))
			}
			if o.Copies < 1 || o.Rounds < 1 {
				return withCode(exitUsage, errors.New("--copies and --rounds must be at least 1"))
			}
			var err error
			if o.Config, err = p.benchConfig(c.Context()); err != nil {
				return err
			}
			o.Progress = p.progress()
			report, err := imports.Run(c.Context(), o)
			if err != nil {
				return err
			}
			return p.benched(report)
		},
	})
	c.Flags().StringVar(&o.Fixtures, "fixtures", "", fixturesHelp)
	c.Flags().IntVar(&o.Copies, "copies", 4, "accounts that each photo makes in a round")
	c.Flags().IntVar(&o.Rounds, "rounds", 3, "rounds of reference and import")
	c.Flags().StringVar(&o.Temp, "temp", "", "`folder` on the disk to be measured, in which the daemon's data folder is made; the system's when left out")
	return c
}

func (p *program) benchIndex() *cobra.Command {
	var o index.Options
	c := p.jsonFlag(&cobra.Command{
		Use:   "index",
		Short: "Measure searches for a face among many",
		Long: `Makes galleries of vectors that are spread like face templates, the same each
time, indexes them, and searches on one processor: exactly, by threshold, and
for the nearest. Strangers' probes set the threshold at which one in a thousand
is taken for somebody; mated probes say how many find their mate above it.
A million rows of 128 dimensions take 3 GB of memory and some minutes.

References of the same run: every vector compared in float64, for 100 probes; and,
compiled where g++ and their headers are (Debian: libhnswlib-dev, libfaiss-dev),
a bare scan of the same kinds in C++, in turns, hnswlib (up to 100,000 rows) and
faiss, on the same vectors; with --prototype the program that the index was designed
with, in turns as well. --data takes vectors in fvecs instead of made-up ones.
With --fixtures, photographed people are looked for among 100,000 made-up ones.

Bars, for 128 dimensions:
  right         every exact search finds what comparing every vector finds
  threshold     loses at most 0.0005 of the identification rate against exact
  rates         searches a second of a processor: exact 25,000, 2,500, 220 and
                by threshold 60,000, 7,000, 1,400 at 10,000, 100,000, 1,000,000 rows
  one million   built in 3 s of a processor, ready in 10 ms, 160 MB of memory
  replace       at most 5 µs a row
  peer          exact and by threshold: at least 0.95 times the bare scan in C++,
                and the prototype where its sources are given
  photos        by threshold finds whatever an exact search finds

` + exitCodes,
		Example: "  rostod bench index --rows 10000,100000",
		RunE: func(c *cobra.Command, _ []string) error {
			if mistake := o.Mistake(); mistake != "" {
				return withCode(exitUsage, errors.New(mistake+"; see: rostod bench index --help"))
			}
			if o.Fixtures != "" {
				var err error
				if o.Config, err = p.benchConfig(c.Context()); err != nil {
					return err
				}
			}
			o.Progress = p.progress()
			report, err := index.Run(c.Context(), o)
			if err != nil {
				return err
			}
			return p.benched(report)
		},
	})
	c.Flags().IntSliceVar(&o.Rows, "rows", []int{10_000, 100_000, 1_000_000}, "sizes of the galleries")
	c.Flags().IntVar(&o.Dims, "dims", 128, "dimensions: 128, 256 or 512")
	c.Flags().IntVar(&o.Mated, "mated", 5000, "probes of people who are in the gallery")
	c.Flags().IntVar(&o.Strange, "strange", 20_000, "probes of people who are not")
	c.Flags().StringVar(&o.Data, "data", "", "`folder` with base.fvecs, cal_N.fvecs and cal_N.label.ivecs to measure instead of made-up faces")
	c.Flags().StringVar(&o.Fixtures, "fixtures", "", "`folder` with labelled photos, whose people are looked for among 100,000 made-up ones; left out: none")
	c.Flags().BoolVar(&o.Peers, "peers", true, "compile and measure other programs on the same vectors")
	c.Flags().StringVar(&o.Prototype, "prototype", "", "`folder` with the sources of the prototype (common.h, scan.cpp, rabitq.cpp), measured in turns; left out: none")
	c.Flags().BoolVar(&o.Plain, "plain", false, "without the processor's vector instructions")
	c.Flags().StringVar(&o.Temp, "temp", "", "`folder` in which the index is made; the system's when left out")
	return c
}

func (p *program) benchJournal() *cobra.Command {
	var o journal.Options
	c := p.jsonFlag(&cobra.Command{
		Use:   "journal",
		Short: "Measure how fast decisions are written down, proved and exported",
		Long: `Commits of five records and an entry by 1, 16 and 64 writers at once, each durable
before it is answered; proofs of entries of a long journal, each checked; exports of
attempts in each format, each checked; and entries sent to a hub until it has co-signed
them, by HTTPS on loopback and by the NATS servers of --nats. Name none that a bank uses:
a stream is made there. nats-server needs jetstream { sync_interval: always } to have on
the disk what it acknowledges. 10,000,000 entries, the size that the bar is
meant for, take 5 GB of disk and some minutes: --entries 10000000.

Reference of the same run, in turns with it: Badger alone with the same options, keys
and sizes and as many writers; and one writer that has all their commits ready and
syncs them together. --temp names the disk to measure.

Bars:
  commits       at least 0.70 of what as many writers reach with Badger alone
  proof         at most 5 ms, half of them
  export        at least 2,000 rows a second in each format, and all of it proved
  upstream      at least 1,000 entries a second by each way

` + exitCodes,
		Example: "  rostod bench journal --temp /var/lib\n  rostod bench journal --entries 10000000",
		RunE: func(c *cobra.Command, _ []string) error {
			if mistake := o.Mistake(); mistake != "" {
				return withCode(exitUsage, errors.New(mistake+"; see: rostod bench journal --help"))
			}
			o.Progress = p.progress()
			report, err := journal.Run(c.Context(), o)
			if err != nil {
				return err
			}
			return p.benched(report)
		},
	})
	c.Flags().IntVar(&o.Rounds, "rounds", 5, "rounds of commits, of which each has the references, too")
	c.Flags().DurationVar(&o.Turn, "turn", 2*time.Second, "how long each of them lasts")
	c.Flags().IntVar(&o.Entries, "entries", 1_000_000, "entries of the journal that proofs are made of")
	c.Flags().IntVar(&o.Rows, "rows", 50_000, "attempts to export")
	c.Flags().IntVar(&o.Sent, "sent", 20_000, "entries to send upstream")
	c.Flags().StringVar(&o.NATS, "nats", "", "`servers` to send by as well, such as nats://127.0.0.1:4222, with commas between; left out: HTTPS only")
	c.Flags().StringVar(&o.Temp, "temp", "", "`folder` on the disk to be measured; the system's when left out")
	return c
}

const fixturesHelp = "`folder` with labelled photos; also ROSTOD_FIXTURES; else ../shared/fixtures when it is there"

// fixtures is where the labelled photos lie; empty when nobody says.
func fixtures(flag string) string {
	for _, dir := range []string{flag, os.Getenv("ROSTOD_FIXTURES")} {
		if dir != "" {
			return dir
		}
	}
	beside := filepath.Join("..", "shared", "fixtures")
	if _, err := os.Stat(beside); err != nil {
		return ""
	}
	return beside
}
