package lab

import (
	"cmp"
	"math"
	"slices"

	"github.com/rostod/rostod/capture/sim"
	"github.com/rostod/rostod/daemon/bench"
	"github.com/rostod/rostod/daemon/bench/accuracy"
	"github.com/rostod/rostod/engine"
)

// Rate is k of n with the bounds of Clopper and Pearson.
type Rate = accuracy.Rate

// Count is what was said of a set of first attempts.
type Count struct {
	N        int            `json:"n"`
	Live     Rate           `json:"live"`
	Spoof    Rate           `json:"spoof"`
	Unclear  Rate           `json:"unclear"`
	Failed   int            `json:"failed"`   // of the unclear, those that could not be measured
	NotFirst Rate           `json:"notFirst"` // not live at the first attempt
	NotThird Rate           `json:"notThird"` // nor at the second or third; only of the living
	Reasons  map[string]int `json:"reasons"`
}

// count counts rows; attempts after the first only say whether a person got
// through in the end.
func count(rows []Row) Count {
	c := Count{Reasons: map[string]int{}}
	var live, spoof, unclear int
	through := map[string]bool{}
	for _, r := range rows {
		person := Cell{Name: r.Cell}.key(r.Seed, 0)
		through[person] = through[person] || accepted(r)
		if r.Attempt != 1 {
			continue
		}
		c.N++
		switch r.Finding.Verdict {
		case engine.Live:
			live++
		case engine.Spoof:
			spoof++
		default:
			unclear++
		}
		if r.Failed != "" {
			c.Failed++
		}
		if len(r.Finding.Reasons) > 0 && !accepted(r) {
			c.Reasons[r.Finding.Reasons[0]]++
		}
	}
	never := 0
	for _, in := range through {
		if !in {
			never++
		}
	}
	c.Live, c.Spoof, c.Unclear = accuracy.RateOf(live, c.N), accuracy.RateOf(spoof, c.N), accuracy.RateOf(unclear, c.N)
	c.NotFirst, c.NotThird = accuracy.RateOf(c.N-live, c.N), accuracy.RateOf(never, c.N)
	return c
}

// Line is the count of one kind of session at each light, and of all.
type Line struct {
	Name  string            `json:"name"`
	Group Group             `json:"group"`
	At    map[string]*Count `json:"at"` // by lux, "all" for all of them
}

// luxName names a light in tables.
func luxName(lux float64) string { return percentless(lux) + " lux" }

// lineOf counts rows of one kind.
func lineOf(name string, group Group, rows []Row) Line {
	l := Line{Name: name, Group: group, At: map[string]*Count{}}
	all := count(rows)
	l.At["all"] = &all
	for _, lux := range Luxes() {
		if some := only(rows, func(r Row) bool { return r.Lux == lux }); len(some) > 0 {
			c := count(some)
			l.At[luxName(lux)] = &c
		}
	}
	return l
}

func only(rows []Row, want func(Row) bool) []Row {
	var list []Row
	for _, r := range rows {
		if want(r) {
			list = append(list, r)
		}
	}
	return list
}

// bySpecies are the rows of the bars' kiosk: those of other conditions are
// named by their cell.
func bySpecies(rows []Row, s sim.Species) []Row {
	return only(rows, func(r Row) bool { return r.Species == s && !conditional(r) })
}

// conditional says whether a row is of a condition and not of the bars' kiosk.
func conditional(r Row) bool {
	return r.Group == Secondary && !slices.Contains(Others(), r.Species)
}

// Signal is how well one number alone tells the living from a species.
type Signal struct {
	Species sim.Species `json:"species"`
	Name    string      `json:"name"`
	EER     float64     `json:"eer"`
}

// signals are the numbers of the evidence that are looked at alone, each with
// the sign that the living have more of.
func signals() []struct {
	name string
	of   func(engine.FlashEvidence) float64
} {
	type signal = struct {
		name string
		of   func(engine.FlashEvidence) float64
	}
	return []signal{
		{"code", func(e engine.FlashEvidence) float64 { return e.Code.Rho }},
		{"slots read", func(e engine.FlashEvidence) float64 { return e.Code.Accuracy }},
		{"response", func(e engine.FlashEvidence) float64 { return e.Code.T }},
		{"background", func(e engine.FlashEvidence) float64 { return -e.Around.Kappa }},
		{"head or sheet", func(e engine.FlashEvidence) float64 { return e.Shape.LambdaHead }},
		{"head or gradient", func(e engine.FlashEvidence) float64 { return e.Shape.LambdaBil }},
		{"head or nothing", func(e engine.FlashEvidence) float64 { return e.Shape.LambdaFlat }},
		{"fit of a head", func(e engine.FlashEvidence) float64 { return -e.Shape.Chi2 }},
		{"nose", func(e engine.FlashEvidence) float64 { return e.Shape.Relief }},
		{"fall-off", func(e engine.FlashEvidence) float64 { return e.Shape.Spread }},
		{"amplitude", func(e engine.FlashEvidence) float64 { return e.Shape.Amplitude }},
		{"lag", func(e engine.FlashEvidence) float64 { return -e.Lag }},
	}
}

// equalError is the rate at which as many of the living are below as attacks
// are above.
func equalError(living, attacks []float64) float64 {
	if len(living) == 0 || len(attacks) == 0 {
		return math.NaN()
	}
	best, gap := 0.5, math.Inf(1)
	for _, p := range accuracy.Curve(living, attacks) {
		if d := math.Abs(p.FMR - p.FNMR); d < gap {
			gap, best = d, (p.FMR+p.FNMR)/2
		}
	}
	return best
}

func alone(rows []Row) []Signal {
	first := func(s sim.Species) []Row {
		return only(bySpecies(rows, s), func(r Row) bool { return r.Attempt == 1 && r.Failed == "" })
	}
	living := first(sim.Live)
	var list []Signal
	for _, species := range speciesOf(rows) {
		attacks := first(species)
		if species == sim.Live || len(attacks) == 0 || len(living) == 0 {
			continue
		}
		for _, s := range signals() {
			of := func(rows []Row) []float64 {
				var values []float64
				for _, r := range rows {
					values = append(values, s.of(r.Evidence))
				}
				return values
			}
			list = append(list, Signal{species, s.name, equalError(of(living), of(attacks))})
		}
	}
	return list
}

// Lag is how well the time from a colour to its light is found.
type Lag struct {
	Bias   float64      `json:"bias"`  // median error, ms
	Error  float64      `json:"error"` // 95 % of the errors are smaller, ms, about the bias of 0
	Spread bench.Spread `json:"spread"`
}

func lagOf(rows []Row) Lag {
	var errors, sizes []float64
	for _, r := range rows {
		if r.Living() && r.Group == Bars && r.Attempt == 1 && r.Failed == "" && r.TrueLag != 0 {
			errors, sizes = append(errors, r.Evidence.Lag-r.TrueLag), append(sizes, math.Abs(r.Evidence.Lag-r.TrueLag))
		}
	}
	s := bench.SpreadOf(errors)
	if s.N == 0 {
		return Lag{}
	}
	slices.Sort(sizes)
	return Lag{Bias: s.Median, Error: bench.Quantile(sizes, 0.95), Spread: s}
}

// reasonsOf are reasons with how often they were given, most often first.
func reasonsOf(m map[string]int) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(m[b]-m[a], cmp.Compare(a, b)) })
	return names
}
