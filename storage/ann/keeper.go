package ann

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
	edge         int     // the highest bin that the best reach down to, as far as was looked
	above        int     // items in it and in those above it
	bins         [bins]int32
}

// bins count the scores from -1 to 1, so that the bar is found without sorting.
const bins = 1024

func (k *keeper) open(best int, margin, cut float32) {
	k.items, k.cut, k.best, k.margin = k.items[:0], cut, best, margin
	k.limit, k.full, k.edge, k.above = 0, false, 0, 0
	if best > 0 {
		clear(k.bins[:])
	}
}

func (k *keeper) add(score float32, shelf, row int) {
	k.items = append(k.items, item{score, uint32(shelf), uint32(row)})
	if k.best == 0 {
		k.full = k.limit > 0 && len(k.items) > k.limit
		return
	}
	b := max(0, min(bins-1, int((score+1)*(bins/2))))
	k.bins[b]++
	if b >= k.edge {
		k.above++
	}
}

// raise raises the bar to the lower edge of the bin that holds the last of the
// best. It is asked between the kernels' runs.
func (k *keeper) raise() {
	if k.best == 0 || len(k.items) < k.best {
		return
	}
	for k.above-int(k.bins[k.edge]) >= k.best {
		k.above -= int(k.bins[k.edge])
		k.edge++
	}
	k.cut = max(k.cut, float32(k.edge)/(bins/2)-1-k.margin-1e-6) // for what add lost in rounding
}

// shrink drops what is too far below the best. Which items stay does not
// depend on their order: of equal ones all stay.
func (k *keeper) shrink() {
	if k.best == 0 || len(k.items) <= k.best {
		return
	}
	k.raise()
	k.drop(k.cut)
	k.drop(quickselect(k.items, k.best-1) - k.margin)
}

// drop drops what is below a bar.
func (k *keeper) drop(bar float32) {
	kept := k.items[:0]
	for _, it := range k.items {
		if it.score >= bar {
			kept = append(kept, it)
		}
	}
	k.items = kept
}

// take ends the keeping. The items are valid until the second open from here.
func (k *keeper) take() []item {
	k.shrink()
	k.items, k.other = k.other, k.items
	return k.other
}

// quickselect is the score of the n-th best item, from 0; it moves items so that
// none before it is worse, and none behind it better
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
