package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rostod/rostod/daemon"
)

func (p *program) carryCommand() *cobra.Command {
	group := &cobra.Command{
		Use:   "carry",
		Short: "Carry the journal to headquarters on a medium, where there is no link",
		Long: `Writes what headquarters has not co-signed yet as parcels: signed, sealed to
headquarters, numbered. There, "rostod hub carry in" takes them and writes a receipt
beside each; the newest receipt, carried back, says where to go on. Parcels and receipts
that get lost, or come twice, do no harm.

` + exitCodes,
		Example: "  rostod carry out /media/usb\n  rostod hub carry in /media/usb      # at headquarters\n  rostod carry receipt /media/usb/rostod-3f9c2b1a-000001.receipt",
	}
	group.AddCommand(p.carryOut(), p.carryReceipt())
	return group
}

func (p *program) carryOut() *cobra.Command {
	return p.jsonFlag(&cobra.Command{
		Use: "out DIR", Short: "Write what is unsent to a medium; what was cut off goes on",
		Args: p.exactly(1),
		RunE: func(c *cobra.Command, args []string) error {
			var list []daemon.CarriedOut
			err := p.onRecords(c.Context(), false, func(line *daemon.Line) (err error) {
				list, err = daemon.CarryOut(c.Context(), line, args[0])
				return err
			})
			if p.json {
				return errors.Join(err, p.writeJSON(map[string]any{"parcels": list}))
			}
			rows := []string{}
			for _, one := range list {
				row := fmt.Sprintf("%s\t%d entries", one.File, one.Entries)
				if one.Before {
					row += "\twas there"
				}
				rows = append(rows, row)
			}
			if err == nil && len(list) == 0 {
				rows = append(rows, "nothing to carry: headquarters has it all")
			}
			return errors.Join(p.table(rows...), err)
		},
	})
}

func (p *program) carryReceipt() *cobra.Command {
	return p.jsonFlag(&cobra.Command{
		Use: "receipt FILE", Short: "Take headquarters' receipt, and go on from there",
		Args: p.exactly(1),
		RunE: func(c *cobra.Command, args []string) error {
			var status daemon.UpstreamStatus
			err := p.onRecords(c.Context(), true, func(line *daemon.Line) (err error) {
				status, err = daemon.CarryReceipt(c.Context(), line, args[0])
				return err
			})
			if err != nil {
				return err
			}
			if p.json {
				err = p.writeJSON(status)
			} else {
				err = p.table("upstream\t" + upstreamRow(status))
			}
			if err == nil && status.Standing != "sound" {
				err = withCode(exitStorage, fmt.Errorf("headquarters has co-signed other entries than are here (%s): keep everything as it is", status.Standing))
			}
			return err
		},
	})
}
