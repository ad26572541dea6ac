package attempts

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
	"github.com/rostod/rostod/storage/text"
)

// search is a query that the index answers.
type search struct {
	query  // of it: from, to and cursor
	Words  text.Words
	Is     map[string][]string // field: one of these
	Oldest bool
	Facets []string
	Skip   int // rows before the page
	Limit  int
}

// filtered is a list's query as the index has it.
func (q query) filtered() map[string][]string {
	is := map[string][]string{}
	for name, value := range map[string]string{
		"method": string(q.Method), "customerId": string(q.Customer), "deviceId": string(q.Device), "status": string(q.Status),
		"riskLevel": string(q.RiskLevel), "trigger": q.Trigger, "liveness": string(q.Liveness), "match": string(q.Match),
	} {
		if value != "" {
			is[name] = []string{value}
		}
	}
	if q.Allow != nil {
		is["allow"] = []string{map[bool]string{true: "true", false: "false"}[*q.Allow]}
	}
	return is
}

// page is what a search found of all months.
type answered struct {
	rows   []found
	total  int
	more   bool
	last   storage.Key // place of the page's last row
	facets map[string][]count
	seen   uint64
}

// count is how many rows have a value.
type count struct {
	Value string `json:"value"`
	Count int    `json:"count"`
}

// answer searches month by month in the order of the rows, and reads from the
// records what it found. Behind a cursor nothing is counted.
func (x *index) answer(ctx context.Context, org engine.OrgID, s search) (answered, error) {
	if err := x.follow(ctx); err != nil {
		return answered{}, err
	}
	a := answered{facets: map[string][]count{}, seen: x.seen.Load()}
	err := x.attempts.Store.View(ctx, func(v *storage.View) error {
		owner := x.attempts.org(org)
		counted, want := map[string]map[string]int{}, s.Skip+s.Limit+1
		var ids []string
		for _, part := range x.months(s) {
			if s.Cursor != nil && len(ids) == want {
				break
			}
			r, err := x.text.Search(ctx, part, s.asked(owner, want-len(ids)))
			if err != nil {
				return err
			}
			ids, a.total = append(ids, r.IDs...), a.total+r.Total
			if err := x.count(v, owner, r.Facets, counted); err != nil {
				return err
			}
		}
		a.more = len(ids) == want
		ids = ids[min(s.Skip, len(ids)):min(s.Skip+s.Limit, len(ids))]
		for _, id := range ids {
			place, err := hex.DecodeString(id)
			if err != nil {
				return fmt.Errorf("read an id of the search index: %w", err)
			}
			a.last = place // where to go on, whatever became of the row
			row, err := x.read(v, owner, id)
			if errors.Is(err, storage.ErrNotFound) {
				continue // its days were over since it was found
			}
			if err != nil {
				return err
			}
			if row.Erased && (len(s.Is) > 0 || len(s.Words.With) > 0) {
				continue // since it was found
			}
			a.rows = append(a.rows, row)
		}
		for name, values := range counted {
			a.facets[name] = sorted(name, values)
		}
		return nil
	})
	return a, err
}

// months are the parts that a search goes through, in its order.
func (x *index) months(s search) []string {
	var list []string
	for _, part := range x.text.Parts() {
		if !s.From.IsZero() && part < month(s.From) || !s.To.IsZero() && part > month(s.To) {
			continue
		}
		if at := s.cursorMonth(); at != "" && (s.Oldest && part < at || !s.Oldest && part > at) {
			continue
		}
		list = append(list, part)
	}
	if !s.Oldest {
		slices.Reverse(list)
	}
	return list
}

func (s search) cursorMonth() string {
	if s.Cursor == nil {
		return ""
	}
	at, _ := momentOf(s.Cursor)
	return month(at)
}

// asked is the search of one month.
func (s search) asked(owner storage.Subject, most int) text.Query {
	q := text.Query{
		Owner: ownerID(owner), Words: s.Words, Is: s.Is, From: s.From, To: s.To, Oldest: s.Oldest, Most: most, Facets: s.Facets,
	}
	if s.Cursor != nil {
		q.After, q.Facets = documentID(s.Cursor), nil
	}
	return q
}

// count adds up what a month has counted. What the files only have as a hash is
// read from a row that has it.
func (x *index) count(v *storage.View, owner storage.Subject, from map[string][]text.Count, to map[string]map[string]int) error {
	for _, f := range fields() {
		for _, c := range from[f.name] {
			if to[f.name] == nil {
				to[f.name] = map[string]int{}
			}
			values := []string{c.Value}
			if f.hidden {
				if c.Sample == "" {
					continue
				}
				row, err := x.read(v, owner, c.Sample)
				if errors.Is(err, storage.ErrNotFound) {
					continue // its days were over since it was counted
				}
				if err != nil {
					return err
				}
				values = f.of(row.Attempt) // one, or none when it was erased since
			}
			for _, value := range values {
				to[f.name][value] += c.Count
			}
		}
	}
	return nil
}

// sorted are counts, what occurs most first; days in their order.
func sorted(name string, values map[string]int) []count {
	list := make([]count, 0, len(values))
	for value, n := range values {
		list = append(list, count{value, n})
	}
	slices.SortFunc(list, func(a, b count) int {
		if name == "day" {
			return strings.Compare(a.Value, b.Value)
		}
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Value, b.Value))
	})
	return list
}

// found walks through all rows of a search, page by page.
func (x *index) found(ctx context.Context, org engine.OrgID, s search) iter.Seq2[found, error] {
	s.Facets, s.Skip, s.Limit = nil, 0, atOnce
	return func(yield func(found, error) bool) {
		for {
			a, err := x.answer(ctx, org, s)
			if err != nil {
				yield(found{}, err)
				return
			}
			for _, row := range a.rows {
				if !yield(row, nil) {
					return
				}
			}
			if !a.more {
				return
			}
			s.Cursor = a.last
		}
	}
}
