package journey

import "github.com/rostod/rostod/engine"

// authenticationInfo is what was found, in the words of the contract. All of
// it is always there: what was not asked for is unspecified.
type authenticationInfo struct {
	ID           engine.ProcessID `json:"authenticationId" doc:"The process that decided: what a later one may name as its reference."`
	Liveness     string           `json:"livenessResult" enum:"LIVENESS_RESULT_UNSPECIFIED,LIVENESS_RESULT_LIVE,LIVENESS_RESULT_NOT_LIVE"`
	Identity     string           `json:"authenticationResult" enum:"AUTHENTICATION_RESULT_UNSPECIFIED,AUTHENTICATION_RESULT_POSITIVE,AUTHENTICATION_RESULT_NEGATIVE,AUTHENTICATION_RESULT_INCONCLUSIVE"`
	Fraudsters   string           `json:"identityFraudstersResult" enum:"TRUST_RESULT_UNSPECIFIED,TRUST_RESULT_YES,TRUST_RESULT_INCONCLUSIVE"`
	Trust        string           `json:"trustResult" doc:"As identityFraudstersResult: its older name." enum:"TRUST_RESULT_UNSPECIFIED,TRUST_RESULT_YES,TRUST_RESULT_INCONCLUSIVE"`
	OtherID      string           `json:"faceWithOtherIdResult" doc:"Multi accounts: yes when the face belongs to another clientReference of the segment." enum:"TRUST_RESULT_UNSPECIFIED,TRUST_RESULT_YES,TRUST_RESULT_INCONCLUSIVE"`
	Frictionless string           `json:"frictionlessResult"`
	RiskLevel    string           `json:"riskLevelResult"`
	BioToken     string           `json:"bioTokenEngineResult" doc:"Validation against the reference." enum:"BIO_TOKEN_ENGINE_RESULT_UNSPECIFIED,BIO_TOKEN_ENGINE_RESULT_POSITIVE,BIO_TOKEN_ENGINE_RESULT_NEGATIVE"`
	Smart        string           `json:"smartRevalidationResult"`
	Age          string           `json:"idAgeResult"`
	Score        scoreResult      `json:"scoreEngineResult"`
	Serpro       *serproResult    `json:"serproResult,omitzero" doc:"Only of flows with Serpro."`
}

type scoreResult struct {
	Enabled string `json:"scoreEnabled" enum:"SCORE_ENABLED_FALSE,SCORE_ENABLED_TRUE"`
	Score   int    `json:"score" doc:"-100..100; 0 also when there is none."`
}

type serproResult struct {
	Score int `json:"score" doc:"0..100; -1 no face on file, -2 the register did not answer."`
}

// information is an outcome in the words of the contract.
func information(id engine.ProcessID, o engine.Outcome, asked func(engine.CapabilityName) bool) authenticationInfo {
	a := authenticationInfo{ //nolint:gosec // words of the contract, and no credentials
		ID: id, Liveness: "LIVENESS_RESULT_UNSPECIFIED", Identity: "AUTHENTICATION_RESULT_UNSPECIFIED",
		Fraudsters: trust(o.IdentityFraudsters), Trust: trust(o.IdentityFraudsters), OtherID: trust(o.IDCloud),
		Frictionless: "FRICTIONLESS_RESULT_UNSPECIFIED", RiskLevel: trust(nil), BioToken: "BIO_TOKEN_ENGINE_RESULT_UNSPECIFIED",
		Smart: "SMART_REVALIDATION_RESULT_UNSPECIFIED", Age: "ID_AGE_RESULT_UNSPECIFIED", Score: scoreResult{Enabled: "SCORE_ENABLED_FALSE"},
	}
	switch {
	case o.Liveness == 1:
		a.Liveness = "LIVENESS_RESULT_LIVE"
	case o.Liveness == 2:
		a.Liveness = "LIVENESS_RESULT_NOT_LIVE"
	}
	if o.UnicoID != nil {
		a.Identity = map[string]string{
			engine.Yes: "AUTHENTICATION_RESULT_POSITIVE", engine.No: "AUTHENTICATION_RESULT_NEGATIVE",
		}[o.UnicoID.Result]
		if a.Identity == "" {
			a.Identity = "AUTHENTICATION_RESULT_INCONCLUSIVE"
		}
	}
	if o.Authenticated != nil {
		a.BioToken = "BIO_TOKEN_ENGINE_RESULT_NEGATIVE"
		if *o.Authenticated {
			a.BioToken = "BIO_TOKEN_ENGINE_RESULT_POSITIVE"
		}
	}
	if o.Score != nil {
		a.Score = scoreResult{"SCORE_ENABLED_TRUE", *o.Score}
	}
	if asked(engine.CapSerpro) && o.Government != nil {
		a.Serpro = &serproResult{o.Government.Serpro}
	}
	return a
}

// trust is a result whose other side is that nothing is known: yes, or
// reproved, which is yes to "is it another's?".
func trust(r *engine.Result) string {
	switch {
	case r == nil:
		return "TRUST_RESULT_UNSPECIFIED"
	case r.Result == engine.Yes, r.Result == engine.Reproved:
		return "TRUST_RESULT_YES"
	default:
		return "TRUST_RESULT_INCONCLUSIVE"
	}
}
