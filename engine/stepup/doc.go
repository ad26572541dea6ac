// Package stepup answers one question: is the person at the camera the
// customer who enrolled? It is asked before a sensitive action.
//
//	POST /api/identity/auth/step-up                     a customer, a risk level, a picture or bundle
//	POST /api/identity/face/match                       a customer, a picture or bundle: a finding, no permission
//	POST /api/identity/face/liveness                    a customer, a bundle: is there life at all?
//	GET  /api/identity/verifications/{id}               one finished verification
//	GET  /api/identity/verifications/{id}/freshness     may it be reused?
//	POST /api/identity/verifications/check-freshness    the same, as the SDK asks it
//	GET  /api/identity/customers/{id}/lock              is the customer locked out?
//	POST /api/identity/customers/{id}/unlock            end a lockout; likewise /devices/{id}/unlock
//
// The template comes from the gallery, the capture behind a bundle from the
// evidence, the bars from the settings; the answer is kept as an attempt, a
// verification and a journal entry, in one transaction with the lockout that it
// starts or ends and with the use of the bundle. An answer that could not be
// kept is not given.
package stepup
