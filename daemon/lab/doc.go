// Package lab answers one question: how often is the flash verdict wrong? It
// films synthetic people and attacks (package capture/sim), measures them as
// the daemon does (capture/flash), judges them (engine/liveness), and counts.
//
// Its rates are rates of the simulation: sim-APCER and sim-BPCER, and not those
// of ISO/IEC 30107-3, which speaks of real artefacts and real people. Recorded
// sessions of real people go through the same report.
//
//	cells.go   what is filmed            shoot.go   a session, as the daemon would sample it
//	run.go     two and more at a time    judge.go   with what each kiosk's history has taught
//	bars.go    what is promised          record.go  how real sessions are kept
package lab
