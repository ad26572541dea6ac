package room

import (
	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
)

// Why nobody else has looked yet.
var (
	ErrSameHolder = &fault.Fault{
		Kind: fault.Forbidden, Code: "four-eyes/same-holder",
		Title: "Whoever asked for this also holds this API key.",
		Hint:  "Somebody else must confirm it, with a key of their own.",
	}
	ErrNoHolder = &fault.Fault{
		Kind: fault.Forbidden, Code: "four-eyes/no-holder",
		Title: "Nobody knows who holds this API key, so it is no pair of eyes.",
		Hint:  "Use a key that says who holds it: `rostod keys create --holder`, or holder in POST /api/keys.",
	}
	ErrNoFirstHolder = &fault.Fault{
		Kind: fault.Forbidden, Code: "four-eyes/no-first-holder",
		Title: "Nobody knows who held the API key that asked for this, so you may be the same.",
		Hint:  "Take it back, and ask again with a key that says who holds it: `rostod keys create --holder`.",
	}
)

// FourEyes refuses that one pair of eyes counts as two: what one holder has asked
// for, another confirms. Two keys are not two people, and a holder who is not
// known may be the same.
func FourEyes(asked, confirms engine.HolderMark) error {
	switch {
	case confirms == "":
		return ErrNoHolder
	case asked == "":
		return ErrNoFirstHolder
	case asked == confirms:
		return ErrSameHolder
	}
	return nil
}

// FourEyesFaults are what FourEyes may say, for the document.
func FourEyesFaults() []*fault.Fault {
	return []*fault.Fault{ErrSameHolder, ErrNoHolder, ErrNoFirstHolder}
}
