package liveness

import (
	_ "embed"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
)

// Table is what flash captures are judged by: thresholds, and for each kind of
// attack how much each feature speaks against it. flash.json is the one in use;
// "rostod lab fit" makes a new one from simulated sessions. Every number has
// its meaning in docs/FLASH.md.
type Table struct {
	Version    string       `json:"version"`
	Live       float64      `json:"live"`              // log-likelihood ratio from which a capture is live
	Spoof      float64      `json:"spoof"`             // and below which it is an attack
	NoBackdrop float64      `json:"withoutBackground"` // more that is asked without a background to compare with
	Gates      Gates        `json:"gates"`
	Lag        Lag          `json:"lag"`
	Identity   Identity     `json:"identity"`
	Positive   Positive     `json:"positive"`
	Expected   Expected     `json:"expected"`
	Hypotheses []Hypothesis `json:"hypotheses"`
}

// Gates are what a capture must have to be judged at all.
type Gates struct {
	FPS          float64 `json:"fps"`
	Frames       float64 `json:"frames"`      // share of those expected
	EyeDistance  float64 `json:"eyeDistance"` // pixels
	Inside       float64 `json:"inside"`      // share of the frames
	Clipped      float64 `json:"clipped"`     // share of the skin
	BitsPerPixel float64 `json:"bitsPerPixel"`
	Yaw          float64 `json:"yaw"`    // degrees
	Motion       float64 `json:"motion"` // eye distances a second
	Gap          float64 `json:"gapMs"`
	Display      float64 `json:"displayMs"`
	CellError    float64 `json:"cellError"`  // standard error of a cell's pseudo-normal, mean
	ValidCells   float64 `json:"validCells"` // share
	Jumps        int     `json:"jumps"`
	Cuts         int     `json:"cuts"`
}

// Lag is how late the light may come back.
type Lag struct {
	Sessions   int     `json:"sessions"`   // that make a kiosk's history
	AtMost     float64 `json:"atMostMs"`   // without a history
	Off        float64 `json:"offMs"`      // from the history's median
	OffSpreads float64 `json:"offSpreads"` // or so many of its spreads
}

// Identity is who counts as the same person in one capture.
type Identity struct {
	Cosine    float64 `json:"cosine"`
	Colours   int     `json:"colours"`   // different ones under which the face must have been seen
	Strangers int     `json:"strangers"` // moments with somebody else that make an attack
}

// Positive is what an attack must show to be called one: a clear response, or
// clear changes of colour that were never shown.
type Positive struct {
	Response float64 `json:"response"` // standard errors
	Steps    int     `json:"steps"`
	Clarity  float64 `json:"clarity"` // standard errors of each
}

// Expected is when a kiosk's history makes a missing response an attack: when a
// response so many times weaker than usual would still have been clear.
type Expected struct {
	Darker float64 `json:"darker"`
	Clear  float64 `json:"clear"` // standard errors
	Below  float64 `json:"below"` // standard errors
}

// Hypothesis is one kind of attack: the log-likelihood ratio of a living
// person against it is the offset and the weighted features. No weight is
// negative: each feature is made so that more of it is more like a living
// person.
type Hypothesis struct {
	Name    string             `json:"name"`
	Offset  float64            `json:"offset"`
	Weights map[string]float64 `json:"weights"`
	Fixed   bool               `json:"fixed,omitempty"` // set by hand, and not fitted
}

//go:embed flash.json
var inUse []byte

// errNegative is a weight that would make a capture more alive for being less so.
var errNegative = errors.New("a weight is negative")

// InUse is the table that is built in.
func InUse() (Table, error) { return readTable(inUse) }

// readTable reads a table and refuses what it does not know.
func readTable(data []byte) (Table, error) {
	var t Table
	if err := json.Unmarshal(data, &t, json.RejectUnknownMembers(true)); err != nil {
		return Table{}, fmt.Errorf("read the flash table: %w", err)
	}
	if err := t.sound(); err != nil {
		return Table{}, fmt.Errorf("read the flash table: %w", err)
	}
	return t, nil
}

// sound refuses a table with a hypothesis or feature that is not known, with a
// weight below zero, or with a hypothesis missing.
func (t Table) sound() error {
	seen := map[string]bool{}
	for _, h := range t.Hypotheses {
		if _, ok := kindOf(h.Name); !ok || seen[h.Name] {
			return fmt.Errorf("hypothesis %q is not known, or there twice", h.Name)
		}
		seen[h.Name] = true
		for name, w := range h.Weights {
			if _, ok := features[name]; !ok {
				return fmt.Errorf("feature %q is not known", name)
			}
			if !(w >= 0) {
				return fmt.Errorf("%s of %s: %w", name, h.Name, errNegative)
			}
		}
	}
	if len(seen) != len(kinds) {
		return fmt.Errorf("it has %d hypotheses of %d", len(seen), len(kinds))
	}
	return nil
}
