package engine

import (
	"fmt"
	"io"
	"slices"
)

// Retention is an org's policy of keeping and erasing, in one version.
type Retention struct {
	Version       uint64
	Days          map[DataKind]int // 0, or none: for ever
	FourEyes      bool             // another holder must confirm an erasure
	EvidenceDays  int              // evidence that is younger stays when its person is erased; 0: none does
	EvidenceBasis string           // which law asks for that
	BackupDays    int              // how long the operator keeps copies
	AccessReason  bool             // nobody looks without saying why
	Withdrawal    []string         // purposes whose withdrawal requests an erasure
}

// ErasesOn says whether the withdrawal of a purpose requests an erasure.
func (r Retention) ErasesOn(purpose string) bool { return slices.Contains(r.Withdrawal, purpose) }

// Erasure is an erasure as it stands.
type Erasure struct {
	ID          string
	State       string
	Certificate string // that names the customer; empty when there is none, or it was handed out before
}

// Format hides an erasure from every verb: its certificate names a customer.
func (Erasure) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "(erasure)") }
