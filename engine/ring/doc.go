// Package ring answers one question: which accounts of a segment belong to one
// person?
//
//	GET  /api/rings          the rings of a segment
//	GET  /api/rings/{id}     one
//	POST /api/rings/merge    these accounts are one person's
//	POST /api/rings/split    these accounts leave their rings
//	POST /api/rings/apart    these two are not the same person; that sticks
//
// Processes join accounts when they find one face under two references. What
// people have said is stronger: accounts that were set apart are never in one
// ring, and a face of one does not speak against the other.
package ring
