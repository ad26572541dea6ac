// Package antifraud answers one question: how likely is it that something is
// wrong with this transaction? It is asked before money moves, or an account is
// opened, beside the step-up that says who is there.
//
//	POST /api/device-session      what the app says of its device: a token for 30 minutes
//	POST /api/evaluate            a customer, an amount, a beneficiary: allow, flag, review or block
//	GET  /api/evaluations         what was evaluated, and by what
//	GET  /api/evaluate/rules      the org's rules; PUT makes a new version of them
//
// The answer follows from signals (signals.go) by rules that are data of the org
// (rules.go), from how much happened of late, and from an additive model
// (model.go). Every signal grows with risk and nothing subtracts: more risk
// never means a milder decision. It is kept, sealed with the key of the evidence
// about its customer, in one transaction with the traces that later evaluations
// count: pseudonyms, amounts and times, for 90 days.
package antifraud
