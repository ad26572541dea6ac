package fit

import "math"

// example is one session as a hypothesis sees it.
type example struct {
	features []float64
	living   bool
	group    group
	weight   float64
}

// The penalty on the squares of the weights of scaled features, and how long
// the descent may take.
const (
	ridge = 0.0003
	steps = 6000
)

// logistic is the weighted logistic regression of living on the features with
// weights that are zero or more: projected gradient with Nesterov's momentum.
// The features are scaled to unit spread for the way and back afterwards.
func logistic(list []example) (offset float64, weights []float64) {
	if len(list) == 0 {
		return 0, nil
	}
	n := len(list[0].features)
	mean, spread := scaling(list, n)
	at := func(e example, i int) float64 {
		if i == n {
			return 1
		}
		return (e.features[i] - mean[i]) / spread[i]
	}
	bound := ridge // of the loss's curvature
	for _, e := range list {
		var sum float64
		for i := range n + 1 {
			sum += at(e, i) * at(e, i)
		}
		bound += e.weight * sum / 4
	}
	b, ahead, momentum := make([]float64, n+1), make([]float64, n+1), 1.0
	for range steps {
		slope := make([]float64, n+1)
		for i := range n {
			slope[i] = ridge * ahead[i]
		}
		for _, e := range list {
			var z float64
			for i := range n + 1 {
				z += ahead[i] * at(e, i)
			}
			pull := e.weight * (sigmoid(z) - target(e))
			for i := range n + 1 {
				slope[i] += pull * at(e, i)
			}
		}
		next := (1 + math.Sqrt(1+4*momentum*momentum)) / 2
		for i := range n + 1 {
			x := ahead[i] - slope[i]/bound
			if i < n {
				x = max(0, x)
			}
			ahead[i] = x + (momentum-1)/next*(x-b[i])
			b[i] = x
		}
		momentum = next
	}
	offset, weights = b[n], make([]float64, n)
	for i := range n {
		weights[i] = b[i] / spread[i]
		offset -= b[i] * mean[i] / spread[i]
	}
	return offset, weights
}

func sigmoid(z float64) float64 { return 1 / (1 + math.Exp(-z)) }

func target(e example) float64 {
	if e.living {
		return 1
	}
	return 0
}

// scaling is the mean and the spread of each feature.
func scaling(list []example, n int) (mean, spread []float64) {
	mean, spread = make([]float64, n), make([]float64, n)
	var all float64
	for _, e := range list {
		all += e.weight
		for i, x := range e.features {
			mean[i] += e.weight * x
		}
	}
	for i := range mean {
		mean[i] /= all
	}
	for _, e := range list {
		for i, x := range e.features {
			spread[i] += e.weight * (x - mean[i]) * (x - mean[i]) / all
		}
	}
	for i := range spread {
		spread[i] = math.Sqrt(spread[i]) + 1e-6
	}
	return mean, spread
}
