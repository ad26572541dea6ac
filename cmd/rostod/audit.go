package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/rostod/rostod/daemon"
)

type auditKeys struct {
	Log  string `json:"log"`
	Keys []struct {
		Number int       `json:"number"`
		Key    string    `json:"key"`
		Since  time.Time `json:"since"`
		Entry  uint64    `json:"journal"`
		Proof  string    `json:"proof,omitzero"`
	} `json:"keys"`
}

const auditPath = "/api/audit"

func (p *program) auditCommand() *cobra.Command {
	group := &cobra.Command{
		Use:   "audit",
		Short: "Sign, prove and verify the journal",
		Long: `The journal is a Merkle tree. Keep its key and a checkpoint elsewhere now and then:
whoever has them can say later whether an entry is missing, was changed, or came in
between. rostod-verify checks proofs on any machine, without a rostod.

` + exitCodes,
		Example: "  rostod audit key > branch17.key\n  rostod audit checkpoint > 2026-11-23.checkpoint\n  rostod audit verify *.checkpoint\n  rostod audit proof 7 --out entry-7.tlog-proof",
	}
	group.AddCommand(p.auditKey("key", "Print the key that the journal is signed with", http.MethodGet, "/keys"),
		p.auditKey("rotate", "Sign with a new key from now on; the one before signs for it and is destroyed", http.MethodPost, "/keys/rotate"),
		p.auditCheckpoint(), p.auditEntry("proof", "Print an entry of the journal with the proof that it is in there"),
		p.auditEntry("receipt", "The same, with the private values that the entry commits to"), p.auditExport(), p.auditPage(), p.auditVerify())
	return group
}

func (p *program) auditKey(use, short, method, path string) *cobra.Command {
	return p.jsonFlag(&cobra.Command{
		Use: use, Short: short,
		RunE: func(c *cobra.Command, _ []string) error {
			var view auditKeys
			if err := p.control(c, method, auditPath+path, nil, &view); err != nil {
				return err
			}
			if p.json {
				return p.writeJSON(view)
			}
			_, err := fmt.Fprintln(p.out, view.Keys[len(view.Keys)-1].Key)
			return err
		},
	})
}

func (p *program) auditCheckpoint() *cobra.Command {
	return &cobra.Command{
		Use: "checkpoint", Short: "Print the journal's size and root, signed",
		RunE: func(c *cobra.Command, _ []string) error { return p.fetch(c, auditPath+"/checkpoint", "") },
	}
}

// auditEntry is proof or receipt.
func (p *program) auditEntry(what, short string) *cobra.Command {
	var file string
	c := &cobra.Command{
		Use: what + " ENTRY", Short: short,
		Args: p.exactly(1),
		RunE: func(c *cobra.Command, args []string) error {
			index, err := strconv.ParseUint(args[0], 10, 63)
			if err != nil {
				return withCode(exitUsage, errors.New("ENTRY is a number, as attempts name it in journal"))
			}
			return p.fetch(c, auditPath+"/entries/"+strconv.FormatUint(index, 10)+"/"+what, file)
		},
	}
	c.Flags().StringVar(&file, "out", "", "`file` to write it to")
	return c
}

func (p *program) auditExport() *cobra.Command {
	return &cobra.Command{
		Use: "export FILE", Short: "Write the whole journal as a log that others can serve and read (tlog-tiles, in a tar)",
		Args: p.exactly(1),
		RunE: func(c *cobra.Command, args []string) error { return p.fetch(c, auditPath+"/tiles", args[0]) },
	}
}

func (p *program) auditPage() *cobra.Command {
	return &cobra.Command{
		Use: "page FILE", Short: "Write a page that checks receipts in a browser, without a server",
		Args: p.exactly(1),
		RunE: func(c *cobra.Command, args []string) error { return p.fetch(c, auditPath+"/page", args[0]) },
	}
}

func (p *program) auditVerify() *cobra.Command {
	return p.jsonFlag(&cobra.Command{
		Use:   "verify [CHECKPOINT…]",
		Short: "Compute the journal's tree again, and hold checkpoints that were kept against it",
		Long: `Reads every entry, computes the tree again, and compares it with the stored one and
with its seal. With files that "rostod audit checkpoint" wrote, it says of each whether
the journal begins with what it speaks of.

` + exitCodes,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			var ask struct {
				Checkpoints []string `json:"checkpoints,omitempty"`
			}
			for _, name := range args {
				b, err := os.ReadFile(name)
				if err != nil {
					return fmt.Errorf("read a checkpoint: %w", err)
				}
				ask.Checkpoints = append(ask.Checkpoints, string(b))
			}
			var view struct {
				Size        uint64 `json:"size"`
				Root        []byte `json:"root"`
				Sound       bool   `json:"sound"`
				Checkpoints []struct {
					Size  uint64 `json:"size,omitzero"`
					State string `json:"state"`
				} `json:"checkpoints"`
				Headquarters *struct {
					Size  uint64 `json:"size,omitzero"`
					State string `json:"state"`
				} `json:"headquarters,omitzero"`
			}
			if err := p.control(c, http.MethodPost, auditPath+"/verify", ask, &view); err != nil {
				return err
			}
			var err error
			if p.json {
				err = p.writeJSON(view)
			} else {
				rows := []string{fmt.Sprintf("journal\t%d entries, all as they were written", view.Size), fmt.Sprintf("root\t%x", view.Root)}
				for i, one := range view.Checkpoints {
					rows = append(rows, fmt.Sprintf("%s\t%s", args[i], told(one.State, one.Size)))
				}
				if hq := view.Headquarters; hq != nil {
					rows = append(rows, "co-signed by headquarters\t"+told(hq.State, hq.Size))
				}
				err = p.table(rows...)
			}
			if err == nil && !view.Sound {
				err = withCode(exitStorage, errors.New("the journal is not the one that was signed: keep everything as it is, and find out who changed it"))
			}
			return err
		},
	})
}

// told says how a checkpoint stands to the journal.
func told(state string, size uint64) string {
	switch state {
	case "within":
		return fmt.Sprintf("ok: the journal begins with these %d entries", size)
	case "forked":
		return fmt.Sprintf("FORKED: the journal's first %d entries are others", size)
	case "short":
		return fmt.Sprintf("SHORT: it had %d entries; an older state was put back", size)
	default:
		return "FOREIGN: not signed by a key of this journal"
	}
}

// fetch writes what the daemon answers to a file, or prints it.
func (p *program) fetch(c *cobra.Command, path, file string) error {
	return p.onRecords(c.Context(), false, func(line *daemon.Line) error {
		return written(p.out, file, func(w io.Writer) error { return line.Copy(c.Context(), path, w) })
	})
}

// written writes to a file, which is there when it is whole, or else to out.
func written(out io.Writer, file string, write func(io.Writer) error) error {
	if file == "" {
		return write(out)
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".rostod-*") // mode 0600; what was there stays until this is whole
	if err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	err = write(f)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", file, errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}
