// Package account answers one question: which service account sends this
// assertion, and what token does it get for it?
//
//	POST /oauth2/token                   an assertion (RFC 7523, RS256); an access token
//	POST /api/accounts                   make a service account
//	GET  /api/accounts                   the accounts of the caller's org
//	POST /api/accounts/{name}/renew      another key; the former ends
//	POST /api/accounts/{name}/disable    end an account, and its tokens
//
// An assertion is taken once. A token is a sealed word of this daemon and needs
// no record: it ends after an hour, or with its account.
package account
