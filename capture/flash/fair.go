package flash

import "math"

// The rules that a drawn plan must keep besides its balance.
const (
	mostAmberCyan  = 3   // changes between amber and cyan on any tile: red to blue is the pair that excites most
	mostSideLobe   = 0.5 // of the code's autocorrelation, so that no other lag looks like the true one
	mainLobe       = 300 // milliseconds after which the autocorrelation must have fallen
	lobeReach      = 600 // milliseconds up to which it must stay there
	lobeStep       = 25  // milliseconds between the lags looked at
	worstCondition = 30  // of the regressors: else two of them cannot be told apart
)

// fair says whether a plan keeps the rules: no symbol twice in a row, few
// changes from amber to cyan and never two in a row, a sharp autocorrelation,
// and regressors that are independent. All are from sections 4.2 and 4.6 of
// the flash design; docs/FLASH.md repeats them.
func fair(p Plan) bool {
	for i := 1; i < len(p.Slots); i++ {
		if p.Slots[i].Kind == p.Slots[i-1].Kind && p.Slots[i].Colour == p.Slots[i-1].Colour {
			return false
		}
	}
	for tile := TopLeft; tile <= BottomRight; tile++ {
		if !calm(p, tile) {
			return false
		}
	}
	return independent(p) && sharp(p)
}

// calm says whether a tile changes between amber and cyan seldom enough.
func calm(p Plan, tile Tile) bool {
	changes, last := 0, false
	for i := 1; i < len(p.Slots); i++ {
		a, b := p.Slots[i-1].Tiles()[tile], p.Slots[i].Tiles()[tile]
		change := a == Amber && b == Cyan || a == Cyan && b == Amber
		if change && last {
			return false
		}
		if last = change; change {
			changes++
		}
	}
	return changes <= mostAmberCyan
}

// sharp says whether the flat code resembles itself at no lag but a short one.
func sharp(p Plan) bool {
	var code [240]chroma // every 25 ms of at most 6 s
	n := 0
	var mean chroma
	for _, s := range p.Slots {
		flat := s.glow().flat
		for range s.Length.Milliseconds() / lobeStep {
			if n < len(code) {
				code[n] = flat
				n++
				mean = mean.plus(flat)
			}
		}
	}
	mean = mean.times(1 / float64(n))
	var power float64
	for i := range n {
		code[i] = code[i].minus(mean)
		power += code[i].dot(code[i])
	}
	for lag := mainLobe / lobeStep; lag <= lobeReach/lobeStep; lag++ {
		var sum float64
		for i := lag; i < n; i++ {
			sum += code[i].dot(code[i-lag])
		}
		if math.Abs(sum) > mostSideLobe*power {
			return false
		}
	}
	return true
}

// independent says whether what is fitted can be told apart: red from blue in
// the flat colours, and the flat colours from both splits.
func independent(p Plan) bool {
	var mean [3]chroma
	var total float64
	for _, s := range p.Slots {
		ms, glow := float64(s.Length.Milliseconds()), s.glow()
		for i, c := range glow.parts() {
			mean[i] = mean[i].plus(c.times(ms))
		}
		total += ms
	}
	hues, kinds := newMatrix(2), newMatrix(3) // Gram matrices
	for _, s := range p.Slots {
		ms, parts := float64(s.Length.Milliseconds()), s.glow().parts()
		for i := range parts {
			parts[i] = parts[i].minus(mean[i].times(1 / total))
		}
		for i := range 2 {
			for j := range 2 {
				hues.add(i, j, ms*parts[0][i]*parts[0][j])
			}
		}
		for i := range 3 {
			for j := range 3 {
				kinds.add(i, j, ms*parts[i].dot(parts[j]))
			}
		}
	}
	return hues.condition() <= worstCondition && kinds.condition() <= worstCondition
}
