// Package source answers one question: which rows does an operator's export of
// its base have?
//
// A folder or archive of pictures named ID-NAME-DDMMYYYY.ext, NDJSON, or a CSV
// manifest. Rows come in an order that is always the same, so that one that was
// left in the middle can be gone on with. What is read is not trusted: nothing
// is written to the disk, no name leads out of the folder, and everything is
// bounded.
package source
