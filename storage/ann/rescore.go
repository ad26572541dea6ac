package ann

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
)

// last compares rows in float32: of those that may count the best want by their
// cells, which leave few others that can still change the answer, and then these.
func (s *search) last(want int) error {
	items := s.keep.take()
	if !s.byThreshold() && want < len(items) {
		quickselect(items, want-1)
	}
	s.found = s.found[:0]
	s.fetch(items[:min(len(items), soon)])
	for i, it := range items {
		s.fetch(items[min(len(items), i+soon):min(len(items), i+soon+1)])
		h := s.view.shelves[it.shelf]
		if err := h.hotRow(int(it.row)); err != nil {
			return err
		}
		if float64(it.score)+s.probe.wrong(loss(h.data[h.slack+int(it.row)])) < s.bar() {
			continue
		}
		if err := s.rescore(it); err != nil {
			return err
		}
	}
	if s.byThreshold() {
		s.found = bestOfOwners(s.found)
		if s.query.Most > 0 {
			s.found = s.found[:min(len(s.found), s.query.Most)]
		}
	}
	return nil
}

// soon is how many records are fetched before they are read.
const soon = 6

// fetch asks for the records of rows that will be compared, where they are mapped.
func (s *search) fetch(items []item) {
	for _, it := range items {
		h := s.view.shelves[it.shelf]
		if from := h.hot + int(it.row)*h.stride; from+h.stride <= len(h.data) {
			s.kernels.fetch(h.data[from:][:h.stride])
		}
	}
}

// bar is what a row must be able to reach.
func (s *search) bar() float64 {
	if most := s.query.Most; !s.byThreshold() && len(s.found) >= most {
		return s.found[most-1].Cosine
	}
	return s.query.Least
}

func (s *search) rescore(it item) error {
	h := s.view.shelves[it.shelf]
	record, err := h.record(int(it.row), s.record)
	if err != nil {
		return err
	}
	id, owner := label(record)
	if s.query.Skip != nil && s.query.Skip(owner) {
		return nil
	}
	s.seen.Rescored++
	c := Candidate{Owner: owner, ID: id, Cosine: s.kernels.cosine(h.vector(record), s.probe.turned)}
	switch {
	case c.Cosine < s.query.Least:
	case s.byThreshold():
		s.found = append(s.found, c)
	default:
		s.found = place(s.found, c, s.query.Most)
	}
	return nil
}

// place puts a candidate into a short sorted list, where its owner has one
// place.
func place(list []Candidate, c Candidate, most int) []Candidate {
	if i := slices.IndexFunc(list, func(x Candidate) bool { return x.Owner == c.Owner }); i >= 0 {
		if better(list[i], c) <= 0 {
			return list
		}
		list = slices.Delete(list, i, i+1)
	}
	i, _ := slices.BinarySearchFunc(list, c, better)
	list = slices.Insert(list, i, c)
	return list[:min(len(list), most)]
}

// better orders candidates as they are answered.
func better(a, b Candidate) int {
	return cmp.Or(cmp.Compare(b.Cosine, a.Cosine), bytes.Compare(a.ID[:], b.ID[:]))
}

// bestOfOwners sorts the list and keeps the best of each owner.
func bestOfOwners(list []Candidate) []Candidate {
	slices.SortFunc(list, better)
	if len(list) < 2 {
		return list
	}
	had := make(map[Owner]bool, len(list))
	return slices.DeleteFunc(list, func(c Candidate) bool {
		again := had[c.Owner]
		had[c.Owner] = true
		return again
	})
}

// check refuses a query that has no answer.
func (q Query) check() error {
	switch {
	case q.Most < 0:
		return fmt.Errorf("ann: at most %d owners cannot be found", q.Most)
	case q.Most == 0 && !(q.Least > -1):
		return fmt.Errorf("ann: a search needs a least cosine or a number of owners")
	case !(q.Least >= -1 && q.Least <= 1):
		return fmt.Errorf("ann: a least cosine lies from -1 to 1")
	}
	return nil
}
