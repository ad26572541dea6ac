// Package upstream answers one question: what has headquarters not received yet?
//
//	GET  /api/upstream             what is unsent, and since when
//	POST /api/upstream/parcels     the next parcel for a medium
//	POST /api/upstream/receipts    what headquarters answered to one
//
// The journal itself is what is sent: there is no queue beside it. Where to go on
// is headquarters' last co-signature, and nothing else moves that place; whoever
// carries the batches there need not be believed. docs/UPSTREAM.md walks one entry
// from its commit to the receipt.
package upstream
