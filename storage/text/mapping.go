package text

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/custom"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/keyword"
	"github.com/blevesearch/bleve/v2/analysis/tokenizer/whitespace"
	"github.com/blevesearch/bleve/v2/mapping"
)

// Fields that every document has. Those of a Config have "f." before their name.
const (
	ownerField  = "owner"
	sealedField = "sealed"
	atField     = "at"
	sumField    = "sum"
)

func field(name string) string { return "f." + name }

// mapped is how bleve has documents: nothing is kept but what is searched
// for, and a hash of the whole.
func (c Config) mapped() (mapping.IndexMapping, error) {
	const hashes = "hashes"
	m := bleve.NewIndexMapping()
	if err := m.AddCustomAnalyzer(hashes, map[string]any{"type": custom.Name, "tokenizer": whitespace.Name}); err != nil {
		return nil, fmt.Errorf("describe the search index: %w", err)
	}
	doc := bleve.NewDocumentStaticMapping()
	words := bleve.NewTextFieldMapping()
	words.Analyzer, words.Store, words.DocValues, words.IncludeInAll = hashes, false, false, false
	doc.AddFieldMappingsAt(wordsField, words)
	for _, name := range []string{ownerField, sealedField, sumField} {
		doc.AddFieldMappingsAt(name, exactly(name != sumField, name == sumField))
	}
	fields := bleve.NewDocumentStaticMapping()
	for name := range c.Fields {
		fields.AddFieldMappingsAt(name, exactly(true, false))
	}
	doc.AddSubDocumentMapping("f", fields)
	at := bleve.NewNumericFieldMapping()
	at.Store, at.IncludeInAll = false, false
	doc.AddFieldMappingsAt(atField, at)
	m.DefaultMapping = doc
	return m, nil
}

func exactly(index, store bool) *mapping.FieldMapping {
	f := bleve.NewTextFieldMapping()
	f.Analyzer, f.Index, f.Store, f.DocValues, f.IncludeTermVectors, f.IncludeInAll = keyword.Name, index, store, index, false, false
	return f
}

// row is a document as bleve gets it.
func (c Config) row(s Secret, d Document) (map[string]any, error) {
	fields := map[string]any{}
	for name, values := range d.Values {
		kind, ok := c.Fields[name]
		if !ok {
			return nil, fmt.Errorf("a document has the field %q, which this index has not", name)
		}
		kept := slices.Clone(values)
		if kind == Hidden {
			for i, v := range kept {
				kept[i] = s.hidden(field(name), v)
			}
		}
		fields[name] = kept
	}
	words := make([]string, 0, len(d.Words))
	for _, text := range d.Words {
		if hidden := s.hiddenText(text); hidden != "" {
			words = append(words, hidden)
		}
	}
	return map[string]any{
		ownerField: d.Owner, sealedField: d.Sealed, atField: micros(d.At), wordsField: words, sumField: d.sum(s), "f": fields,
	}, nil
}

// micros is a time as the index has it: exact in float64 until the year 2255.
func micros(t time.Time) float64 { return float64(t.UnixMicro()) }

// sum is a keyed hash of all that a document has.
func (d Document) sum(s Secret) string {
	mac := hmac.New(sha256.New, s[:])
	each := func(list ...string) {
		for _, one := range list {
			fmt.Fprintf(mac, "%d:%s", len(one), one) //nolint:errcheck // a hash takes everything
		}
	}
	each(d.ID, d.Owner, d.Sealed, fmt.Sprint(d.At.UnixMicro()), strings.Join(d.Words, "\x00"))
	for _, name := range slices.Sorted(maps.Keys(d.Values)) {
		each(name, strings.Join(d.Values[name], "\x00"))
	}
	return hex.EncodeToString(mac.Sum(nil)[:16])
}
