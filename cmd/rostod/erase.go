package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/spf13/cobra"

	"github.com/rostod/rostod/daemon"
)

const erasuresPath = "/api/erasures"

// erasureView is an erasure as the daemon shows it.
type erasureView struct {
	ID          string    `json:"id"`
	State       string    `json:"state"`
	LegalBasis  string    `json:"legalBasis"`
	RequestedBy string    `json:"requestedBy"`
	RequestedAt time.Time `json:"requestedAt"`
	OtherKey    string    `json:"otherKey,omitzero"`
	ErasedAt    time.Time `json:"erasedAt,omitzero"`
	Journal     uint64    `json:"journal,omitzero"`
	WaitsFor    string    `json:"waitsFor,omitzero"`
	ProofEntry  uint64    `json:"proofEntry,omitzero"`
	Covered     any       `json:"covered,omitzero"`
	Certificate string    `json:"certificate,omitzero"`
}

type eraseRequest struct {
	Customer string `json:"customerId"`
	Reason   string `json:"reason"`
	Basis    string `json:"legalBasis"`
}

func (p *program) eraseCommand() *cobra.Command {
	var wish eraseRequest
	var file string
	c := p.jsonFlag(&cobra.Command{
		Use:   "erase CUSTOMER --reason WHY --basis LAW",
		Short: "Erase a customer everywhere, and keep the certificate",
		Long: `Forgets the keys that seal a customer's faces, captures and evidence, and removes
what is left. Where the policy of the org asks for four eyes, API keys of two holders
ask for it and confirm it: whoever works at the machine is nobody in particular. The certificate names the customer and is made once:
write it to a file, and give it to whom it is about. rostod-verify checks it.

` + exitCodes,
		Example: "  rostod erase cus_1 --reason \"request of 3 November\" --basis \"LGPD Art. 18 VI\" --certificate cus_1.receipt.json",
		Args:    p.exactly(1),
		RunE: func(c *cobra.Command, args []string) error {
			if wish.Reason == "" || wish.Basis == "" {
				return withCode(exitUsage, errors.New("--reason and --basis are needed; see: rostod erase --help"))
			}
			wish.Customer = args[0]
			var made erasureView
			if err := p.control(c, http.MethodPost, erasuresPath, wish, &made); err != nil {
				return err
			}
			return p.erased(made, file)
		},
	})
	c.Flags().StringVar(&wish.Reason, "reason", "", "`why`; it is forgotten with the customer")
	c.Flags().StringVar(&wish.Basis, "basis", "", "the `law` or rule, for the journal and the certificate")
	c.Flags().StringVar(&file, "certificate", "", "`file` to write the certificate to")
	p.orgFlag(c)
	return c
}

// erased keeps the certificate of an erasure, and says where it stands.
func (p *program) erased(made erasureView, file string) error {
	if made.Certificate != "" && file != "" {
		certificate := made.Certificate
		err := written(p.out, file, func(w io.Writer) error { _, err := io.WriteString(w, certificate); return err })
		if err != nil {
			// Nobody can have it a second time.
			_, printed := fmt.Fprintln(p.out, certificate)
			return errors.Join(err, printed)
		}
		made.Certificate = ""
	}
	if p.json {
		return p.writeJSON(made)
	}
	rows := []string{"id\t" + made.ID, "state\t" + made.State}
	if made.WaitsFor != "" {
		rows = append(rows, "waits for\t"+made.WaitsFor+"; nothing can be read any more, the rest goes on by itself")
	}
	if made.ProofEntry > 0 {
		rows = append(rows, fmt.Sprintf("journal\terased by entry %d, proved by entry %d", made.Journal, made.ProofEntry))
	}
	if err := p.table(rows...); err != nil {
		return err
	}
	if made.Certificate != "" {
		_, err := fmt.Fprintln(p.out, made.Certificate)
		return err
	}
	return nil
}

func (p *program) erasuresCommand() *cobra.Command {
	group := p.jsonFlag(&cobra.Command{
		Use:   "erasures",
		Short: "List erasures, cancel one, or print its proof",
		Long:  "Lists the erasures of an org. They name nobody.\n\n" + exitCodes,
		RunE: func(c *cobra.Command, _ []string) error {
			var list struct {
				Data []erasureView `json:"data"`
			}
			if err := p.control(c, http.MethodGet, erasuresPath, nil, &list); err != nil {
				return err
			}
			if p.json {
				return p.writeJSON(list)
			}
			rows := []string{"ID\tSTATE\tREQUESTED\tBY\tBASIS"}
			for _, e := range list.Data {
				rows = append(rows, strings.Join([]string{e.ID, e.State, e.RequestedAt.Format(time.RFC3339), e.RequestedBy, e.LegalBasis}, "\t"))
			}
			return p.table(rows...)
		},
	})
	cancel := p.jsonFlag(&cobra.Command{
		Use: "cancel ID", Short: "Take back an erasure that nobody has confirmed", Args: p.exactly(1),
		RunE: func(c *cobra.Command, args []string) error {
			var made erasureView
			if err := p.control(c, http.MethodPost, erasuresPath+"/"+url.PathEscape(args[0])+"/cancel", nil, &made); err != nil {
				return err
			}
			return p.erased(made, "")
		},
	})
	p.orgFlag(cancel)
	group.AddCommand(cancel)
	group.AddCommand(p.erasuresRepeat())
	var out string
	proof := &cobra.Command{
		Use: "certificate ID", Short: "Print the proof of an erasure, without a name, for rostod-verify", Args: p.exactly(1),
		RunE: func(c *cobra.Command, args []string) error {
			return p.fetch(c, erasuresPath+"/"+url.PathEscape(args[0])+"/certificate", out)
		},
	}
	proof.Flags().StringVar(&out, "out", "", "`file` to write it to")
	p.orgFlag(proof)
	group.AddCommand(proof)
	p.orgFlag(group)
	return group
}

func (p *program) erasuresRepeat() *cobra.Command {
	return p.jsonFlag(&cobra.Command{
		Use:   "repeat FILE…",
		Short: "Erase those again who were erased after a copy was made that was put back",
		Long: `Each FILE is a certificate of an erasure, with or without a name, or what
"rostod hub erasures" wrote at headquarters. Whoever it proves to have been erased, and
whose key is in the copy, is erased once more. The same file twice changes nothing.

` + exitCodes,
		Example: "  rostod erasures repeat branch-17.erasures\n  rostod erasures repeat certificates/*",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			settled := false
			rows := []string{"FILE\tPROVED\tERASED AGAIN"}
			list := map[string]repeatedView{}
			err := p.onRecords(c.Context(), true, func(line *daemon.Line) error {
				for _, name := range args {
					body, err := os.ReadFile(name)
					if err != nil {
						return fmt.Errorf("read a proof: %w", err)
					}
					answer, _, err := line.Send(c.Context(), erasuresPath+"/repeat", body)
					var made repeatedView
					if err == nil {
						err = json.Unmarshal(answer, &made)
					}
					if err != nil {
						return fmt.Errorf("%s: %w", name, err)
					}
					settled, list[name] = made.Settled, made
					rows = append(rows, fmt.Sprintf("%s\t%d\t%d", name, made.Proofs, made.Again))
				}
				return nil
			})
			if p.json {
				return errors.Join(p.writeJSON(list), err)
			}
			if len(rows) > 1 {
				err = errors.Join(p.table(rows...), err)
			}
			if err != nil {
				return err
			}
			if !settled {
				return withCode(exitStorage, errors.New("headquarters has seen more of this journal: its own list is needed, too; there: rostod hub erasures"))
			}
			return nil
		},
	})
}

// repeatedView is what came of a file of proofs.
type repeatedView struct {
	Proofs  int    `json:"proofs"`
	Again   int    `json:"again"`
	Size    uint64 `json:"size,omitzero"`
	Settled bool   `json:"settled"`
}

// orgFlag adds --org to a command that acts for one.
func (p *program) orgFlag(c *cobra.Command) {
	c.Flags().StringVar(&p.org, "org", "", "the `org` that it is about; the configured one when left out")
}
