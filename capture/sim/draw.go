package sim

// drawPerson is always the same for a number, but for what one wears today. A
// number below zero is the person of a photograph: only the bones are drawn.
func drawPerson(identity, tone int, seed uint64) Person {
	key := uint64(identity)
	if identity < 0 {
		key = seed
	}
	r := diceFor(key, "person")
	p := Person{Shape: drawShape(r), Wide: r.between(0.85, 1.15), Seed: key}
	p.Skin = drawSkin(r, tone)
	p.Hair = Hair{Thick: r.between(3, 13), Recedes: r.about(0, 7), Long: r.chance(0.35)}
	if r.chance(0.08) {
		p.Hair.Thick = 0
	}
	wears := diceFor(seed, "wears")
	if r.chance(0.3) && wears.chance(0.85) {
		p.Glasses = Glasses{Worn: true, Rim: wears.between(0.8, 3), Tilt: wears.between(5, 13), Base: wears.between(85, 180)}
	}
	cloth := wears.between(0.03, 0.6)
	p.Cloth = [3]float64{cloth * wears.between(0.6, 1.2), cloth * wears.between(0.6, 1.2), cloth * wears.between(0.6, 1.2)}
	return p
}

func drawShape(r dice) Shape {
	f := func(sd float64) float64 { return r.about(1, sd) }
	s := Shape{
		Width: f(0.04), Height: f(0.04), Depth: f(0.045),
		NoseHigh: f(0.13), NoseLong: f(0.07), NoseWide: f(0.13),
		Socket: f(0.2), Brow: f(0.35), Cheek: f(0.35), Lip: f(0.3), Jaw: f(0.05),
		Chin: r.about(0, 3), Forehead: r.about(2, 4), Eyes: r.about(31.5, 1.6), Mouth: f(0.06),
		Ears: r.between(10, 22), Skew: r.about(0, 0.012),
	}
	return s
}

func drawSkin(r dice, tone int) Skin {
	drawn := 1 + r.IntN(Tones)
	if tone == 0 {
		tone = drawn
	}
	s := Skin{
		Tone: tone, Ruddy: r.between(0.3, 1.4), Blotch: r.between(0.02, 0.07),
		Iris: [3]float64{0.06, 0.035, 0.02}, Brows: r.between(0.5, 0.95), Oil: r.Float64(),
	}
	a := colour(tones()[tone-1])
	if next := tone; next < Tones {
		a = a.to(tones()[next], r.between(0, 0.5))
	}
	s.Base = a.times(r.between(0.94, 1.06))
	dark := r.between(0.008, 0.05)
	s.Hair = [3]float64{dark * 1.25, dark, dark * 0.8}
	if tone <= 3 {
		switch r.IntN(4) {
		case 0:
			s.Hair = [3]float64{0.3, 0.21, 0.11}
			s.Iris = [3]float64{0.11, 0.16, 0.22}
		case 1:
			s.Hair = [3]float64{0.32, 0.31, 0.3}
			s.Iris = [3]float64{0.1, 0.13, 0.1}
		case 2:
			s.Hair = [3]float64{0.13, 0.07, 0.035}
		}
		if r.chance(0.3) {
			s.Freckle = r.Float64()
		}
	}
	if r.chance(0.35) {
		s.Beard = r.between(0.15, 1)
	}
	return s
}
