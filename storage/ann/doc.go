// Package ann answers one question: which of these vectors lie nearest to a
// probe, and whose are they?
//
// It is a flat index: a search compares every row, three times more closely
// each time. The signs of the components first, a bit each; then, of the rows
// that may count, the components in a byte each; then, of the few that may be
// the answer, float32. With Query.Exact it begins with the bytes, and answers
// what comparing every row in float32 would answer, always. docs/INDEX.md
// walks one search and one insert through it.
//
// The index is derived: it holds nothing that the records do not have. It
// follows the journal (Advance, Wait, Flush), is made anew from the records
// (Rebuild), and is compared with them (Verify).
package ann
