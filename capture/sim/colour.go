package sim

import "math"

// white is the colour of a black body as red, green and blue of linear sRGB,
// with luminance 1 (Kim and others, US patent 7,024,034, for the locus).
func white(kelvin float64) [3]float64 {
	t := 1000 / kelvin
	x := -0.2661239*t*t*t - 0.2343589*t*t + 0.8776956*t + 0.179910
	if kelvin > 4000 {
		x = -3.0258469*t*t*t + 2.1070379*t*t + 0.2226347*t + 0.240390
	}
	y := -0.9549476*x*x*x - 1.37418593*x*x + 2.09137015*x - 0.16748867
	if kelvin > 4000 {
		y = 3.0817580*x*x*x - 5.87338670*x*x + 3.75112997*x - 0.37001483
	}
	a, c := x/y, (1-x-y)/y
	return [3]float64{
		max(0.02, 3.2404542*a-1.5371385-0.4985314*c),
		max(0.02, -0.9692660*a+1.8760108+0.0415560*c),
		max(0.02, 0.0556434*a-0.2040259+1.0572252*c),
	}
}

// decoded is linear light of an sRGB value, both 0 to 1 (IEC 61966-2-1).
func decoded(v float64) float64 {
	if v <= 0.04045 {
		return v / 12.92
	}
	return math.Pow((v+0.055)/1.055, 2.4)
}

// encoded is the sRGB value of linear light.
func encoded(v float64) float64 {
	v = min(max(v, 0), 1)
	if v <= 0.0031308 {
		return v * 12.92
	}
	return 1.055*math.Pow(v, 1/2.4) - 0.055
}

// luminance of linear sRGB.
func luminance(c [3]float64) float64 { return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2] }
