package text

import "time"

// Kind is how the values of a field are kept.
type Kind int

const (
	// Plain values come from closed lists and are not personal: they are kept as they are.
	Plain Kind = iota
	// Hidden values are kept as keyed hashes. A facet of them names a document
	// that has the value instead of the value.
	Hidden
)

// Secret is what the words of a part are hashed with.
type Secret [32]byte

// Config says where the index lies and what its documents have.
type Config struct {
	Dir    string
	Fields map[string]Kind // every field that documents may have, but their words
	// Secret is a part's, the same at every call until it is renewed.
	Secret func(part string) (Secret, error)
}

// Document is what can be found.
type Document struct {
	ID     string    // ids of one owner sort by time
	Owner  string    // only who names the owner finds it
	Sealed string    // by which it can be found again when its record was erased; may be empty
	At     time.Time // to the microsecond
	Words  []string  // texts, each of which is searched for words
	Values map[string][]string
}

// Query asks for documents that fit all of it.
type Query struct {
	Owner    string
	Words    Words               // what was typed, as Read understood it
	Is       map[string][]string // field: one of these values
	From, To time.Time           // at From or later, and before To; zero: no limit
	Oldest   bool                // the oldest first; else the newest
	After    string              // go on behind this id; empty: from the beginning
	Most     int                 // ids to answer; 0 only counts
	Facets   []string            // fields whose values are counted
}

// Result is what was found in one part.
type Result struct {
	IDs    []string
	Total  int // all that fit, wherever the page begins
	Facets map[string][]Count
}

// Count is how often a value occurs among all documents that fit.
type Count struct {
	Value  string // of a Plain field; a hash else
	Count  int
	Sample string // of a Hidden field: a document that has the value
}

// mostValues is how many values of a field are counted, those that occur most.
const mostValues = 100
