// Package certificate answers one question: by what do callers know that they
// speak with this daemon?
//
// By the operator's own certificate, or by one that the daemon makes for
// itself: a local authority, whose fingerprint is printed for people to
// compare, and a server certificate under it that is renewed in time. Plain
// HTTP is for loopback addresses only: [Plain] is that rule.
package certificate
