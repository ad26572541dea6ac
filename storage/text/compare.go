package text

import (
	"context"
	"fmt"
	"iter"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/search/query"
)

// Difference is how a part differs from what it should have.
type Difference struct{ Documents, Missing, Other, Surplus int }

// Sound says that it does not.
func (d Difference) Sound() bool { return d.Missing+d.Other+d.Surplus == 0 }

// comparedAtOnce is how many documents of a part are read together.
const comparedAtOnce = 1000

// Compare holds the files of a part against their checksums, and its documents against
// those that it should have. It keeps a hash of each in memory.
func (x *Index) Compare(ctx context.Context, name string, docs iter.Seq2[Document, error]) (Difference, error) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	p := x.parts[name]
	if p == nil {
		return Difference{}, Damaged
	}
	if err := p.sound(); err != nil {
		return Difference{}, damaged(name, err)
	}
	has, err := p.sums(ctx)
	if err != nil {
		return Difference{}, err
	}
	var d Difference
	for doc, err := range docs {
		if err != nil {
			return d, err
		}
		d.Documents++
		switch sum, ok := has[doc.ID]; {
		case !ok:
			d.Missing++
		case sum != doc.sum(p.secret):
			d.Other++
		}
		delete(has, doc.ID)
	}
	d.Surplus = len(has)
	return d, nil
}

// sums are the hashes of all documents by id.
func (p *part) sums(ctx context.Context) (map[string]string, error) {
	has, after := map[string]string{}, ""
	for {
		request := bleve.NewSearchRequestOptions(query.NewMatchAllQuery(), comparedAtOnce, 0, false)
		request.Fields, request.Score = []string{sumField}, "none"
		request.SortBy([]string{"_id"})
		if after != "" {
			request.SetSearchAfter([]string{after})
		}
		found, err := p.files.SearchInContext(ctx, request)
		if err != nil {
			return nil, fmt.Errorf("read the search index: %w", err)
		}
		for _, hit := range found.Hits {
			sum, _ := hit.Fields[sumField].(string)
			has[hit.ID], after = sum, hit.ID
		}
		if len(found.Hits) < comparedAtOnce {
			return has, nil
		}
	}
}
