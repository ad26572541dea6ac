package flash

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"
)

func TestZZ(t *testing.T) {
	w, hh := Screen{Width: 1920, Height: 1080, DiagonalInch: 24}.size()
	h := newHead(panel{wide: w, high: hh, away: 560, up: .15 * hh})
	m := map[string][2]float64{}
	for c := range cellCount {
		u, v := cellAt(c)
		if _, ok := cellOf(u, v); ok {
			m[fmt.Sprintf("%d,%d", c/columns, c%columns)] = h.generic.normal[c]
		}
	}
	b, _ := json.Marshal(m)
	os.WriteFile("/tmp/generic.json", b, 0o644)
	for row := 0; row < rows; row++ {
		for c := 0; c < columns; c++ {
			fmt.Printf("%5.2f ", h.generic.normal[row*columns+c][0])
		}
		fmt.Print("   |")
		for c := 0; c < columns; c++ {
			fmt.Printf("%5.2f ", h.generic.normal[row*columns+c][1])
		}
		fmt.Print("   |")
		for c := 0; c < columns; c++ {
			fmt.Printf("%5.2f ", h.generic.amount[row*columns+c])
		}
		fmt.Println()
	}
}
