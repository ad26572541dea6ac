// Package erasure answers one question: is this person gone everywhere, and who
// can check it?
//
//	POST /api/erasures                    erase a customer, or ask for it where four eyes are needed
//	POST /api/erasures/{id}/confirm       another holder says yes
//	POST /api/erasures/{id}/cancel        nobody should be erased after all
//	GET  /api/erasures, /{id}             list them; one
//	GET  /api/erasures/{id}/certificate   the proof, without a name
//	POST /api/erasures/repeat             once more, after an older copy was put back
//
// The keys that seal a person's records are forgotten in one transaction; what
// is left lies there unreadable and is tidied up after it, also when the daemon
// was killed in between. docs/RETENTION.md walks through one.
package erasure
