package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rostod/rostod/daemon"
)

func (p *program) openAPICommand() *cobra.Command {
	return &cobra.Command{
		Use:   "openapi",
		Short: "Print the OpenAPI document of the HTTP interface",
		RunE: func(c *cobra.Command, _ []string) error {
			document, err := daemon.OpenAPI(c.Context())
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(p.out, "%s\n", document)
			return err
		},
	}
}
