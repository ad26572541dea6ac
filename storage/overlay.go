package storage

import (
	"bytes"
	"slices"
)

// write is the newest state of a key: a value, or its deletion.
type write struct {
	value   []byte
	deleted bool
}

// layer holds writes that are not in the database yet, by database key.
type layer map[string]write

// footprint is what the layer counts for in a Badger transaction, in bytes.
func (l layer) footprint() int64 {
	var n int64
	for k, w := range l {
		n += int64(len(k)+len(w.value)) + entryOverhead
	}
	return n
}

// entryOverhead is more than Badger adds to each entry of a transaction: a
// version, flags and lengths.
const entryOverhead = 32

// overlaid is one key of an overlay, in the order of a scan.
type overlaid struct {
	key []byte
	write
}

// overlay flattens layers, oldest first, to the keys with the prefix in the
// order of the scan; where two layers have a key, the later one counts.
func overlay(layers []layer, prefix []byte, reverse bool) []overlaid {
	newest := map[string]write{}
	for _, l := range layers {
		for k, w := range l {
			if bytes.HasPrefix([]byte(k), prefix) {
				newest[k] = w
			}
		}
	}
	out := make([]overlaid, 0, len(newest))
	for k, w := range newest {
		out = append(out, overlaid{[]byte(k), w})
	}
	slices.SortFunc(out, func(a, b overlaid) int { return inOrder(a.key, b.key, reverse) })
	return out
}

// inOrder compares keys in the direction of a scan.
func inOrder(a, b []byte, reverse bool) int {
	if reverse {
		a, b = b, a
	}
	return bytes.Compare(a, b)
}
