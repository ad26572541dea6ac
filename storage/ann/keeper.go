package ann

import "math"

// item is a row that may count.
type item struct {
	score      float32
	shelf, row uint32
}

// keeper keeps the best items that it is handed, and raises the bar as it goes.
type keeper struct {
	items, other []item
	cut          float32 // nothing up to here needs to be handed over
	best         int     // how many are kept; 0: all
	margin       float32 // and whoever is no more than this below the last of them
	limit        int     // of items, where all are kept; 0: none
	full         bool    // there were more
	room         int
}

func (k *keeper) open(best int, margin, cut float32) {
	*k = keeper{items: k.items[:0], other: k.other, best: best, margin: margin, cut: cut, room: max(2*best, 256)}
}

func (k *keeper) add(score float32, shelf, row int) {
	k.items = append(k.items, item{score, uint32(shelf), uint32(row)})
	switch {
	case k.best == 0:
		k.full = k.limit > 0 && len(k.items) > k.limit
	case len(k.items) >= k.room:
		k.shrink()
	}
}

// raised says whether there is a bar.
func (k *keeper) raised() bool { return !math.IsInf(float64(k.cut), -1) }

// shrink drops what is too far below the best. Which items stay does not
// depend on their order: of equal ones all stay.
func (k *keeper) shrink() {
	if k.best == 0 || len(k.items) <= k.best {
		return
	}
	bar := quickselect(k.items, k.best-1) - k.margin
	kept := k.items[:0]
	for _, it := range k.items {
		if it.score >= bar {
			kept = append(kept, it)
		}
	}
	k.items = kept
	k.cut = max(k.cut, math.Nextafter32(bar, float32(math.Inf(-1))))
	if 2*len(kept) > k.room {
		k.room *= 2
	}
}

// take ends the keeping. The items are valid until the second open from here.
func (k *keeper) take() []item {
	k.shrink()
	k.items, k.other = k.other, k.items
	return k.other
}

// quickselect is the score of the n-th best item, from 0; it moves items
// (Hoare, Algorithm 65, Comm. ACM 4, 1961).
func quickselect(items []item, n int) float32 {
	low, high := 0, len(items)-1
	for low < high {
		pivot := median(items[low].score, items[(low+high)/2].score, items[high].score)
		i, j := low, high
		for i <= j {
			for items[i].score > pivot {
				i++
			}
			for items[j].score < pivot {
				j--
			}
			if i <= j {
				items[i], items[j] = items[j], items[i]
				i, j = i+1, j-1
			}
		}
		switch {
		case n <= j:
			high = j
		case n >= i:
			low = i
		default:
			return items[n].score
		}
	}
	return items[n].score
}

func median(a, b, c float32) float32 {
	return max(min(a, b), min(max(a, b), c))
}
