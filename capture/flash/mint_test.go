package flash

import (
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// source is a random source that is the same tomorrow.
func source(seed uint64) *mathrand.ChaCha8 {
	var key [32]byte
	copy(key[:], fmt.Sprintf("flash test %d", seed))
	return mathrand.NewChaCha8(key)
}

func TestMintKeepsTheRules(t *testing.T) {
	compositions := map[string]Composition{"standard": Standard, "shape heavy": ShapeHeavy, "shape heavy, portrait": ShapeHeavyPortrait}
	for name, c := range compositions {
		t.Run(name, func(t *testing.T) {
			r := source(1)
			for range 2000 {
				p, err := Mint(r, c)
				if err != nil {
					t.Fatal(err)
				}
				if broken := brokenRule(p, c); broken != "" {
					t.Fatalf("%v: %s", p, broken)
				}
			}
		})
	}
}

// brokenRule names the first rule that a plan breaks, reckoned without the
// functions that Mint uses.
func brokenRule(p Plan, c Composition) string {
	flat, leftRight, bottomUp := c.slots()
	kinds := map[Kind]string{}
	for i, s := range p.Slots {
		kinds[s.Kind] += s.Colour.String()
		if i > 0 && s.Kind == p.Slots[i-1].Kind && s.Colour == p.Slots[i-1].Colour {
			return "the same symbol twice in a row"
		}
		if s.Length < 400*time.Millisecond || s.Length > 600*time.Millisecond {
			return "a slot's length"
		}
	}
	if len(kinds[Flat]) != flat || len(kinds[LeftRight]) != leftRight || len(kinds[BottomUp]) != bottomUp {
		return "the composition"
	}
	count := func(kind Kind, colours string) int {
		n := 0
		for _, c := range kinds[kind] {
			n += strings.Count(colours, string(c))
		}
		return n
	}
	if count(Flat, "MA") != flat/2 || count(Flat, "MC") != flat/2 {
		return "the balance of the flat colours"
	}
	for _, kind := range []Kind{LeftRight, BottomUp} {
		n := len(kinds[kind])
		if count(kind, "MA") != n/2 {
			return "the sides of the split colours"
		}
		if n == 4 && (count(kind, "M") != 1 || count(kind, "C") != 1) {
			return "all four colours on four split slots"
		}
	}
	for tile := range 4 {
		var track strings.Builder
		for _, s := range p.Slots {
			track.WriteString(s.Tiles()[tile].String())
		}
		if strings.Contains(track.String(), "ACA") || strings.Contains(track.String(), "CAC") {
			return "amber and cyan twice in a row"
		}
		if strings.Count(track.String(), "AC")+strings.Count(track.String(), "CA") > 3 {
			return "amber and cyan too often"
		}
	}
	if p.Lead < time.Second || p.Lead > 1400*time.Millisecond || p.Tail != 400*time.Millisecond {
		return "the lead or the tail"
	}
	return ""
}

func TestMintIsNotTheSameTwice(t *testing.T) {
	seen := map[string]bool{}
	for range 500 {
		p, err := Mint(rand.Reader, Standard)
		if err != nil {
			t.Fatal(err)
		}
		seen[fmt.Sprint(p.Slots)] = true
	}
	if len(seen) != 500 {
		t.Errorf("got %d different plans of 500", len(seen))
	}
}

func TestMintDrawsEachSymbolEverywhere(t *testing.T) {
	const n = 8000
	r := source(2)
	var first [256]int
	lengths := map[time.Duration]int{}
	for range n {
		p, err := Mint(r, Standard)
		if err != nil {
			t.Fatal(err)
		}
		first[p.Slots[0].Colour]++
		lengths[p.Slots[4].Length]++
	}
	for _, c := range []Colour{Magenta, Green, Cyan, Amber} {
		if share := float64(first[c]) / n; share < 0.2 || share > 0.3 {
			t.Errorf("%v is first in %.3f of the plans, want about a quarter", c, share)
		}
	}
	if len(lengths) != slotLengths {
		t.Errorf("got %d lengths, want %d", len(lengths), slotLengths)
	}
	for length, count := range lengths {
		if share := float64(count) / n; share < 0.1 || share > 0.19 {
			t.Errorf("a slot is %v long in %.3f of the plans, want about 1/7", length, share)
		}
	}
}

func TestMintWithoutRandomness(t *testing.T) {
	broken := errors.New("broken")
	if _, err := Mint(iotest.ErrReader(broken), Standard); !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
	if _, err := Mint(zeros{}, Standard); !errors.Is(err, errNoPlan) {
		t.Errorf("a source of zeros: got %v, want %v", err, errNoPlan)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestUnfairPlans(t *testing.T) {
	plan := func(symbols string) Plan {
		p := Plan{Lead: time.Second, Tail: 400 * time.Millisecond}
		for _, s := range strings.Fields(symbols) {
			p.Slots = append(p.Slots, Slot{Kind: Kind(s[0]), Colour: Colour(s[1]), Length: 500 * time.Millisecond})
		}
		return p
	}
	tests := []struct {
		name, symbols string
		want          bool
	}{
		{"sound", "FM HG FC VM FG FA HM FM FG VC", true},
		{"a symbol twice", "FM FM FC FG VM VC HG HA FG FA", false},
		{"amber and cyan twice in a row", "FA FC FA FG VM VC HG HA FM FM", false},
		{"one flat code again and again", "FM FG FM FG FM FG HA HG VM VC", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := fair(plan(tt.symbols)); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func BenchmarkMint(b *testing.B) {
	r := source(3)
	for b.Loop() {
		if _, err := Mint(r, Standard); err != nil {
			b.Fatal(err)
		}
	}
}

func TestTiles(t *testing.T) {
	tests := []struct {
		slot Slot
		want [4]Colour
	}{
		{Slot{Kind: Flat, Colour: Cyan}, [4]Colour{Cyan, Cyan, Cyan, Cyan}},
		{Slot{Kind: LeftRight, Colour: Magenta}, [4]Colour{Magenta, Green, Magenta, Green}},
		{Slot{Kind: BottomUp, Colour: Amber}, [4]Colour{Cyan, Cyan, Amber, Amber}},
	}
	for _, tt := range tests {
		if got := tt.slot.Tiles(); !slices.Equal(got[:], tt.want[:]) {
			t.Errorf("%v: got %v, want %v", tt.slot, got, tt.want)
		}
	}
}
