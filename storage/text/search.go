package text

import (
	"context"
	"fmt"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/search/query"
)

// Search asks one part. A part that is not there has nothing.
func (x *Index) Search(ctx context.Context, name string, q Query) (r Result, err error) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.bad[name] {
		return Result{}, Damaged
	}
	p := x.parts[name]
	if p == nil {
		return Result{}, nil
	}
	defer func() { // what bleve makes of files that were damaged under it
		if broken := recover(); broken != nil {
			r, err = Result{}, damaged(name, fmt.Errorf("search it: %v", broken))
		}
	}()
	request := bleve.NewSearchRequestOptions(x.cfg.asked(p.secret, q), q.Most, 0, false)
	request.Score = "none"
	request.SortBy([]string{"-_id"})
	if q.Oldest {
		request.SortBy([]string{"_id"})
	}
	if q.After != "" {
		request.SetSearchAfter([]string{q.After})
	}
	for _, f := range q.Facets {
		request.AddFacet(f, bleve.NewFacetRequest(field(f), mostValues))
	}
	found, err := p.files.SearchInContext(ctx, request)
	if err != nil {
		return Result{}, fmt.Errorf("search the search index: %w", err)
	}
	r = Result{Total: int(found.Total), Facets: map[string][]Count{}}
	for _, hit := range found.Hits {
		r.IDs = append(r.IDs, hit.ID)
	}
	for _, f := range q.Facets {
		for _, term := range found.Facets[f].Terms.Terms() {
			r.Facets[f] = append(r.Facets[f], Count{Value: term.Term, Count: term.Count})
		}
		if x.cfg.Fields[f] == Hidden {
			if err := p.samples(ctx, q.Owner, f, r.Facets[f]); err != nil {
				return Result{}, err
			}
		}
	}
	return r, nil
}

// samples names for each value a document that has it.
func (p *part) samples(ctx context.Context, owner, name string, counts []Count) error {
	for i, c := range counts {
		request := bleve.NewSearchRequestOptions(query.NewConjunctionQuery([]query.Query{term(ownerField, owner), term(field(name), c.Value)}), 1, 0, false)
		request.Score = "none"
		found, err := p.files.SearchInContext(ctx, request)
		if err != nil {
			return fmt.Errorf("search the search index: %w", err)
		}
		for _, hit := range found.Hits {
			counts[i].Sample = hit.ID
		}
	}
	return nil
}

// asked is a query in bleve's terms.
func (c Config) asked(s Secret, q Query) query.Query {
	must := []query.Query{term(ownerField, q.Owner)}
	for name, values := range q.Is {
		var one []query.Query
		for _, v := range values {
			if c.Fields[name] == Hidden {
				v = s.hidden(field(name), v)
			}
			one = append(one, term(field(name), v))
		}
		must = append(must, query.NewDisjunctionQuery(one))
	}
	if !q.From.IsZero() || !q.To.IsZero() {
		var from, to *float64
		yes, no := true, false
		if !q.From.IsZero() {
			at := micros(q.From)
			from = &at
		}
		if !q.To.IsZero() {
			at := micros(q.To)
			to = &at
		}
		within := query.NewNumericRangeInclusiveQuery(from, to, &yes, &no)
		within.SetField(atField)
		must = append(must, within)
	}
	for _, phrase := range q.Words.With {
		must = append(must, s.phrase(phrase))
	}
	if len(q.Words.Without) == 0 {
		return query.NewConjunctionQuery(must)
	}
	var not []query.Query
	for _, phrase := range q.Words.Without {
		not = append(not, s.phrase(phrase))
	}
	return query.NewBooleanQuery(must, nil, not)
}

func (s Secret) phrase(words []string) query.Query {
	hidden := make([]string, len(words))
	for i, w := range words {
		hidden[i] = s.hidden(wordsField, w)
	}
	if len(hidden) == 1 {
		return term(wordsField, hidden[0])
	}
	return query.NewPhraseQuery(hidden, wordsField)
}

func term(field, value string) query.Query {
	t := query.NewTermQuery(value)
	t.SetField(field)
	return t
}

// Holds says whether a part has documents that were sealed by any of these.
func (x *Index) Holds(ctx context.Context, name string, sealed []string) (bool, error) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	p := x.parts[name]
	if p == nil {
		return false, nil
	}
	for _, key := range sealed {
		found, err := p.files.SearchInContext(ctx, bleve.NewSearchRequestOptions(term(sealedField, key), 0, 0, false))
		if err != nil {
			return false, fmt.Errorf("search the search index: %w", err)
		}
		if found.Total > 0 {
			return true, nil
		}
	}
	return false, nil
}
