package antifraud

import (
	"fmt"
	"slices"

	"github.com/rostod/rostod/internal/fault"
)

// decision is what is answered.
type decision string

// The decisions, mildest first.
const (
	allow  decision = "allow"
	flag   decision = "flag"   // goes on, and is marked
	review decision = "review" // waits for a person
	block  decision = "block"
)

func (d decision) rank() int { return slices.Index([]decision{allow, flag, review, block}, d) }

// harder is the harder of two decisions.
func harder(a, b decision) decision {
	if b.rank() > a.rank() {
		return b
	}
	return a
}

// rule is one rule of an org.
type rule struct {
	Code     string      `json:"code" doc:"Your own name for the rule, unique." minLength:"1" maxLength:"32" pattern:"^[A-Za-z0-9._-]+$" example:"VL-003"`
	Name     string      `json:"name,omitzero" doc:"What it is about." maxLength:"120"`
	Lanes    []string    `json:"lanes,omitzero" doc:"The lanes it looks at; all when left out." enum:"onboarding,transaction" maxItems:"2"`
	Channels []string    `json:"channels,omitzero" doc:"The channels it looks at; all when left out." enum:"transfer,qris,card,atm,topup,withdrawal" maxItems:"6"`
	When     []condition `json:"when" doc:"All of them must hold." minItems:"1" maxItems:"8"`
	Action   decision    `json:"action" doc:"What it speaks for." enum:"flag,review,block"`
	Severity string      `json:"severity" enum:"low,medium,high,critical"`
	Score    int         `json:"score" doc:"What it adds to the rules' score." minimum:"0" maximum:"100"`
	Bypass   bool        `json:"bypassML,omitzero" doc:"The decision is at least the action, whatever the scores say."`
	Off      bool        `json:"disabled,omitzero"`
}

// condition holds from a value of a signal on: signals grow with risk, so that
// there is no other comparison.
type condition struct {
	Signal  signal  `json:"signal" enum:"amount,amount_ratio,new_beneficiary,jailbroken,rooted,emulator,vpn,no_device,customer_count_1h,customer_count_24h,customer_sum_24h,device_count_1h,device_customers_24h,beneficiary_count_24h,beneficiary_sum_24h,beneficiary_customers_24h,kyc_missing,customer_suspended"`
	AtLeast float64 `json:"atLeast" doc:"Yes is 1." exclusiveMinimum:"0"`
}

// bars are the scores from which a decision is at least this hard.
type bars struct {
	Flag   int `json:"flag" minimum:"1" maximum:"101"`
	Review int `json:"review" minimum:"1" maximum:"101"`
	Block  int `json:"block" doc:"101 is never." minimum:"1" maximum:"101"`
}

// book is all rules of an org in one version.
type book struct {
	Bars  bars   `json:"thresholds"`
	Rules []rule `json:"rules"`
}

// defaults is the book of an org that has set nothing. Amounts are in no
// currency, so that its rules speak of ratios.
func defaults() book {
	when := func(s signal, n float64) []condition { return []condition{{s, n}} }
	return book{
		Bars: bars{Flag: 30, Review: 60, Block: 85},
		Rules: []rule{
			{Code: "CU-001", Name: "The customer is suspended or closed", When: when(suspended, 1), Action: block, Severity: "critical", Score: 100, Bypass: true},
			{Code: "DV-001", Name: "Jailbroken device", When: when(jailbroken, 1), Action: review, Severity: "medium", Score: 25},
			{Code: "DV-002", Name: "Rooted device", When: when(rooted, 1), Action: review, Severity: "medium", Score: 25},
			{Code: "DV-003", Name: "Emulator", When: when(emulator, 1), Action: review, Severity: "high", Score: 40},
			{Code: "DV-004", Name: "VPN", When: when(vpn, 1), Action: flag, Severity: "low", Score: 10},
			{Code: "VL-001", Name: "Many actions of one customer in an hour", When: when(customerCount1h, 10), Action: review, Severity: "high", Score: 35},
			{Code: "VL-002", Name: "Several customers on one device in a day", When: when(deviceCustomers24h, 4), Action: review, Severity: "high", Score: 40},
			{Code: "VL-003", Name: "Several customers pay one beneficiary in a day", When: when(beneficiaryPayers24h, 5), Action: review, Severity: "high", Score: 20},
			{Code: "AM-001", Name: "Ten times the customer's usual amount", When: when(amountRatio, 10), Action: flag, Severity: "medium", Score: 20},
			{Code: "BN-001", Name: "Five times the usual amount to a new beneficiary", When: []condition{{newBeneficiary, 1}, {amountRatio, 5}}, Action: review, Severity: "medium", Score: 30},
		},
	}
}

// about is whether a rule looks at requests of this kind.
func (r rule) about(lane, channel string) bool {
	return !r.Off && (len(r.Lanes) == 0 || slices.Contains(r.Lanes, lane)) && (len(r.Channels) == 0 || slices.Contains(r.Channels, channel))
}

// holds says whether all conditions of a rule hold.
func (r rule) holds(s seen) bool {
	return !slices.ContainsFunc(r.When, func(c condition) bool { return s.of(c.Signal) < c.AtLeast })
}

// sound says what does not fit together in a book, nil when all does.
func (b book) sound() *fault.Fault {
	bad := ErrUnsound
	if !(b.Bars.Flag <= b.Bars.Review && b.Bars.Review <= b.Bars.Block) {
		bad = bad.Field("thresholds", "must rise from flag to review to block")
	}
	codes := map[string]bool{}
	for i, r := range b.Rules {
		if codes[r.Code] {
			bad = bad.Field(fmt.Sprintf("rules[%d].code", i), "must be no other rule's")
		}
		codes[r.Code] = true
	}
	if len(bad.Fields) == 0 {
		return nil
	}
	return bad
}
