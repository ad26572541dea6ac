package antifraud

import "math"

// signal is one thing that is known about a request. All are numbers, 0 when
// there is nothing to say, and greater the riskier; yes is 1.
type signal string

// The signals: the closed vocabulary of rules.
const (
	amount               signal = "amount"                    // as sent, in the currency's smallest unit
	amountRatio          signal = "amount_ratio"              // amount over the mean of the customer's own, 90 days, of 3 or more; 0: too few
	newBeneficiary       signal = "new_beneficiary"           // the customer has not paid it in 90 days
	jailbroken           signal = "jailbroken"                // as the app says
	rooted               signal = "rooted"                    // as the app says
	emulator             signal = "emulator"                  // as the app says
	vpn                  signal = "vpn"                       // as the app says
	noDevice             signal = "no_device"                 // no device session, or one that is over
	customerCount1h      signal = "customer_count_1h"         // evaluations of the customer, with this one
	customerCount24h     signal = "customer_count_24h"        //
	customerSum24h       signal = "customer_sum_24h"          // amounts of the same currency that were not blocked, with this one
	deviceCount1h        signal = "device_count_1h"           // evaluations from the device, with this one
	deviceCustomers24h   signal = "device_customers_24h"      // customers on the device, with this one
	beneficiaryCount24h  signal = "beneficiary_count_24h"     // evaluations towards the beneficiary, with this one
	beneficiarySum24h    signal = "beneficiary_sum_24h"       // amounts of the same currency that were not blocked, with this one
	beneficiaryPayers24h signal = "beneficiary_customers_24h" // customers who pay it, with this one
	kycMissing           signal = "kyc_missing"               // levels that the customer lacks to premium: 0..3
	suspended            signal = "customer_suspended"        // suspended or closed
)

// signals lists the vocabulary, as the document of a condition has it.
func signals() []signal {
	return []signal{
		amount, amountRatio, newBeneficiary, jailbroken, rooted, emulator, vpn, noDevice,
		customerCount1h, customerCount24h, customerSum24h, deviceCount1h, deviceCustomers24h,
		beneficiaryCount24h, beneficiarySum24h, beneficiaryPayers24h, kycMissing, suspended,
	}
}

// seen is what is known about one request.
type seen map[signal]float64

// of is a signal's value: what is no number, or below nothing, says nothing.
func (s seen) of(name signal) float64 {
	if x := s[name]; x > 0 && !math.IsInf(x, 0) {
		return x
	}
	return 0
}

func yes(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
