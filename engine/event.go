package engine

import "time"

// EventName is what a receiver of notifications chooses them by.
type EventName string

// The events. Those with an underscore and webhook.test are named by the
// step-up contract, as is verification.created.
const (
	VerificationCreated EventName = "verification.created"
	KYCUpdated          EventName = "customer.kyc_updated"
	ReviewOverridden    EventName = "review.overridden"
	WebhookTest         EventName = "webhook.test"
	ProcessDecided      EventName = "process.decided" // a process of the by-client contract
	ProcessEnded        EventName = "process.ended"   // a process of the Web & SDK contract
)

// EventNames lists every event that the outside can be told of.
func EventNames() []EventName {
	return []EventName{VerificationCreated, KYCUpdated, ReviewOverridden, WebhookTest, ProcessDecided, ProcessEnded}
}

// Event is something that the outside may be told of. Whose it is and when it
// happened is in the journal entry that it is made from.
type Event struct {
	Name EventName
	// Data becomes JSON. It has ids and words of the contract, and nothing about
	// a person that the contract does not name.
	Data any
	// Bare says that Data is the whole body, as the Web & SDK contract has it;
	// else it is the member data of the step-up contract's envelope.
	Bare bool
}

// VerificationData is the data of [VerificationCreated].
type VerificationData struct {
	Verification VerificationID     `json:"verificationId"`
	Customer     CustomerID         `json:"customerId"`
	Method       Method             `json:"method"`
	Status       VerificationStatus `json:"status"`
	Score        int                `json:"score"`
}

// KYCUpdatedData is the data of [KYCUpdated]: what the level rests on is read with
// GET /api/identity/kyc/{customerId}.
type KYCUpdatedData struct {
	Customer CustomerID `json:"customerId"`
	From     KYCLevel   `json:"previousLevel"`
	Level    KYCLevel   `json:"kycLevel"`
	Expires  time.Time  `json:"kycExpiresAt,omitzero"`
}

// ProcessDecidedData is the data of [ProcessDecided]: what was found is read
// with GET /processes/v1/{id}.
type ProcessDecidedData struct {
	Process ProcessID     `json:"processId"`
	Status  ProcessStatus `json:"status"`
}

// ProcessEndedData is the body of [ProcessEnded]. The last event is there only
// when the process ended unfinished; what was found is not.
type ProcessEndedData struct {
	Process              ProcessID `json:"processId"`
	State                string    `json:"state"` // PROCESS_STATE_FINISHED
	Flow                 string    `json:"flow"`
	LastEvent            string    `json:"lastEvent,omitzero"` // EVENT_TYPE_QR_CODE_READ
	LastEventDescription string    `json:"lastEventDescription,omitzero"`
}
