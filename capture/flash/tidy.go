package flash

import (
	"math"
	"reflect"
	"strconv"

	"github.com/rostod/rostod/engine"
)

// digits is how many significant digits evidence keeps: more than was measured.
const digits = 6

// tidy rounds every number of the evidence and makes those that are none zero.
// Nothing is judged by a zero alone: what could not be measured says so beside
// it.
func tidy(e *engine.FlashEvidence) { tidyValue(reflect.ValueOf(e).Elem()) }

func tidyValue(v reflect.Value) {
	switch v.Kind() {
	case reflect.Float64:
		v.SetFloat(rounded(v.Float()))
	case reflect.Struct:
		for i := range v.NumField() {
			tidyValue(v.Field(i))
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			tidyValue(v.Index(i))
		}
	}
}

func rounded(x float64) float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return 0
	}
	short, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', digits, 64), 64)
	if err != nil || math.Abs(short) < 1e-9 {
		return 0
	}
	return short
}
