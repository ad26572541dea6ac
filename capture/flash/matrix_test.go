package flash

import (
	"math"
	"testing"
)

func TestInverse(t *testing.T) {
	m := matrix{n: 3, cell: []float64{4, 2, 1, 2, 5, 3, 1, 3, 6}}
	inv, ok := m.inverse()
	if !ok {
		t.Fatal("got none, want an inverse")
	}
	for i := range 3 {
		for j := range 3 {
			var got, want float64
			for k := range 3 {
				got += m.at(i, k) * inv.at(k, j)
			}
			if i == j {
				want = 1
			}
			if math.Abs(got-want) > 1e-12 {
				t.Errorf("cell %d,%d of the product: got %v, want %v", i, j, got, want)
			}
		}
	}
	for _, bad := range [][]float64{{1, 1, 1, 1}, {0, 0, 0, 0}, {-1, 0, 0, 1}, {math.NaN(), 0, 0, 1}} {
		if _, ok := (matrix{n: 2, cell: bad}).inverse(); ok {
			t.Errorf("%v: got an inverse, want none", bad)
		}
	}
}

func TestCondition(t *testing.T) {
	tests := []struct {
		name string
		m    matrix
		want float64
	}{
		{"orthogonal, of different lengths", matrix{n: 2, cell: []float64{1, 0, 0, 100}}, 1},
		{"an angle of 60 degrees", matrix{n: 2, cell: []float64{1, 0.5, 0.5, 1}}, math.Sqrt(3)},
		{"three, two of them alike", matrix{n: 3, cell: []float64{1, 0.5, 0, 0.5, 1, 0, 0, 0, 9}}, math.Sqrt(3)},
		{"the same column twice", matrix{n: 2, cell: []float64{1, 1, 1, 1}}, math.Inf(1)},
		{"an empty column", matrix{n: 2, cell: []float64{1, 0, 0, 0}}, math.Inf(1)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.m.condition(); got != tt.want && math.Abs(got-tt.want) > 1e-9 && got < 1e7 {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
