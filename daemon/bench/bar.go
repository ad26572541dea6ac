package bench

import "fmt"

// Bar is one thing that a bench promises.
type Bar struct {
	Name  string `json:"name"`
	Want  string `json:"want"`
	Got   string `json:"got"`
	Holds bool   `json:"holds"`
}

// AtMost is a bar for a number that must not be larger. A number that is none
// holds no bar.
func AtMost(name string, got, want float64, format string) Bar {
	return Bar{Name: name, Want: "at most " + fmt.Sprintf(format, want), Got: fmt.Sprintf(format, got), Holds: got <= want}
}

// AtLeast is a bar for a number that must not be smaller.
func AtLeast(name string, got, want float64, format string) Bar {
	return Bar{Name: name, Want: "at least " + fmt.Sprintf(format, want), Got: fmt.Sprintf(format, got), Holds: got >= want}
}

// All is a bar for a count that must be complete. Nothing of nothing is not
// complete: a bench that measured nothing has shown nothing.
func All(name string, got, of int) Bar {
	return Bar{Name: name, Want: fmt.Sprintf("%d of %d", of, of), Got: fmt.Sprintf("%d of %d", got, of), Holds: got == of && of > 0}
}

// Hold says whether every bar holds. No bars are no promise, and do not hold.
func Hold(bars []Bar) bool {
	for _, b := range bars {
		if !b.Holds {
			return false
		}
	}
	return len(bars) > 0
}
