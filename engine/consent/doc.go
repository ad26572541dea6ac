// Package consent answers one question: what was this person told, and did they
// agree?
//
//	POST /api/consents             a customer was shown a text and agreed
//	POST /api/consents/withdraw    and does not any more
//	GET  /api/consents             a customer's, with those that are withdrawn
//
// A record names the text by its SHA-256, so that nobody can say later that it
// was another one. It is sealed with the key of the evidence about its customer.
package consent
