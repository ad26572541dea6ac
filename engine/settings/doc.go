// Package settings answers one question: what does this org ask for at each
// risk level, and what is too much for a face?
//
//	GET /api/identity/settings/risk-tiers             what holds now, or ?version=N
//	PUT /api/identity/settings/risk-tiers             other overrides, as a new version
//	GET /api/identity/settings/risk-tiers/versions    who changed what, and when
//
// Every version is kept: a decision names the version that it was made by.
package settings
