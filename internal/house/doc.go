// Package house answers one question: is the tree still built according to its
// plan? It is an ordinary test over go/parser: house_test.go reads the module,
// asks every rule, and fails with sentences that say why the rule is there.
//
//	plan.go     who may import whom, and which outside library lives where
//	deps.go     deps.txt, the ledger of outside libraries, against go.mod
//	linked.go   which C library is linked where
//	shape.go    packages, rooms, names, lengths
//	habits.go   what code does not do: init, panic, shared state, sleeping tests
//
// The rules are tested too. Each archive in testdata/broken is a small house
// that breaks one rule and states the finding it expects; testdata/sound.txtar
// breaks none.
package house
