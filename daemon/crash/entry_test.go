package crash

import (
	"fmt"
	"slices"

	"github.com/rostod/rostod/storage"
)

// entry is a leaf, read.
type entry struct {
	storage.Leaf
	said struct {
		Enrolment    string   `json:"enrolment"`
		Enrolments   []string `json:"enrolments"`
		Last         bool     `json:"last"`
		Replaced     bool     `json:"replaced"`
		Attempt      string   `json:"attempt"`
		Allow        bool     `json:"allow"`
		Status       string   `json:"status"`
		Reasons      []string `json:"reasons"`
		Liveness     string   `json:"liveness"`
		Match        string   `json:"match"`
		Verification string   `json:"verification"`
		Version      uint64   `json:"version"`
		Key          string   `json:"key"`
	}
	private map[string]string // nil when it was erased
}

func (e entry) locked() bool { return slices.Equal(e.said.Reasons, []string{"locked"}) }

// mark is what a clerk's answer would name.
func (e entry) mark() string {
	what := map[string]string{
		enrolled: e.said.Enrolment, decided: e.said.Attempt, erased: fmt.Sprint(e.Index), removed: e.said.Enrolment,
		changed: fmt.Sprint(e.said.Version), keyMade: e.said.Key, keyEnded: e.said.Key,
		unlocked: e.private["reason"], deviceUnlocked: e.private["reason"],
	}
	return e.Kind + " " + what[e.Kind]
}
