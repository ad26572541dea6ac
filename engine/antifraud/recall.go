package antifraud

import (
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// fewest is how many amounts a customer's history needs before an amount is held
// against it.
const fewest = 3

// parties are those whom an evaluation counts for.
type parties struct {
	Customer    storage.Subject
	Device      *storage.Subject // nil: none is known
	Beneficiary *storage.Subject // nil: there is none
	Pair        *storage.Subject // customer and beneficiary
}

func (a *AntiFraud) parties(org engine.OrgID, q request, d deviceState) parties {
	p := parties{Customer: a.Store.Pseudonym("fraud-customer", string(org), string(q.Customer))}
	if d.State == sessionValid {
		p.Device = &d.Who
	}
	if q.Data.BeneficiaryAccount != "" {
		payee := a.Store.Pseudonym("fraud-beneficiary", string(org), q.Data.BeneficiaryBank, q.Data.BeneficiaryAccount)
		pair := a.Store.Pseudonym("fraud-pair", string(org), string(q.Customer), q.Data.BeneficiaryBank, q.Data.BeneficiaryAccount)
		p.Beneficiary, p.Pair = &payee, &pair
	}
	return p
}

// all lists them.
func (p parties) all() []storage.Subject {
	list := []storage.Subject{p.Customer}
	for _, one := range []*storage.Subject{p.Device, p.Beneficiary, p.Pair} {
		if one != nil {
			list = append(list, *one)
		}
	}
	return list
}

// past is what happened before.
type past struct {
	Customer, Device, Beneficiary, Pair []trace
	Standing                            engine.Standing
}

// recall reads what happened before.
func (a *AntiFraud) recall(r storage.Reader, org engine.OrgID, q request, p parties, now time.Time) (past, error) {
	var h past
	var err error
	if h.Customer, err = a.traces(r, p.Customer, now); err != nil {
		return h, err
	}
	for _, one := range []struct {
		of *storage.Subject
		to *[]trace
	}{{p.Device, &h.Device}, {p.Beneficiary, &h.Beneficiary}, {p.Pair, &h.Pair}} {
		if one.of == nil {
			continue
		}
		if *one.to, err = a.traces(r, *one.of, now); err != nil {
			return h, err
		}
	}
	h.Standing, err = a.Customers.Standing(r, org, q.Customer)
	return h, err
}

// sight is the signals of a request: what was said, and what happened before,
// with the request itself.
func sight(q request, d deviceState, h past, me trace) seen {
	count := func(list []trace, within time.Duration) (n, sum float64, payers float64) {
		people := map[engine.Person]bool{me.Customer: true}
		n, sum = 1, float64(me.Amount)
		for _, t := range list {
			if me.At.Sub(t.At) >= within || t.At.After(me.At) {
				continue
			}
			n++
			people[t.Customer] = true
			if t.Currency == me.Currency && !t.Blocked {
				sum += float64(t.Amount)
			}
		}
		return n, sum, float64(len(people))
	}
	s := seen{amount: float64(q.Amount), amountRatio: ratio(h.Customer, me), noDevice: yes(d.State != sessionValid)}
	if d.State == sessionValid {
		s[jailbroken], s[rooted], s[emulator], s[vpn] = yes(d.Risk.Jailbroken), yes(d.Risk.Rooted), yes(d.Risk.Emulator), yes(d.Risk.VPN)
		s[deviceCount1h], _, _ = count(h.Device, time.Hour)
		_, _, s[deviceCustomers24h] = count(h.Device, 24*time.Hour)
	}
	s[customerCount1h], _, _ = count(h.Customer, time.Hour)
	s[customerCount24h], s[customerSum24h], _ = count(h.Customer, 24*time.Hour)
	if q.Data.BeneficiaryAccount != "" {
		s[beneficiaryCount24h], s[beneficiarySum24h], s[beneficiaryPayers24h] = count(h.Beneficiary, 24*time.Hour)
		s[newBeneficiary] = yes(unpaid(h.Pair))
	}
	if h.Standing.Known {
		s[kycMissing] = float64(engine.KYCPremium.Rank() - h.Standing.Level.Rank())
		s[suspended] = yes(h.Standing.Status != engine.CustomerActive)
	}
	for name, x := range s {
		if x == 0 {
			delete(s, name)
		}
	}
	return s
}

// ratio is an amount over the mean of the customer's own that were not blocked,
// in the same currency; 0 when there are too few.
func ratio(list []trace, me trace) float64 {
	n, sum := 0, 0.0
	for _, t := range list {
		if t.Currency == me.Currency && !t.Blocked && t.Amount > 0 {
			n++
			sum += float64(t.Amount)
		}
	}
	if n < fewest {
		return 0
	}
	return float64(me.Amount) / (sum / float64(n))
}

// unpaid says whether nothing went from the customer to the beneficiary.
func unpaid(pair []trace) bool {
	for _, t := range pair {
		if !t.Blocked {
			return false
		}
	}
	return true
}
