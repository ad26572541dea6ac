package accuracy

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/rostod/rostod/daemon/bench"
	"github.com/rostod/rostod/engine"
)

// Photo is one labelled photo, as it is sent.
type Photo struct {
	Name   string
	Person string
	Data   []byte
	Fitted bool // resized or compressed to fit the contracts

	ask bench.Ask // requests with it
}

// Load reads the photos that identities.csv names, in dir or in dir/faces: a
// heading, then rows of a file's name and the person that it shows.
func Load(dir string) ([]Photo, error) {
	for _, folder := range []string{filepath.Join(dir, "faces"), dir} {
		f, err := os.Open(filepath.Join(folder, "identities.csv"))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		rows := csv.NewReader(f)
		rows.FieldsPerRecord = -1
		list, err := rows.ReadAll()
		if err := errors.Join(err, f.Close()); err != nil {
			return nil, fmt.Errorf("read %s: %w", f.Name(), err)
		}
		return photos(folder, list)
	}
	return nil, fmt.Errorf("no identities.csv in %s or its folder faces", dir)
}

func photos(folder string, rows [][]string) ([]Photo, error) {
	if len(rows) == 0 || len(rows[0]) < 2 || rows[0][0] != "image" || rows[0][1] != "identity" {
		return nil, errors.New("identities.csv: the first row must be: image,identity")
	}
	var all []Photo
	for _, r := range rows[1:] {
		if len(r) < 2 || !filepath.IsLocal(r[0]) {
			return nil, errors.New("identities.csv: each row must be a file in its folder and a person")
		}
		if slices.ContainsFunc(all, func(p Photo) bool { return p.Name == r[0] }) {
			return nil, fmt.Errorf("identities.csv: %s stands there twice", r[0])
		}
		data, err := os.ReadFile(filepath.Join(folder, r[0]))
		if err != nil {
			return nil, err
		}
		p := Photo{Name: r[0], Person: r[1]}
		if p.Data, p.Fitted, err = Fit(data); err != nil {
			return nil, fmt.Errorf("%s: %w", r[0], err)
		}
		p.ask = bench.WithPicture(p.Data)
		all = append(all, p)
	}
	if len(all) < 2 {
		return nil, errors.New("identities.csv names fewer than two photos: there is nothing to compare")
	}
	return all, nil
}

// customer is the customer that a photo is enrolled as.
func (p Photo) customer() engine.CustomerID { return engine.CustomerID("bench-" + p.Name) }
