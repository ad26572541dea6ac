// Package idempotency answers one question: has this very request been
// answered before?
//
// The answer is kept in the same transaction as what it reports, under the
// caller's Idempotency-Key, sealed with the key of the customer it is about.
package idempotency
