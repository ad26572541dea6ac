package multiaccount

import (
	"slices"
	"testing"

	"github.com/rostod/rostod/engine"
)

func TestDecide(t *testing.T) {
	at := func(scores ...float64) *engine.Search {
		s := &engine.Search{}
		for i, score := range scores {
			s.Candidates = append(s.Candidates, engine.Candidate{Person: engine.Person{byte(i)}, Score: score})
		}
		return s
	}
	for _, test := range []struct {
		what   string
		search *engine.Search
		issues []engine.Issue
		want   string
		reason string
	}{
		{"nobody", at(), nil, engine.Inconclusive, ""},
		{"exactly at the threshold", at(0.55), nil, engine.Reproved, reasonOther},
		{"just below it", at(0.5499), nil, engine.Inconclusive, ""},
		{"the second reaches it", at(0.3, 0.7), nil, engine.Reproved, reasonOther},
		{"no face to search with", nil, []engine.Issue{engine.NoFace}, engine.Inconclusive, "no_face"},
		{"a poor picture is searched all the same", at(0.7), []engine.Issue{engine.Blurred}, engine.Reproved, reasonOther},
		{"enrolments that cannot be compared", &engine.Search{Unlike: 1}, nil, engine.Inconclusive, reasonUncompared},
	} {
		f := engine.Finding{Threshold: 0.55, Search: test.search}
		decide(&f, test.issues)
		if f.Outcome.IDCloud.Result != test.want || test.reason != "" && !slices.Contains(f.Reasons, test.reason) {
			t.Errorf("%s: got %s %v, want %s %s", test.what, f.Outcome.IDCloud.Result, f.Reasons, test.want, test.reason)
		}
	}
}

func TestJoinedHasEachPersonOnceByTheBetterTemplate(t *testing.T) {
	a := engine.Candidate{Person: engine.Person{1}, Enrolment: "old", Cosine: 0.5}
	b := engine.Candidate{Person: engine.Person{1}, Enrolment: "new", Cosine: 0.9}
	c := engine.Candidate{Person: engine.Person{2}, Enrolment: "x", Cosine: 0.7}
	got := joined([]engine.Candidate{a}, []engine.Candidate{c, b})
	if len(got) != 2 || got[0].Enrolment != "new" || got[1].Enrolment != "x" {
		t.Errorf("got %v, want new and x", got)
	}
}
