package fit

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	"github.com/rostod/rostod/capture/sim"
	"github.com/rostod/rostod/engine/liveness"
)

// opposed are the attacks that each hypothesis stands for. A relay is known by
// its lag and by nothing else, and is in none of them.
var opposed = map[string][]sim.Species{
	"replay":      {sim.ReplayInject, sim.Static},
	"static":      {sim.Static, sim.Covered},
	"tint_global": {sim.TintGlobal, sim.TintSplit},
	"sheet":       {sim.Print, sim.Bent, sim.Bent2, sim.Tablet, sim.TabletFlash},
	"tint_face":   {sim.FaceTint, sim.FaceTintGrad, sim.FaceTintLate, sim.TintSplit, sim.TintGlobal},
}

// margin is how far below the bar the highest attack of all rows is placed.
const margin = 1.0

// cut are the sheets that can be cut out along the face. Each of their sessions
// is learnt from a second time as if it had been: with hair, neck and shoulders
// of somebody behind it, which follow as little as a living person's.
var cut = []sim.Species{sim.Print, sim.Bent, sim.Bent2}

const cutRing = 0.2 // of the response of hair, neck and shoulders against the face's

// Fit fits the hypotheses of a table: weights on the rows of the training
// split, and then one shift of all of them, so that the attack with the highest
// score in either split lies just below the bar. Thresholds, gates and the
// features that each hypothesis reads stay as they are.
func Fit(rows []Row, base liveness.Table, version string) (liveness.Table, error) {
	fitted := base
	fitted.Version = version
	fitted.Hypotheses = nil
	for _, h := range base.Hypotheses {
		if h.Fixed {
			fitted.Hypotheses = append(fitted.Hypotheses, h)
			continue
		}
		names := slices.Sorted(maps.Keys(h.Weights))
		list, err := examples(rows, h.Name, names)
		if err != nil {
			return liveness.Table{}, err
		}
		offset, weights := logistic(list)
		next := liveness.Hypothesis{Name: h.Name, Offset: offset, Weights: map[string]float64{}}
		for k, name := range names {
			next.Weights[name] = short(weights[k])
		}
		fitted.Hypotheses = append(fitted.Hypotheses, next)
	}
	shift := fitted.Live - margin - highest(rows, fitted)
	for i := range fitted.Hypotheses {
		if h := &fitted.Hypotheses[i]; !h.Fixed {
			h.Offset = short(h.Offset + shift)
		}
	}
	return fitted, nil
}

// highest is the score of the attack that looks most alive: the least of its
// hypotheses.
func highest(rows []Row, t liveness.Table) float64 {
	most := math.Inf(-1)
	for _, r := range rows {
		if !attack(r.Species) {
			continue
		}
		least := math.Inf(1)
		for _, h := range t.Hypotheses {
			least = min(least, h.Against(r.Evidence))
		}
		most = max(most, least)
	}
	return most
}

// attack says whether a species is one that some hypothesis stands for.
func attack(s sim.Species) bool {
	for _, list := range opposed {
		if slices.Contains(list, s) {
			return true
		}
	}
	return false
}

// examples are the rows of the training split that speak of a hypothesis. The
// living and the attacks weigh the same, and so does each light and each kind
// of attack among them.
func examples(rows []Row, hypothesis string, names []string) ([]example, error) {
	list, err := examplesOf(rows, hypothesis, names)
	if err != nil {
		return nil, err
	}
	counts, kinds := map[group]float64{}, map[bool]float64{}
	for _, e := range list {
		if counts[e.group] == 0 {
			kinds[e.living]++
		}
		counts[e.group]++
	}
	if kinds[true] == 0 || kinds[false] == 0 {
		return nil, fmt.Errorf("fit %s: the training split has not both living people and attacks of that kind", hypothesis)
	}
	for i := range list {
		e := &list[i]
		e.weight = 0.5 / kinds[e.living] / counts[e.group]
	}
	return list, nil
}

// group is what weighs the same as any other of its kind.
type group struct {
	species sim.Species
	lux     float64
	cut     bool
}

func examplesOf(rows []Row, hypothesis string, names []string) ([]example, error) {
	var list []example
	add := func(r Row, cut bool) error {
		e := example{living: r.Species == sim.Live, group: group{r.Species, r.Lux, cut}}
		for _, name := range names {
			x, ok := liveness.Feature(name, r.Evidence)
			if !ok {
				return fmt.Errorf("fit %s: feature %q is not known", hypothesis, name)
			}
			e.features = append(e.features, x)
		}
		list = append(list, e)
		return nil
	}
	for _, r := range rows {
		against := slices.Contains(opposed[hypothesis], r.Species)
		if r.Split != sim.Train || r.Attempt > 1 || r.Species != sim.Live && !against {
			continue
		}
		if err := add(r, false); err != nil {
			return nil, err
		}
		if against && slices.Contains(cut, r.Species) {
			r.Evidence.Around.KappaRing = min(r.Evidence.Around.KappaRing, cutRing)
			if err := add(r, true); err != nil {
				return nil, err
			}
		}
	}
	return list, nil
}

// short keeps four digits: more were not measured, and the table is read by
// people.
func short(x float64) float64 {
	y, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 4, 64), 64)
	if err != nil || math.Abs(y) < 1e-4 {
		return 0
	}
	return y
}
