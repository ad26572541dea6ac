package main

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rostod/rostod/daemon"
)

func (p *program) statusCommand() *cobra.Command {
	return p.jsonFlag(&cobra.Command{
		Use:   "status",
		Short: "Say how the running daemon is",
		Long:  "Asks the running daemon how it is. It is code 1 when something is degraded or failed.\n\n" + exitCodes,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := p.config()
			if err != nil {
				return err
			}
			line, err := daemon.Dial(c.Context(), cfg)
			if err != nil {
				return withCode(exitNobody, err)
			}
			var s daemon.Status
			if err := line.Do(c.Context(), http.MethodGet, "/api/status", nil, &s); err != nil {
				return err
			}
			if p.json {
				err = p.writeJSON(s)
			} else {
				err = p.table(statusRows(s)...)
			}
			if err == nil && s.Ready != "ok" {
				err = fmt.Errorf("the daemon is %s", s.Ready)
			}
			return err
		},
	})
}

// upstreamRow says what headquarters has not received.
func upstreamRow(u daemon.UpstreamStatus) string {
	row := fmt.Sprintf("all %d entries co-signed by %s", u.Accepted, u.To)
	if u.Unsent > 0 {
		row = fmt.Sprintf("%d entries unsent, the oldest of %s", u.Unsent, u.Oldest.Format(time.RFC3339))
	}
	row += ", by " + u.By
	if u.AcceptedAt.IsZero() {
		row += ", never co-signed"
	} else {
		row += ", last co-signed " + u.AcceptedAt.Format(time.RFC3339)
	}
	if u.Standing != "" && u.Standing != "sound" {
		row += ", " + strings.ToUpper(string(u.Standing))
	}
	if u.Failures > 0 {
		row += fmt.Sprintf(", %d tries failed: %s", u.Failures, u.Problem)
	}
	return row
}

func statusRows(s daemon.Status) []string {
	rows := []string{
		"state\t" + string(s.Ready),
		"address\t" + s.Address,
		fmt.Sprintf("running\t%s, since %s", time.Since(s.StartedAt).Round(time.Second), s.StartedAt.Format(time.RFC3339)),
		"version\t" + s.Version,
		"data\t" + s.Data,
		fmt.Sprintf("journal\t%d entries, %d sealed, root %s", s.Journal.Entries, s.Journal.Sealed, s.Journal.Root),
		fmt.Sprintf("keys\tepoch %d, %d erasures pending", s.Keys.Epoch, s.Keys.ErasuresPending),
	}
	if s.Disk.Free >= 0 {
		rows = append(rows, fmt.Sprintf("disk\t%d MiB free, nothing is written below %d", s.Disk.Free>>20, s.Disk.Least>>20))
	}
	rows = append(rows,
		fmt.Sprintf("retention\t%s; %s", s.Retention.State, reached(s.Retention.Reached)),
		fmt.Sprintf("erasures\t%d wait for another key, %d under way, %d with evidence that is kept", s.Erasures.Requested, s.Erasures.Running, s.Erasures.Kept))
	if u := s.Upstream; u.On {
		rows = append(rows, "upstream\t"+upstreamRow(u))
	}
	for _, c := range s.Checks {
		rows = append(rows, strings.TrimSpace("check\t"+c.Name+": "+string(c.State)+" "+c.Reason))
	}
	return rows
}
