// Package journey answers one question: how far has a customer come whom the
// operator's software sent to our page, and what was found in the end?
//
//	POST /client/v1/process                    a flow and a person; where to send the customer
//	GET  /client/v1/process/{id}               state, result and what was found
//	GET  /client/v1/process/{id}/selfie        the picture, watermarked, for a while
//	GET  /client/v1/process/{id}/evidenceset   a sealed PDF
//	GET  /process/{id}                         the page, and below it what the page asks for
//
// What is found is found by the capabilities of a process, over a capture that
// the page made. docs/JOURNEY.md walks one journey through.
package journey
