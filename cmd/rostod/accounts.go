package main

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// accountView is a service account as the daemon shows it.
type accountView struct {
	Name       string    `json:"name"`
	Org        string    `json:"org"`
	Issuer     string    `json:"issuer"`
	Audience   string    `json:"audience"`
	Key        string    `json:"key"`
	PrivateKey string    `json:"privateKey,omitzero"`
	Addresses  []string  `json:"addresses,omitzero"`
	From       time.Time `json:"from,omitzero"`
	Until      time.Time `json:"until,omitzero"`
	CreatedAt  time.Time `json:"createdAt"`
	DisabledAt time.Time `json:"disabledAt,omitzero"`
}

type accountRequest struct {
	Name      string   `json:"name,omitzero"`
	Org       string   `json:"org,omitzero"`
	PublicKey string   `json:"publicKey,omitzero"`
	Audience  string   `json:"audience,omitzero"`
	Addresses []string `json:"addresses,omitzero"`
}

func (p *program) accountsCommand() *cobra.Command {
	accounts := &cobra.Command{
		Use:   "accounts",
		Short: "Make, list, renew and disable service accounts",
		Long: `A service account gets access tokens for assertions that its key has signed:
POST /oauth2/token. Works beside a running daemon, and without one.

` + exitCodes,
	}
	accounts.AddCommand(p.accountsCreate(), p.accountsList(), p.accountsRenew(), p.accountsDisable())
	return accounts
}

func (p *program) accountsCreate() *cobra.Command {
	var wish accountRequest
	var file string
	c := p.jsonFlag(&cobra.Command{
		Use:     "create NAME",
		Short:   "Make a service account; without a public key its private key is printed this once",
		Example: "  rostod accounts create teller --json\n  rostod accounts create teller --public-key teller.pub.pem --address 10.1.0.0/16",
		Args:    p.exactly(1),
		RunE: func(c *cobra.Command, args []string) error {
			wish.Name = args[0]
			if err := readKey(file, &wish); err != nil {
				return err
			}
			return p.account(c, "/api/accounts", wish)
		},
	})
	c.Flags().StringVar(&wish.Org, "org", "", "the `org` that the account acts for; the configured one when left out")
	c.Flags().StringVar(&file, "public-key", "", "a `file` with its public RSA key in PEM; a pair is made when it is left out")
	c.Flags().StringVar(&wish.Audience, "audience", "", "what its assertions say in aud; https://identity.acesso.io when left out")
	c.Flags().StringSliceVar(&wish.Addresses, "address", nil, "a `network` from which tokens are given; any when left out")
	return c
}

func (p *program) accountsRenew() *cobra.Command {
	var wish accountRequest
	var file string
	c := p.jsonFlag(&cobra.Command{
		Use:   "renew NAME",
		Short: "Give a service account another key; the former ends at once",
		Args:  p.exactly(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := readKey(file, &wish); err != nil {
				return err
			}
			return p.account(c, "/api/accounts/"+url.PathEscape(args[0])+"/renew", wish)
		},
	})
	c.Flags().StringVar(&file, "public-key", "", "a `file` with its new public RSA key in PEM; a pair is made when it is left out")
	return c
}

func (p *program) accountsDisable() *cobra.Command {
	return p.jsonFlag(&cobra.Command{
		Use:   "disable NAME",
		Short: "End a service account and its tokens, at once",
		Args:  p.exactly(1),
		RunE: func(c *cobra.Command, args []string) error {
			return p.account(c, "/api/accounts/"+url.PathEscape(args[0])+"/disable", nil)
		},
	})
}

func (p *program) accountsList() *cobra.Command {
	return p.jsonFlag(&cobra.Command{
		Use:   "list",
		Short: "List the service accounts of every org",
		RunE: func(c *cobra.Command, _ []string) error {
			var list struct {
				Data []accountView `json:"data"`
			}
			if err := p.control(c, http.MethodGet, "/api/accounts", nil, &list); err != nil {
				return err
			}
			if p.json {
				return p.writeJSON(list)
			}
			rows := []string{"NAME\tORG\tSTATE\tMADE\tISSUER"}
			for _, a := range list.Data {
				rows = append(rows, strings.Join([]string{a.Name, a.Org, a.state(), a.CreatedAt.Format(time.DateOnly), a.Issuer}, "\t"))
			}
			return p.table(rows...)
		},
	})
}

func (a accountView) state() string {
	if a.DisabledAt.IsZero() {
		return "active"
	}
	return "disabled"
}

// account asks for a change of one account and prints what became of it.
func (p *program) account(c *cobra.Command, path string, ask any) error {
	var one accountView
	if err := p.control(c, http.MethodPost, path, ask, &one); err != nil {
		return err
	}
	if p.json {
		return p.writeJSON(one)
	}
	if err := p.table("account\t"+one.Name, "org\t"+one.Org, "state\t"+one.state(), "issuer\t"+one.Issuer, "audience\t"+one.Audience, "key\t"+one.Key); err != nil {
		return err
	}
	_, err := fmt.Fprint(p.out, one.PrivateKey)
	return err
}

// exactly asks for so many arguments.
func (*program) exactly(n int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error { return withCode(exitUsage, cobra.ExactArgs(n)(c, args)) }
}

// readKey takes a public key from a file.
func readKey(file string, into *accountRequest) error {
	if file == "" {
		return nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("read the public key: %w", err)
	}
	into.PublicKey = string(text)
	return nil
}
