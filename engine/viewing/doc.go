// Package viewing answers one question: who looked at what is kept about a
// person, when and why?
//
//	GET /api/access-log       rows, of one customer or all; JSON pages, NDJSON or CSV
//	GET /api/subject-access   everything that is held about a customer
//
// Rooms that show a picture, a drawing, candidates or private values note the
// look here first; what cannot be noted is not shown. A row is sealed with the
// key of the evidence about its customer, and goes with it; the entry in the
// journal says what, by whom and when, and stays.
package viewing
