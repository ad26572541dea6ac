// Package fit answers one question: which weights tell a living person from
// each kind of attack best? It reads the rows that the lab has filmed, fits the
// table of engine/liveness on the training split, sets its scale on the
// calibration split, and says what the fitted table does there. It never reads
// the test split.
//
// Each hypothesis is a logistic regression of the living against its own kind
// of attack, on features that are made so that more of them is more like a
// living person; no weight may be negative (projected gradient). Its scale is
// Platt's, with his smoothed targets, so that a log-likelihood ratio is never
// larger than the number of sessions behind it can show.
package fit
