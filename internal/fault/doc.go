// Package fault answers one question: what may a caller read about an error?
//
// A fault has three readers. The caller reads its sentence and hint, the
// operator one log line with the whole chain, the program uses errors.Is.
package fault
