package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rostod/rostod/daemon"
	"github.com/rostod/rostod/daemon/hub"
)

const hubPath = "/api/hub"

func (p *program) hubCommand() *cobra.Command {
	group := &cobra.Command{
		Use:   "hub",
		Short: "Headquarters' end: take the branches' journals, co-sign them, say what is missing",
		Long: `Runs at headquarters. It takes what branches send, verifies every signature and proof,
keeps it as it came, and co-signs it. A branch that changed, dropped or rolled back what
was co-signed is named, with both of the checkpoints that it signed.

` + exitCodes,
		Example: "  rostod hub run\n  rostod hub key > hub.pub                          # to every branch, as upstream.hubKeyFile\n  rostod hub enrol-branch branch-17 \"$(cat branch17.key)\"   # from: rostod audit key\n  rostod hub status branch-17",
	}
	group.AddCommand(p.hubRun(), p.hubKey(), p.hubEnrol(), p.hubStatus(), p.hubVerify(), p.hubExport(), p.hubErasures(), p.hubOpen(), p.hubRestart(), p.hubCarry())
	return group
}

func (p *program) hubRun() *cobra.Command {
	return &cobra.Command{
		Use: "run", Short: "Run the hub in the foreground",
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := p.config()
			if err != nil {
				return err
			}
			return daemon.RunHub(c.Context(), daemon.Options{Config: cfg, Version: version(), Log: p.log(cfg.LogLevel), Stop: p.insist})
		},
	}
}

func (p *program) askHub(c *cobra.Command, method, path string, ask, answer any) error {
	return p.onHub(c.Context(), method != http.MethodGet, func(line *daemon.Line) error {
		return line.Do(c.Context(), method, hubPath+path, ask, answer)
	})
}

func (p *program) hubKey() *cobra.Command {
	return &cobra.Command{
		Use: "key", Short: "Print what branches must know of this hub",
		RunE: func(c *cobra.Command, _ []string) error {
			var view struct {
				Key string `json:"key"`
			}
			if err := p.askHub(c, http.MethodGet, "/key", nil, &view); err != nil {
				return err
			}
			_, err := fmt.Fprint(p.out, view.Key)
			return err
		},
	}
}

func (p *program) hubEnrol() *cobra.Command {
	return p.jsonFlag(&cobra.Command{
		Use: "enrol-branch NAME KEY", Short: "Enrol a branch by what `rostod audit key` prints there",
		Args: p.exactly(2),
		RunE: func(c *cobra.Command, args []string) error {
			var v hub.View
			if err := p.askHub(c, http.MethodPost, "/branches", map[string]string{"name": args[0], "key": strings.TrimSpace(args[1])}, &v); err != nil {
				return err
			}
			if p.json {
				return p.writeJSON(v)
			}
			return p.table("branch\t"+v.Name, "log\t"+v.Log)
		},
	})
}

func (p *program) hubStatus() *cobra.Command {
	return p.jsonFlag(&cobra.Command{
		Use: "status [NAME]", Short: "Say whether everything is here, from every branch or from one",
		Long: "It is code 5 when a branch contradicts what it signed, and 1 when something is missing or a branch is silent.\n\n" + exitCodes,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			var list struct {
				Branches []hub.View `json:"branches"`
			}
			if len(args) == 1 {
				list.Branches = make([]hub.View, 1)
				if err := p.askHub(c, http.MethodGet, "/branches/"+url.PathEscape(args[0]), nil, &list.Branches[0]); err != nil {
					return err
				}
			} else if err := p.askHub(c, http.MethodGet, "/branches", nil, &list); err != nil {
				return err
			}
			var err error
			if p.json {
				err = p.writeJSON(list)
			} else {
				err = p.table(branchRows(list.Branches)...)
			}
			return errors.Join(err, branchTrouble(list.Branches))
		},
	})
}

func branchRows(list []hub.View) []string {
	rows := []string{"BRANCH\tHERE\tOF\tLAST HEARD\tSTATE"}
	for _, v := range list {
		heard, state := "never", v.Trouble()
		if !v.Heard.IsZero() {
			heard = v.Heard.Format(time.RFC3339)
		}
		switch {
		case state == "" && v.Complete:
			state = "everything is here"
		case state == "" && v.Size == 0:
			state = "nothing yet"
		case state == "":
			state = fmt.Sprintf("%d entries on their way", v.Claimed-v.Size)
		case v.Why != "":
			state += ": " + v.Why
		}
		rows = append(rows, fmt.Sprintf("%s\t%d\t%d\t%s\t%s", v.Name, v.Size, max(v.Claimed, v.Size), heard, state))
		for _, a := range v.Alarms {
			rows = append(rows, fmt.Sprintf("\talarm\t%s\t%s\tentry %d, its place has not come yet", a.Kind, a.Told.Format(time.RFC3339), a.Entry))
		}
	}
	return rows
}

// branchTrouble is the worst that is wrong, as an error with its code.
func branchTrouble(list []hub.View) error {
	var missing error
	for _, v := range list {
		switch {
		case v.Standing != "sound":
			return withCode(exitStorage, fmt.Errorf("branch %s: %s", v.Name, v.Trouble()))
		case !v.Complete && missing == nil:
			missing = fmt.Errorf("not everything is here from branch %s", v.Name)
		}
	}
	return missing
}

func (p *program) hubVerify() *cobra.Command {
	return p.jsonFlag(&cobra.Command{
		Use: "verify NAME", Short: "Read all that is kept of a branch again: every signature, proof and hash",
		Args: p.exactly(1),
		RunE: func(c *cobra.Command, args []string) error {
			var v hub.View
			if err := p.askHub(c, http.MethodPost, "/branches/"+url.PathEscape(args[0])+"/verify", nil, &v); err != nil {
				return withCode(exitStorage, err)
			}
			if p.json {
				return p.writeJSON(v)
			}
			return p.table(fmt.Sprintf("%s\t%d entries, all as they were co-signed", v.Name, v.Size))
		},
	})
}

func (p *program) hubExport() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use: "export NAME", Short: "Write a branch's entries as they are, one a line",
		Args: p.exactly(1),
		RunE: func(c *cobra.Command, args []string) error {
			return p.onHub(c.Context(), false, func(line *daemon.Line) error {
				return written(p.out, file, func(w io.Writer) error {
					return line.Copy(c.Context(), hubPath+"/branches/"+url.PathEscape(args[0])+"/entries", w)
				})
			})
		},
	}
	c.Flags().StringVar(&file, "out", "", "`file` to write it to")
	return c
}

func (p *program) hubErasures() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use: "erasures NAME --out FILE", Short: "Write who was erased at a branch, proved and without a name, to be repeated there",
		Long: `When an older copy of a branch's data was put back, those who were erased since it was
made are in it again. Carry the file there: rostod erasures repeat FILE. Write it before
rostod hub restart.

` + exitCodes,
		Args: p.exactly(1),
		RunE: func(c *cobra.Command, args []string) error {
			return p.onHub(c.Context(), false, func(line *daemon.Line) error {
				return written(p.out, file, func(w io.Writer) error {
					return line.Copy(c.Context(), hubPath+"/branches/"+url.PathEscape(args[0])+"/erasures", w)
				})
			})
		},
	}
	c.Flags().StringVar(&file, "out", "", "`file` to write it to")
	return c
}

func (p *program) hubOpen() *cobra.Command {
	return p.jsonFlag(&cobra.Command{
		Use: "open NAME ENTRY", Short: "Print the private values of an entry that headquarters may know; that you did is in its journal",
		Args: p.exactly(2),
		RunE: func(c *cobra.Command, args []string) error {
			index, err := strconv.ParseUint(args[1], 10, 62)
			if err != nil {
				return withCode(exitUsage, errors.New("ENTRY is a number"))
			}
			var view struct {
				Values map[string]string `json:"values"`
			}
			if err := p.askHub(c, http.MethodPost, fmt.Sprintf("/branches/%s/entries/%d/open", url.PathEscape(args[0]), index), nil, &view); err != nil {
				return err
			}
			if p.json {
				return p.writeJSON(view)
			}
			var rows []string
			for name, value := range view.Values {
				rows = append(rows, name+"\t"+value)
			}
			slices.Sort(rows)
			return p.table(rows...)
		},
	})
}

func (p *program) hubRestart() *cobra.Command {
	var why string
	c := &cobra.Command{
		Use: "restart NAME --why REASON", Short: "Let a branch that was named begin anew; what is here of it is kept beside",
		Args: p.exactly(1),
		RunE: func(c *cobra.Command, args []string) error {
			var v hub.View
			if err := p.askHub(c, http.MethodPost, "/branches/"+url.PathEscape(args[0])+"/restart", map[string]string{"why": why}, &v); err != nil {
				return err
			}
			return p.table(v.Name + "\tbegins anew; restart the branch's daemon, too")
		},
	}
	c.Flags().StringVar(&why, "why", "", "the `reason`; it stays in the hub's journal")
	return c
}

func (p *program) hubCarry() *cobra.Command {
	group := &cobra.Command{Use: "carry", Short: "Take parcels from a medium"}
	group.AddCommand(p.jsonFlag(&cobra.Command{
		Use: "in PATH…", Short: "Verify parcels whole, take them, and write a receipt beside each",
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			var list []daemon.CarriedIn
			err := p.onHub(c.Context(), true, func(line *daemon.Line) (err error) {
				list, err = daemon.CarryIn(c.Context(), line, args)
				return err
			})
			var rows []string
			var refused error
			for _, one := range list {
				if one.Refused != "" {
					rows, refused = append(rows, one.File+"\tREFUSED\t"+one.Refused), withCode(exitStorage, errors.New("a parcel was refused: carry out another one"))
					continue
				}
				word := "taken"
				if one.Again {
					word = "had come before"
				}
				rows = append(rows, fmt.Sprintf("%s\t%s\tparcel %s of branch %s (%s), %s entries here, receipt %s", one.File, word, one.Number, one.Branch, one.Standing, one.Entries, one.Receipt))
			}
			if p.json {
				return errors.Join(err, p.writeJSON(map[string]any{"parcels": list}), refused)
			}
			if len(rows) == 0 && err == nil {
				return errors.New("there is no parcel: their names are rostod-*.parcel")
			}
			return errors.Join(p.table(rows...), err, refused)
		},
	}))
	return group
}
