// Package text answers one question: in which documents do these words stand?
//
// It is an index that is made from records by whoever knows them, and never the
// source of truth: a search answers ids, and who asked reads the records again.
// docs/SEARCH.md walks one search through it; docs/decisions/0022-words-as-keyed-hashes.md
// says why it is built so.
//
// # What lies on the disk
//
// One folder for each part (a month of attempts), of which each is an index of
// bleve. No word of a document is in it: a word is stored as a keyed hash
// (HMAC-SHA256, 80 bits) under the part's own secret, which lies elsewhere, among the
// sealed records. Values of closed lists, such as a verdict, are stored as they
// are. So a file that was copied says nothing, and whole words can be found but
// not the beginnings of words. When something must be gone from a part, all of
// the part is made anew under a new secret, and its old files are overwritten and
// removed; when the old secret is destroyed, too, copies of them are worthless.
//
// The file "mark" says how far the documents follow the records. What was put in
// after the last mark may be put in again.
//
// # Damage
//
// Every file of a part is held against its checksum when the part is opened, and a
// part whose secret is another one, or which does not open, is damaged: it is
// rebuilt by its owner from the records. Compare reads which documents are in
// a part, each with a hash of its content, for a deep check.
package text
