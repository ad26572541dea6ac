package engine

import "time"

// Source says where an enrolled face came from. The names are the step-up
// contract's; Dukcapil is the most trusted.
type Source string

// The sources of an enrolment.
const (
	FromRegister  Source = "dukcapil"
	FromDocument  Source = "ktp_extract"
	FromOnboarder Source = "onboarding_selfie"
	FromStepUp    Source = "step_up_promotion"
	FromImport    Source = "base_import"
)

// Sources lists every source, most trusted first.
func Sources() []Source {
	return []Source{FromRegister, FromDocument, FromOnboarder, FromStepUp, FromImport}
}

// Reference is what a probe is compared with: every enrolled template of one
// customer, when the newest was captured, and since when there is one.
type Reference struct {
	Templates []Template
	Newest    time.Time // captured
	Since     time.Time // the oldest of them was enrolled
}

// Of is the mean of the reference's templates that one model made; empty when
// that model made none of them.
func (r Reference) Of(model Digest) Template {
	same := make([]Template, 0, len(r.Templates))
	for _, t := range r.Templates {
		if t.Model == model {
			same = append(same, t)
		}
	}
	return Mean(same...)
}
