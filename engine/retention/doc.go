// Package retention answers one question: what has been kept for long enough?
//
//	GET  /api/retention/policy            what holds now, or ?version=N
//	PUT  /api/retention/policy            another policy, as a new version
//	GET  /api/retention/policy/versions   who changed what, and when
//	GET  /api/retention/preview           what would go tonight; nothing goes
//	GET  /api/retention/state             how far the daily work is, and why it waits
//	POST /api/retention/resume            the clock is right: go on
//
// The daily work removes what is due of what the rooms hold (room.Holding), a
// few records in each transaction. It goes on where it was cut short, and stops
// before a clock that has jumped. docs/RETENTION.md.
package retention
