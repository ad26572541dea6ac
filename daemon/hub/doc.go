// Package hub answers one question: is everything from every branch here, and is it
// what it says? It is headquarters' end of engine/upstream.
//
//	POST /hub/v1/batches                     entries, or an alarm; answers a receipt
//	GET  /api/hub/branches                   every branch and how it stands
//	GET  /api/hub/branches/{name}            one: is all of it here?
//	POST /api/hub/branches                   enrol one by its log's key
//	POST /api/hub/branches/{name}/verify     read all that is kept of it again
//	POST /api/hub/branches/{name}/restart    begin anew, and keep what was
//	POST /api/hub/parcels                    a parcel from a medium
//	GET  /api/hub/key                        what branches must know
//
// What arrives is kept as it came, signatures and all, before it is co-signed. The
// same batch twice, late or out of order does no harm. A branch whose signed
// checkpoints contradict each other is named, with both of them, and gets no
// co-signature any more.
package hub
