// Package hold answers one question: what must not be touched, and by whose
// word?
//
//	POST /api/holds                      put a legal hold on a customer or a record
//	GET  /api/holds                      list them, with those that have ended
//	POST /api/holds/{id}/release         end one
//	POST /api/restrictions               freeze a customer: keep, and do not process
//	GET  /api/restrictions               list them
//	POST /api/restrictions/{id}/release  end one
//
// A hold stops whatever would delete: the daily work, erasures, the removal of
// faces. A restriction stops whatever would process: step-ups, enrolments,
// processes, challenges. Neither knows of the other. docs/RETENTION.md.
package hold
