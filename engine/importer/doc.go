// Package importer answers one question: what becomes of every row of an
// operator's base?
//
//	POST   /api/imports               import a folder or file of this machine
//	POST   /api/imports/upload        import an archive or NDJSON that is sent
//	GET    /api/imports               the imports of an org
//	GET    /api/imports/{id}          one, and how far it is
//	GET    /api/imports/{id}/events   the same as it goes (text/event-stream)
//	GET    /api/imports/{id}/report   HTML, or CSV of every row
//	POST   /api/imports/{id}/cancel   stop it
//	DELETE /api/imports/{id}          forget its rows; what it enrolled stays
//
// Progress is written with the rows that it speaks of: after a crash an import
// goes on where it was. docs/IMPORT.md walks it through.
package importer
