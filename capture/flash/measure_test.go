package flash

import (
	"fmt"
	"testing"
)

func minted1(t testing.TB, seed uint64, c Composition) Plan {
	t.Helper()
	p, err := Mint(source(seed), c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestTry(t *testing.T) {
	desk := Screen{Width: 1920, Height: 1080, DiagonalInch: 24}
	other := minted1(t, 99, Standard)
	for _, tt := range []struct {
		name string
		s    scene
	}{
		{"egg", scene{shape: egg}},
		{"egg noisy", scene{shape: egg, noise: 6}},
		{"flat", scene{shape: flat}},
		{"bent 100 v", scene{shape: bentSheet(100, 0)}},
		{"bent 120 45", scene{shape: bentSheet(120, 0.785)}},
		{"bent 100 h", scene{shape: bentSheet(100, 1.57)}},
		{"wrong", scene{shape: egg, other: &other}},
		{"wrong noisy", scene{shape: egg, other: &other, noise: 6}},
	} {
		s := tt.s
		s.plan, s.screen, s.lag, s.ambient = minted1(t, 7, Standard), desk, 130, Light{0.3, 0.3, 0.3}
		e, err := Measure(s.film(t))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Printf("%-12s frames %d lag %.0f rho %.3f t %.1f R2s %.3f acc %.1f margin %.1f p %.3f null %.2f/%.2f phi %.2f steps %d/%d %.1f kappa %.2f±%.2f ring %.2f beta %v est %s\n", tt.name, e.Frames, e.Lag, e.Code.Rho, e.Code.T, e.Code.R2Slots, e.Code.Accuracy, e.Code.Margin, e.Code.P, e.Code.NullMean, e.Code.NullMost, e.Code.Phi, e.Code.Steps, e.Code.Foreign, e.Code.ForeignT, e.Around.Kappa, e.Around.KappaError, e.Around.KappaRing, e.Code.Beta, e.Code.Estimator)
		sh := e.Shape
		fmt.Printf("     valid %.2f se %.4f lam %.1f bil %.1f const %.1f chi2 %.3f s %.2f fold %.0f amp %.2f cv %.2f off %v\n", sh.Valid, sh.CellError, sh.LambdaHead, sh.LambdaBil, sh.LambdaFlat, sh.Chi2, sh.Scale, sh.Fold, sh.Amplitude, sh.Spread, sh.Offset)
	}
}

func BenchmarkMeasure(b *testing.B) {
	s := scene{shape: egg, plan: minted1(b, 7, Standard), screen: Screen{Width: 1920, Height: 1080}, lag: 130, ambient: Light{0.3, 0.3, 0.3}, noise: 5}
	session := s.film(&testing.T{})
	b.ResetTimer()
	for b.Loop() {
		if _, err := Measure(session); err != nil {
			b.Fatal(err)
		}
	}
}
