// Package webhook answers one question: who must still be told of what
// happened?
//
//	GET, POST       /api/webhooks                               the endpoints that are told
//	GET, PATCH, DELETE /api/webhooks/{id}                       one of them
//	POST            /api/webhooks/{id}/rotate                   another secret, beside the old one for a while
//	POST            /api/webhooks/{id}/test                     send webhook.test
//	GET             /api/webhooks/{id}/deliveries               pending, delivered, dead
//	POST            /api/webhooks/{id}/deliveries/{d}/resend    one more time
//	POST            /api/webhooks/{id}/resend                   all that are dead
//
// The journal is the outbox: what is in it is told at least once, whatever
// happens to this process (docs/WEBHOOKS.md).
//
//	journal -> queue (follows it, writes a row for each endpoint)
//	        -> line (one for each endpoint: sends what is due, writes what came of it)
//
// A row names an entry of the journal and holds nothing of it: the body is made
// anew at each attempt, so that who was erased is not told of any more.
package webhook
