package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/spf13/cobra"

	"github.com/rostod/rostod/daemon"
)

// importView is an import as the daemon shows it.
type importView struct {
	ID          string         `json:"id"`
	State       string         `json:"state"`
	Segment     string         `json:"segment,omitzero"`
	Duplicates  string         `json:"duplicates"`
	Rate        float64        `json:"rate,omitzero"`
	DryRun      bool           `json:"dryRun,omitzero"`
	Uploaded    bool           `json:"uploaded,omitzero"`
	Rows        uint64         `json:"rows"`
	Counts      importCounts   `json:"counts"`
	Share       float64        `json:"share"`
	Speed       float64        `json:"rowsPerSecond,omitzero"`
	SecondsLeft *int           `json:"secondsLeft,omitzero"`
	Uncompared  int            `json:"uncompared,omitzero"`
	WaitsFor    *importFailure `json:"waitsFor,omitzero"`
	Failure     *importFailure `json:"failure,omitzero"`
	CreatedAt   time.Time      `json:"createdAt"`
	StartedAt   time.Time      `json:"startedAt,omitzero"`
	EndedAt     time.Time      `json:"endedAt,omitzero"`
}

type importCounts struct {
	Enrolled  uint64            `json:"enrolled"`
	There     uint64            `json:"there"`
	Duplicate uint64            `json:"duplicate"`
	Rejected  uint64            `json:"rejected"`
	Reasons   map[string]uint64 `json:"reasons,omitempty"`
}

type importFailure struct {
	Code  string `json:"code"`
	Title string `json:"title"`
	Hint  string `json:"hint,omitzero"`
}

type importRequest struct {
	Source     string  `json:"source"`
	Segment    string  `json:"segment,omitzero"`
	Duplicates string  `json:"duplicates,omitzero"`
	Rate       float64 `json:"rate,omitzero"`
	DryRun     bool    `json:"dryRun,omitzero"`
}

func (p *program) importCommand() *cobra.Command {
	var wish importRequest
	var reports []string
	c := p.jsonFlag(&cobra.Command{
		Use:   "import SOURCE",
		Short: "Bring a base of pictures in, and find the accounts with one face",
		Long: `SOURCE is a folder of pictures named ID-NAME-DDMMYYYY.jpg (the date is that of
the picture; the name may have dashes), or a file that ends in .csv (columns id, file and if you like name,
birthDate, capturedAt), .ndjson, .tar, .tar.gz or .zip. The running daemon reads
it, so its user must be allowed to.

The import goes on when this command ends, and when the daemon is started again;
the same command follows it. Importing a base twice changes nothing. A face that
another account has is reported and enrolled; with --duplicates report it is only
reported, as in a process.

` + exitCodes,
		Example: "  rostod import /srv/base --dry-run --report trial.html\n  rostod import /srv/base.zip --segment retail --rate 10 --report base.html --report base.csv",
		Args:    p.exactly(1),
		RunE: func(c *cobra.Command, args []string) error {
			path, err := filepath.Abs(args[0])
			if err != nil {
				return fmt.Errorf("find the source: %w", err)
			}
			wish.Source = path
			return p.onLine(c.Context(), func(line *daemon.Line) error { return p.importing(c.Context(), line, wish, reports) })
		},
	})
	c.Flags().StringVar(&wish.Segment, "segment", "", "the part of the base to import into")
	c.Flags().StringVar(&wish.Duplicates, "duplicates", "", "what becomes of a face that another account has: `enrol` (the default) or report")
	c.Flags().Float64Var(&wish.Rate, "rate", 0, "rows a second at most; as many as can be when left out")
	c.Flags().BoolVar(&wish.DryRun, "dry-run", false, "say what would become of each row, and write nothing")
	c.Flags().StringArrayVar(&reports, "report", nil, "a `file` for the report, .html or .csv; may be given twice")
	c.PersistentFlags().StringVar(&p.org, "org", "", "the `org` whose base it is; the configured one when left out")
	c.AddCommand(p.importList(), p.importReport(),
		p.importChange("cancel", "Stop an import; what it has enrolled stays", http.MethodPost, "/cancel"),
		p.importChange("delete", "Forget the rows of an import; what it has enrolled stays", http.MethodDelete, ""))
	return c
}

// onLine reaches the running daemon; an import needs one.
func (p *program) onLine(ctx context.Context, do func(*daemon.Line) error) error {
	cfg, err := p.config()
	if err != nil {
		return err
	}
	line, err := daemon.Dial(ctx, cfg)
	if err != nil {
		return withCode(exitNobody, fmt.Errorf("%w; start it: rostod run", err))
	}
	return errors.Join(do(line), line.Close())
}

const importsPath = "/api/imports"

// importing begins an import, or finds it under way, and follows it to its end.
func (p *program) importing(ctx context.Context, line *daemon.Line, wish importRequest, reports []string) error {
	for _, file := range reports {
		if _, err := reportFormat(file); err != nil {
			return err
		}
	}
	var v importView
	if err := line.Do(ctx, http.MethodPost, importsPath, wish, &v); err != nil {
		return err
	}
	at := importsPath + "/" + url.PathEscape(v.ID)
	bar := newBar(p.err)
	err := line.Watch(ctx, at+"/events", func(_ string, data []byte) error {
		if err := json.Unmarshal(data, &v); err != nil {
			return fmt.Errorf("understand the daemon's progress: %w", err)
		}
		return bar.show(v)
	})
	bar.end()
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("%s goes on in the daemon; the same command follows it, and this one stops it: rostod import cancel %s", v.ID, v.ID)
	case err != nil:
		return err
	}
	for _, file := range reports {
		if err := p.fetchReport(ctx, line, v.ID, file); err != nil {
			return err
		}
	}
	return p.imported(v)
}

// imported prints how an import ended.
func (p *program) imported(v importView) error {
	var err error
	if p.json {
		err = p.writeJSON(v)
	} else {
		rows := []string{
			"import\t" + v.ID, "state\t" + v.State, fmt.Sprintf("rows\t%d", v.Rows), fmt.Sprintf("enrolled\t%d", v.Counts.Enrolled),
			fmt.Sprintf("there already\t%d", v.Counts.There), fmt.Sprintf("duplicates\t%d", v.Counts.Duplicate), fmt.Sprintf("rejected\t%d", v.Counts.Rejected),
		}
		if v.DryRun {
			rows = append(rows, "written\tnothing: it was a dry run")
		}
		err = p.table(rows...)
	}
	switch {
	case err != nil:
		return err
	case v.Failure != nil:
		return fmt.Errorf("%s: %s\n  %s", v.Failure.Code, v.Failure.Title, v.Failure.Hint)
	case v.State == "cancelled":
		return errors.New("the import was cancelled")
	default:
		return nil
	}
}

func (p *program) importList() *cobra.Command {
	return p.jsonFlag(&cobra.Command{
		Use:   "list",
		Short: "List the imports, newest first",
		RunE: func(c *cobra.Command, _ []string) error {
			var list struct {
				Data []importView `json:"data"`
			}
			if err := p.onLine(c.Context(), func(line *daemon.Line) error {
				return line.Do(c.Context(), http.MethodGet, importsPath, nil, &list)
			}); err != nil {
				return err
			}
			if p.json {
				return p.writeJSON(list)
			}
			rows := []string{"ID\tSTATE\tMADE\tSEGMENT\tROWS\tENROLLED\tTHERE\tDUPLICATE\tREJECTED"}
			for _, v := range list.Data {
				if v.WaitsFor != nil {
					v.State += ", waits"
				}
				rows = append(rows, strings.Join([]string{v.ID, v.State, v.CreatedAt.Format(time.DateTime), v.Segment, fmt.Sprintf("%d\t%d\t%d\t%d\t%d",
					v.Rows, v.Counts.Enrolled, v.Counts.There, v.Counts.Duplicate, v.Counts.Rejected)}, "\t"))
			}
			return p.table(rows...)
		},
	})
}

func (p *program) importChange(name, short, method, ending string) *cobra.Command {
	return &cobra.Command{
		Use:   name + " ID",
		Short: short,
		Args:  p.exactly(1),
		RunE: func(c *cobra.Command, args []string) error {
			return p.onLine(c.Context(), func(line *daemon.Line) error {
				var v importView
				return line.Do(c.Context(), method, importsPath+"/"+url.PathEscape(args[0])+ending, nil, &v)
			})
		},
	}
}

func (p *program) importReport() *cobra.Command {
	return &cobra.Command{
		Use:     "report ID FILE",
		Short:   "Write the report of an import, .html for people or .csv with every row",
		Example: "  rostod import report imp_01JD… base.html",
		Args:    p.exactly(2),
		RunE: func(c *cobra.Command, args []string) error {
			return p.onLine(c.Context(), func(line *daemon.Line) error { return p.fetchReport(c.Context(), line, args[0], args[1]) })
		},
	}
}

func reportFormat(file string) (string, error) {
	switch ext := strings.ToLower(filepath.Ext(file)); ext {
	case ".html", ".csv":
		return ext[1:], nil
	default:
		return "", withCode(exitUsage, errors.New("a report is a file that ends in .html or .csv"))
	}
}

// fetchReport writes a report, which names people, for its owner only.
func (p *program) fetchReport(ctx context.Context, line *daemon.Line, id, file string) error {
	format, err := reportFormat(file)
	if err != nil {
		return err
	}
	return written(p.out, file, func(w io.Writer) error {
		return line.Copy(ctx, importsPath+"/"+url.PathEscape(id)+"/report?format="+format, w)
	})
}
