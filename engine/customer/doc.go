// Package customer answers one question: who is this customer, and how well is
// that known?
//
//	POST  /api/customers                               enter a customer
//	GET   /api/customers                               list them, newest first
//	GET   /api/customers/{customerId}                  read one
//	PATCH /api/customers/{customerId}                  change, suspend, close one
//	GET   /api/identity/kyc/{customerId}               level, what it rests on, how it came about
//	POST  /api/identity/kyc/{customerId}/checks        enter what was checked elsewhere
//
// The level follows from what was verified, by one rule (kyc.go), and is
// computed whenever it is read: nobody sets it. Work follows the journal and
// enters "customer.kyc_updated" when it has changed. A record is sealed with the
// key of the evidence about its customer, and goes with it.
package customer
