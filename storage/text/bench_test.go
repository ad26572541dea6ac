package text_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/rostod/rostod/storage/text"
)

// many are documents as a branch has attempts: 20,000 are a month of 650 a day.
func many(n int) []text.Document {
	list := make([]text.Document, n)
	for i := range list {
		list[i] = text.Document{
			ID: fmt.Sprintf("%016x6174745f%048x", i, i*7919), Owner: "bank", Sealed: fmt.Sprintf("%016x", i%20_000), At: noon.Add(time.Duration(i) * time.Second),
			Words: []string{
				fmt.Sprintf("Withdraw IDR %d to BCA %d", i*1000, 1_000_000+i), "high_value_transfer", fmt.Sprintf("cus_%d", i%20_000),
				fmt.Sprintf("kiosk-%d", i%8), fmt.Sprintf("att_%026d", i), fmt.Sprintf("ver_%026d", i),
			},
			Values: map[string][]string{"verdict": {[]string{"match", "no_match", "grey"}[i%3]}, "device": {fmt.Sprintf("kiosk-%d", i%8)}},
		}
	}
	return list
}

// BenchmarkMonth builds a month of 20,000 documents, opens it, and searches it for one
// customer's and for everything with two facets. A quiet core must build it in 6 s
// (0.3 ms a document), open it in 50 ms, and search it in 5 and 60 ms.
func BenchmarkMonth(b *testing.B) {
	docs := many(20_000)
	c := config(b.TempDir(), nil)
	x, err := text.Open(c)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("build", func(b *testing.B) {
		for b.Loop() {
			if err := x.Rebuild("2026-11", each(docs)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			if err := x.Close(); err != nil {
				b.Fatal(err)
			}
			if x, err = text.Open(c); err != nil || len(x.Damaged()) > 0 {
				b.Fatal(x.Damaged(), err)
			}
		}
	})
	for name, q := range map[string]text.Query{
		"customer": {Owner: "bank", Most: 50, Words: text.Words{With: [][]string{{"cus", "77"}}}},
		"all":      {Owner: "bank", Most: 50, Facets: []string{"verdict", "device"}},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if r, err := x.Search(b.Context(), "2026-11", q); err != nil || r.Total == 0 {
					b.Fatal(r.Total, err)
				}
			}
		})
	}
	if err := x.Close(); err != nil {
		b.Fatal(err)
	}
}
