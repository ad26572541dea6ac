// Package engine is the vocabulary: the types that rooms, capture and models
// speak in, and nothing else. It imports only the standard library.
//
// Names follow ISO/IEC 2382-37 (enrolment, template, probe, reference,
// comparison score, presentation attack) and, where a contract fixes a word,
// that contract.
package engine
