package main

import (
	"fmt"
	"net/http"

	"github.com/spf13/cobra"
)

// indexView is the index of faces as the daemon shows it.
type indexView struct {
	Position uint64 `json:"position"`
	Behind   uint64 `json:"behind"`
	Kernels  string `json:"kernels"`
	Segments []struct {
		Name       string `json:"name"`
		Rows       int    `json:"rows"`
		Dimensions int    `json:"dimensions"`
	} `json:"segments"`
}

func (p *program) indexCommand() *cobra.Command {
	index := p.jsonFlag(&cobra.Command{
		Use:   "index",
		Short: "Show the index of faces, or turn its templates by new secrets",
		Long: `The index of faces answers whether a face is in the base already. It is made from
the records and holds nothing that they do not have; "rostod check --deep"
compares the two.

` + exitCodes,
		RunE: func(c *cobra.Command, _ []string) error { return p.index(c, http.MethodGet, "/api/index") },
	})
	index.AddCommand(p.jsonFlag(&cobra.Command{
		Use:   "reissue",
		Short: "Turn all templates by new secrets, so that copies of the files match nothing here",
		Long: `Each segment of the index turns its templates by a secret of its own before they
are written. After a copy of the files has gone astray, new secrets make it
worthless: what is in it resembles the templates of now as strangers do. Searches
go on meanwhile, and nobody has to be enrolled again.

` + exitCodes,
		RunE: func(c *cobra.Command, _ []string) error { return p.index(c, http.MethodPost, "/api/index/reissue") },
	}))
	return index
}

// index asks and prints how the index is then.
func (p *program) index(c *cobra.Command, method, path string) error {
	var view indexView
	if err := p.control(c, method, path, nil, &view); err != nil {
		return err
	}
	if p.json {
		return p.writeJSON(view)
	}
	rows := []string{
		fmt.Sprintf("journal\t%d entries taken in, %d not yet", view.Position, view.Behind), "kernels\t" + view.Kernels,
	}
	for _, s := range view.Segments {
		rows = append(rows, fmt.Sprintf("segment\t%.12s…, %d templates of %d dimensions", s.Name, s.Rows, s.Dimensions))
	}
	return p.table(rows...)
}
