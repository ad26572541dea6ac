package engine

// RingID is a ring of accounts that belong to one person: "ring_".
type RingID string

// Account is one account of a base.
type Account struct {
	Person    Person
	Reference CustomerID
}
