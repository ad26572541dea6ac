package antifraud

import "math"

// modelName names the weights that a score was made with.
const modelName = "additive-prior-1"

// term is one weight of the model: what one unit of a signal adds to the
// log-odds. Some signals are taken as log2(1+x), so that each doubling adds the
// same; none counts beyond most.
type term struct {
	of     signal
	log    bool
	weight float64
	most   float64 // units
}

// bias is the log-odds of a request of which nothing is known to be wrong: 0.047.
const bias = -3.0

// terms are the model. They were NOT fitted: no labelled transactions were at
// hand. They are cautious guesses of which sign and order are sure and size is
// not, which is why the model alone never reaches beyond a flag (see combine).
// None is negative.
func terms() []term {
	return []term{
		{of: amountRatio, log: true, weight: 0.4, most: 5},
		{of: newBeneficiary, weight: 0.6, most: 1},
		{of: jailbroken, weight: 0.9, most: 1},
		{of: rooted, weight: 0.9, most: 1},
		{of: emulator, weight: 1.4, most: 1},
		{of: vpn, weight: 0.4, most: 1},
		{of: noDevice, weight: 0.2, most: 1},
		{of: customerCount24h, log: true, weight: 0.15, most: 6},
		{of: deviceCustomers24h, log: true, weight: 0.5, most: 4},
		{of: beneficiaryPayers24h, log: true, weight: 0.3, most: 4},
		{of: kycMissing, weight: 0.15, most: 3},
	}
}

// part is what one signal added to the log-odds.
type part struct {
	Signal signal  `json:"signal"`
	Adds   float64 `json:"adds"`
}

// model is the additive score, 0..1, with what each signal added to it.
func model(s seen) (float64, []part) {
	odds := bias
	var parts []part
	for _, t := range terms() {
		x := s.of(t.of)
		if t.log {
			x = math.Log2(1 + x)
		}
		if adds := t.weight * min(x, t.most); adds > 0 {
			odds += adds
			parts = append(parts, part{t.of, adds})
		}
	}
	return 1 / (1 + math.Exp(-odds)), parts
}
