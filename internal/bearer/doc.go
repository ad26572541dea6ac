// Package bearer answers one question: which access token has a client of
// somebody else's OAuth 2.0 server now (RFC 6749, 4.4)?
package bearer
