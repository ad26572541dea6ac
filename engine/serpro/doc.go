// Package serpro answers one question: how much does a face resemble the one
// that Brazil's federal registers hold for a CPF?
//
// It is a capability of processes (docs/SERPRO.md) and asks Serpro's Datavalid,
// over the internet: the only room that sends a face out of the house. It is
// there only when it is configured.
//
//	0..100   how alike they are, in hundredths
//	-1       the register has no face for the CPF
//	-2       the register did not answer, or not in words that are known
//
// Whatever happens outside is a number: it never ends a process, and it never
// takes longer than its budget.
package serpro
