// Package fit answers one question: which weights tell a living person from
// each kind of attack best? It reads the rows that the lab has filmed, fits the
// table of engine/liveness on the training split, places it on training and
// calibration split together, and says what the fitted table does. It refuses
// the test split.
//
// Each hypothesis is a logistic regression of the living against its own kind
// of attack, on features that are made so that more of them is more like a
// living person; no weight may be negative. The simulated kinds can nearly be
// separated, so that the data bound the scale from one side only: the penalty
// on the weights sets it, and one shift of all hypotheses puts the attack that
// looks most alive below the bar. A score is a log-likelihood ratio of the
// simulation as far as these two choices go, and no further.
package fit
