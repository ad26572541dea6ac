package accuracy

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// Files is where the bench wrote what does not fit a table.
type Files struct {
	Plot  string `json:"plot"`
	Pairs string `json:"pairs"`
}

// write puts the plot and the list of pairs into a folder.
func write(dir string, plot string, photos []Photo, pairs []Pair) (Files, error) {
	f := Files{Plot: filepath.Join(dir, "det.svg"), Pairs: filepath.Join(dir, "pairs.csv")}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return f, fmt.Errorf("make the folder for the results: %w", err)
	}
	if err := os.WriteFile(f.Plot, []byte(plot), 0o644); err != nil { //nolint:gosec // a plot for everybody
		return f, fmt.Errorf("write the plot: %w", err)
	}
	out, err := os.Create(f.Pairs)
	if err != nil {
		return f, fmt.Errorf("write the pairs: %w", err)
	}
	w := csv.NewWriter(out)
	if err := errors.Join(w.WriteAll(rows(photos, pairs)), out.Close()); err != nil {
		return f, fmt.Errorf("write the pairs: %w", err)
	}
	return f, nil
}

func rows(photos []Photo, pairs []Pair) [][]string {
	number := func(v float64) string { return strconv.FormatFloat(v, 'f', 8, 64) }
	head := []string{"probe", "reference", "mated", "direct_score"}
	for _, risk := range levels() {
		for _, what := range []string{"similarity", "verdict", "liveness", "allow"} {
			head = append(head, string(risk)+"_"+what)
		}
	}
	list := [][]string{head}
	for _, p := range pairs {
		row := []string{photos[p.Probe].Name, photos[p.Reference].Name, strconv.FormatBool(p.Mated), number(p.Direct)}
		for _, risk := range levels() {
			v, asked := p.Verdicts[risk]
			switch {
			case !asked:
				row = append(row, "", "", "", "")
			case v.Match == "":
				row = append(row, "", "", string(v.Liveness), strconv.FormatBool(v.Allow))
			default:
				row = append(row, number(v.Similarity), string(v.Match), string(v.Liveness), strconv.FormatBool(v.Allow))
			}
		}
		list = append(list, row)
	}
	return list
}
