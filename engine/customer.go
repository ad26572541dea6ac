package engine

// KYCLevel is how well it is known who a customer is, in the words of the
// step-up contract.
type KYCLevel string

// The levels, least first.
const (
	KYCNone     KYCLevel = "none"
	KYCBasic    KYCLevel = "basic"
	KYCStandard KYCLevel = "standard"
	KYCPremium  KYCLevel = "premium"
)

// Rank orders the levels: none 0 .. premium 3, and -1 for what is not a level.
func (l KYCLevel) Rank() int {
	for i, known := range []KYCLevel{KYCNone, KYCBasic, KYCStandard, KYCPremium} {
		if known == l {
			return i
		}
	}
	return -1
}

// CustomerStatus is where a customer of an operator stands.
type CustomerStatus string

// The statuses. Closed is for good.
const (
	CustomerActive    CustomerStatus = "active"
	CustomerSuspended CustomerStatus = "suspended"
	CustomerClosed    CustomerStatus = "closed"
)

// Standing is what others may ask of a customer; Known is false, and the rest
// empty, of one that was never entered or was erased.
type Standing struct {
	Known  bool
	Status CustomerStatus
	Level  KYCLevel
}

// The methods by which an identity is checked elsewhere and entered here.
const (
	DocumentSeen    Method = "document_seen" // staff held the document
	DocumentCapture Method = "ktp_capture"   // a document was captured and read
	NumberFormat    Method = "nik_format"    // a document number has the right form
	RegisterCheck   Method = "nik_dukcapil"  // a government register knows number and person
)
