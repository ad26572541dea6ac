package engine

import (
	"fmt"
	"io"
	"log/slog"
	"slices"
)

// Scope is one thing that an API key may do. The names of the first group are
// the step-up contract's.
type Scope string

// The scopes.
const (
	ViewVerifications Scope = "verifications:view" // step-up, freshness
	ViewCustomers     Scope = "customers:view"     // list a customer's enrolments
	WriteCustomers    Scope = "customers:write"    // enrol, replace, erase
	UnlockCustomers   Scope = "customers:unlock"   // end a lockout
	WriteEvaluations  Scope = "evaluate:write"     // anti-fraud: evaluate, begin device sessions
	ViewRules         Scope = "rules:view"         // read anti-fraud rules
	WriteRules        Scope = "rules:write"        // change anti-fraud rules
	ViewAttempts      Scope = "attempts:view"      // examiner's rows and exports
	ViewScores        Scope = "scores:view"        // comparison and liveness scores
	ViewSettings      Scope = "settings:view"      // read risk tiers
	WriteSettings     Scope = "settings:write"     // change risk tiers
	RunProcesses      Scope = "processes:run"      // create processes and read their findings
	ViewRings         Scope = "rings:view"         // accounts that belong to one person
	WriteRings        Scope = "rings:write"        // merge, split, and say who is not the same
	ViewWatchlist     Scope = "watchlist:view"     // faces that are watched for
	WriteWatchlist    Scope = "watchlist:write"    // propose, confirm and withdraw them
	ViewImports       Scope = "imports:view"       // imports, their progress and reports
	RunImports        Scope = "imports:run"        // import a base, cancel and delete imports
	ViewRetention     Scope = "retention:view"     // policies, previews, holds, erasures and their certificates
	WriteRetention    Scope = "retention:write"    // change policies, resume the daily work
	WriteHolds        Scope = "holds:write"        // put and release legal holds and restrictions
	EraseCustomers    Scope = "customers:erase"    // erase a customer everywhere, and confirm others' requests
	ViewConsents      Scope = "consents:view"      // what customers agreed to
	WriteConsents     Scope = "consents:write"     // record consents and withdrawals
	ViewAccess        Scope = "access:view"        // who looked at whom, and all that is held about a customer
	ViewAudit         Scope = "audit:view"         // checkpoints, proofs and verification of the journal
	ManageWebhooks    Scope = "webhooks:manage"    // who is notified, and what was sent
	ManageKeys        Scope = "api:manage"         // create, list and revoke API keys and service accounts
	ViewStatus        Scope = "status:view"        // the daemon's own state
)

// Scopes lists every scope; "all" on the command line means these.
func Scopes() []Scope {
	return []Scope{
		ViewVerifications, ViewCustomers, WriteCustomers, UnlockCustomers, WriteEvaluations, ViewRules, WriteRules, ViewAttempts,
		ViewScores, ViewSettings, WriteSettings, RunProcesses, ViewRings, WriteRings,
		ViewWatchlist, WriteWatchlist, ViewImports, RunImports, ViewRetention, WriteRetention, WriteHolds, EraseCustomers,
		ViewConsents, WriteConsents, ViewAccess, ViewAudit, ManageWebhooks, ManageKeys, ViewStatus,
	}
}

// Caller is who asks: an API key, its org and segment, and what it may do.
type Caller struct {
	Key          KeyID
	Org          OrgID
	Segment      SegmentID
	Scopes       []Scope
	Capabilities []CapabilityName // that run in its processes
	CaptureOnly  bool             // its processes take captures only, no plain pictures
	Sandbox      bool             // its processes know the sandbox's people
	Holder       HolderMark       // whose key it is; empty: nobody said
}

// Holder is the person or system that an API key was given to, in the operator's
// words. It is personal data: it prints as its type.
type Holder string

// String hides a holder from logs, errors and events.
func (Holder) String() string { return "(holder)" }

// GoString hides a holder from %#v.
func (Holder) GoString() string { return "(holder)" }

// Format hides a holder from every verb.
func (Holder) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "(holder)") }

// LogValue hides a holder from slog.
func (Holder) LogValue() slog.Value { return slog.StringValue("(holder)") }

// HolderMark stands for a holder where two are compared: a pseudonym within one
// org. It is the same for all keys of a holder.
type HolderMark string

// May says whether the caller has a scope.
func (c Caller) May(s Scope) bool { return slices.Contains(c.Scopes, s) }

// Operator is the key id of whoever works on the machine itself, through the
// control socket that only its user can open. It sees every org.
const Operator KeyID = "operator"

// AtTheMachine is the caller behind the control socket.
func AtTheMachine(org OrgID) Caller {
	return Caller{Key: Operator, Org: org, Scopes: Scopes()}
}
