package fit

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	"github.com/rostod/rostod/capture/sim"
	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/liveness"
)

// opposed are the attacks that each hypothesis stands for. A relay is known by
// its lag and by nothing else, and is in none of them.
var opposed = map[string][]sim.Species{
	"replay":      {sim.ReplayInject, sim.TabletFlash, sim.Static},
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
// split, and then a shift of each, so that of the attacks that it has to refuse,
// in either split, the one with the highest score lies just below the bar.
// Thresholds, gates and the features that each hypothesis reads stay as they are.
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
	shift(rows, fitted)
	return fitted, nil
}

// shift moves each hypothesis that was fitted until the attack with its highest
// score lies below the bar by the margin. What counts are the attacks that it has
// to refuse: of all the hypotheses that stand for an attack, the one that is
// surest of it has to. Attacks that no score would make live, for a gate refuses
// them or there is no clear answer, count only where there are no others. Sheets,
// which are told worst, so do not make a missing response any harder to call one.
func shift(rows []Row, t liveness.Table) {
	none := func() []float64 { return slices.Repeat([]float64{math.Inf(-1)}, len(t.Hypotheses)) }
	most, refused := none(), none()
	scoreless := t
	scoreless.Live = math.Inf(-1)
	for _, r := range rows {
		i, x := surest(t, r)
		if i < 0 {
			continue
		}
		refused[i] = max(refused[i], x)
		if scoreless.Judge(seen(r.Evidence), engine.Site{}, engine.Tier{}).Verdict == engine.Live {
			most[i] = max(most[i], x)
		}
	}
	for i := range t.Hypotheses {
		h, x := &t.Hypotheses[i], most[i]
		if math.IsInf(x, -1) {
			x = refused[i]
		}
		if !h.Fixed && !math.IsInf(x, -1) {
			h.Offset = short(h.Offset + t.Live - margin - x)
		}
	}
}

// surest is the hypothesis with the least score of those that stand for a row's
// attack; below 0 when none does.
func surest(t liveness.Table, r Row) (i int, least float64) {
	i, least = -1, math.Inf(1)
	for k, h := range t.Hypotheses {
		if x := h.Against(r.Evidence); slices.Contains(opposed[h.Name], r.Species) && x < least {
			i, least = k, x
		}
	}
	return i, least
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
