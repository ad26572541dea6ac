package liveness

import (
	"maps"
	"math"
	"slices"

	"github.com/rostod/rostod/engine"
)

// feature is one number of the evidence, made so that more of it is more like
// a living person, and bounded, so that none outweighs all others.
type feature func(engine.FlashEvidence) float64

// features are all of them, by the name that the table calls them.
var features = map[string]feature{
	// How closely the face follows the plan, Fisher's z of the correlation.
	"code": func(e engine.FlashEvidence) float64 { return math.Atanh(within(e.Code.Rho, -0.995, 0.995)) },
	// The share of slots that were read as shown.
	"accuracy": func(e engine.FlashEvidence) float64 { return within(e.Code.Accuracy, 0, 1) },
	// How much of what any colours could explain the plan's colours explain.
	"follows": func(e engine.FlashEvidence) float64 {
		if !(e.Code.R2Slots > 0) {
			return 0
		}
		return within(e.Code.R2/e.Code.R2Slots, 0, 1)
	},
	// How clear the response is, logarithm of its standard errors.
	"clarity": func(e engine.FlashEvidence) float64 { return math.Log(within(e.Code.T, 1, 100)) },
	// How strong it is, logarithm: a screen that is covered or dimmed can answer
	// clearly in a dark room, and weakly.
	"response": func(e engine.FlashEvidence) float64 { return math.Log(within(strength(e), 0.02, 2)) },
	// How much less the background follows than the face.
	"background": func(e engine.FlashEvidence) float64 {
		if !e.Around.Background {
			return unseenBackground
		}
		return within(1-e.Around.Kappa-e.Around.KappaError, -1, 1)
	},
	// How much less hair, neck and shoulders follow than the face.
	"ring": func(e engine.FlashEvidence) float64 {
		if !e.Around.Ring {
			return 0
		}
		return within(1-e.Around.KappaRing, 0, 1)
	},
	// How much likelier the relief that was found is on a head than on a sheet.
	"relief": func(e engine.FlashEvidence) float64 { return relief(e.Shape) },
	// Log-likelihood ratios of a head against other surfaces, compressed.
	"sheet":    func(e engine.FlashEvidence) float64 { return compressed(e.Shape.LambdaHead) },
	"gradient": func(e engine.FlashEvidence) float64 { return compressed(e.Shape.LambdaBil) },
	"tint":     func(e engine.FlashEvidence) float64 { return compressed(e.Shape.LambdaFlat) },
	// How well a head fits at all.
	"fit": func(e engine.FlashEvidence) float64 { return -math.Log(within(e.Shape.Chi2, 0.7, 50)) },
	// How near the pseudo-normals' size is to a head's, from either side.
	"scale": func(e engine.FlashEvidence) float64 {
		s := within(e.Shape.Scale, 0.05, 20)
		return -max(0, math.Log(s/1.9), math.Log(0.8/s))
	},
	// How the response falls off towards the sides.
	"spread":    func(e engine.FlashEvidence) float64 { return within(e.Shape.Spread, 0, 0.35) },
	"amplitude": func(e engine.FlashEvidence) float64 { return within(e.Shape.Amplitude, -0.5, 0.8) },
}

// strength is how much full colours change the light on a face, in red or in
// blue, whichever answers less, were the screen all that the face sees. Warm
// lamps have little blue, so that even a covered screen answers in it.
func strength(e engine.FlashEvidence) float64 {
	return min(e.Code.Beta[0][0], e.Code.Beta[1][1]) / view(e.Shape)
}

// usualView is the view of a screen of 24 inches from half a metre.
const usualView = 0.16

// view is the share of what a face sees that the screen is: the view factor
// from a point before the middle of a rectangle to it (Howell, A Catalog of
// Radiation Heat Transfer Configuration Factors, B-4, four quarters of it).
func view(s engine.FlashShape) float64 {
	if !(s.Distance > 0 && s.Screen[0] > 0 && s.Screen[1] > 0) {
		return usualView
	}
	a, b := s.Screen[0]/2/s.Distance, s.Screen[1]/2/s.Distance
	p, q := math.Hypot(1, a), math.Hypot(1, b)
	return 2 / math.Pi * (a/p*math.Atan(b/p) + b/q*math.Atan(a/q))
}

// unseenBackground is the feature of a background that cannot be used: worth no
// more than one that half follows.
const unseenBackground = 0.6

// bearing is how the share of the generic head's relief along one axis is spread:
// of heads about a mean, of sheets about none.
type bearing struct {
	mean, head, sheet float64 // the mean of heads; standard deviations of heads and of sheets
	outliers          float64 // heads that are read wrongly, a share
	gloss             float64 // standard deviation of sheets that a stripe of gloss makes look like a head
}

// bearings are those to the right and up, in the simulated sessions of the
// training split.
var bearings = [2]bearing{
	{mean: 0.6, head: 0.1, sheet: 0.08, gloss: 0.4},
	{mean: 0.95, head: 0.1, sheet: 0.08, outliers: 0.1, gloss: 0.7},
}

const (
	headNoise  = 1.5  // a head's share is off by more than its error says: coarse video does more to its darker cells than noise
	sheetNoise = 0.8  // and a sheet's by less: the error allows for a model that is not quite a head's
	misread    = 1.0  // standard deviation of the heads that are read wrongly
	glossy     = 0.15 // sheets with gloss, a share
	mostRelief = 6    // either way: the tails are not that well known
)

// relief is the log-likelihood ratio of a head against a sheet, given the shares
// of relief along both axes and their errors. Where an error is large it says
// little, and a clear absence speaks as loudly as a clear presence. A sheet that
// is bent about one axis and shines has relief along the other only.
func relief(s engine.FlashShape) float64 {
	sum := 0.0
	for i, b := range bearings {
		if !s.Measured || !(s.AxesError[i] > 0) {
			return -mostRelief
		}
		sum += b.against(s.ReliefAxes[i], s.AxesError[i]*s.AxesError[i])
	}
	return within(sum, -mostRelief, mostRelief)
}

// against is the log-likelihood ratio along one axis. A share beyond a head's mean
// is worth no less than the mean.
func (b bearing) against(share, noise float64) float64 {
	share = min(share, b.mean)
	h, p := b.head*b.head+headNoise*headNoise*noise, b.sheet*b.sheet+sheetNoise*sheetNoise*noise
	head := (1-b.outliers)*normal(share-b.mean, h) + b.outliers*normal(share-b.mean, h+misread*misread)
	sheet := (1-glossy)*normal(share, p) + glossy*normal(share, p+b.gloss*b.gloss)
	return math.Log(head / sheet)
}

// normal is the density of the normal distribution about 0.
func normal(x, variance float64) float64 {
	return math.Exp(-x*x/2/variance) / math.Sqrt(2*math.Pi*variance)
}

// compressed keeps small log-likelihood ratios and tames large ones, whose
// model is not that good.
func compressed(lambda float64) float64 { return 6 * math.Asinh(within(lambda, -300, 300)/6) }

// within bounds a number; what is none is the lower bound, the less alive one.
func within(x, low, high float64) float64 {
	if math.IsNaN(x) {
		return low
	}
	return max(low, min(high, x))
}

// Feature is a feature of the evidence by its name in the table; false when
// there is none of that name.
func Feature(name string, e engine.FlashEvidence) (float64, bool) {
	f, ok := features[name]
	if !ok {
		return 0, false
	}
	return f(e), true
}

// kind is a hypothesis as the rule knows it: the reason for a spoof, and the
// one for a capture that does not rule it out.
type kind struct {
	name          string
	spoof, unsure string
	shape         bool // speaks of shape, and cannot be judged without split slots
}

// kindOf is a hypothesis by its name in the table.
func kindOf(name string) (kind, bool) {
	for _, k := range kinds {
		if k.name == name {
			return k, true
		}
	}
	return kind{}, false
}

var kinds = []kind{
	{"replay", ReasonWrongCode, ReasonWrongCode, false},
	{"static", ReasonLowResponse, ReasonLowResponse, false},
	{"tint_global", ReasonTinted, ReasonTinted, false},
	{"sheet", ReasonFlat, ReasonShape, true},
	{"tint_face", ReasonTinted, ReasonShape, true},
	{"cutout", ReasonFlat, ReasonShape, true},
}

// Against is the log-likelihood ratio of a living person against the
// hypothesis.
func (h Hypothesis) Against(e engine.FlashEvidence) float64 {
	sum := h.Offset
	for _, name := range slices.Sorted(maps.Keys(h.Weights)) { // in one order, so that the sum is the same to the last bit
		sum += h.Weights[name] * features[name](e)
	}
	return sum
}
