package stepup

import (
	"slices"
	"time"

	"github.com/rostod/rostod/engine"
)

type stepUpAnswer struct {
	Allow        bool              `json:"allow" doc:"Whether the action may go on. Read nothing else to decide that."`
	Faces        int               `json:"facesInPicture,omitzero" doc:"How many faces the picture shows; the weightiest is judged."`
	Liveness     *livenessView     `json:"liveness,omitzero"`
	Match        *matchView        `json:"match,omitzero" doc:"Left out when the picture could not be judged."`
	Verification *verificationView `json:"verification,omitzero"`
	Reasons      []string          `json:"reasons,omitzero" doc:"Why it is not allowed, as stable codes. What a capture failed by is only for keys with scores:view."`
	Hints        []string          `json:"hints,omitzero" doc:"What to tell the customer before another try."`
	Audit        auditView         `json:"audit"`
}

type matchAnswer struct {
	Verification verificationView `json:"verification"`
	Match        *matchView       `json:"match,omitzero" doc:"Left out when the picture could not be judged."`
	Liveness     *livenessView    `json:"liveness,omitzero"`
	Faces        int              `json:"facesInPicture,omitzero" doc:"How many faces the picture shows; the weightiest is judged."`
	Reasons      []string         `json:"reasons,omitzero" doc:"Why it is not verified, as stable codes."`
	Hints        []string         `json:"hints,omitzero" doc:"What to tell the customer before another try."`
	AttemptID    engine.AttemptID `json:"attemptId"`
}

type livenessAnswer struct {
	Verification verificationView `json:"verification"`
	Liveness     votedView        `json:"liveness"`
	Reasons      []string         `json:"reasons,omitzero" doc:"Why it is not verified, as stable codes."`
	Hints        []string         `json:"hints,omitzero" doc:"What to tell the customer before another try."`
	AttemptID    engine.AttemptID `json:"attemptId"`
}

type livenessView struct {
	Verdict       engine.LivenessVerdict `json:"verdict"`
	AssuranceTier engine.AssuranceTier   `json:"assuranceTier"`
	Score         *float64               `json:"score,omitzero" doc:"0..1; only for keys with scores:view."`
}

type votedView struct {
	livenessView
	Voters  []voterView `json:"voters,omitzero" doc:"Only for keys with scores:view."`
	Passed  *int        `json:"passed,omitzero" doc:"Voters that passed; only for keys with scores:view."`
	Present *int        `json:"present,omitzero" doc:"Voters that there were; only for keys with scores:view."`
}

type voterView struct {
	Name   string `json:"name" enum:"flash_reflectance,passive_neural,face_continuity"`
	Passed bool   `json:"passed"`
}

type matchView struct {
	Verdict    engine.MatchVerdict `json:"verdict"`
	Similarity *float64            `json:"similarity,omitzero" doc:"Comparison score 0..1; only for keys with scores:view."`
	Threshold  *float64            `json:"threshold,omitzero" doc:"Only for keys with scores:view."`
}

type verificationView struct {
	ID         engine.VerificationID     `json:"id"`
	Status     engine.VerificationStatus `json:"status"`
	Score      *int                      `json:"score,omitzero" doc:"0..100; only for keys with scores:view."`
	FreshUntil time.Time                 `json:"freshUntil,omitzero" doc:"Until when it may be reused; only when verified."`
}

type auditView struct {
	AttemptID     engine.AttemptID `json:"attemptId"`
	RiskLevel     engine.RiskLevel `json:"riskLevel"`
	Trigger       string           `json:"trigger,omitzero"`
	ActionLabel   string           `json:"actionLabel,omitzero"`
	PolicyVersion uint64           `json:"policyVersion"`
	DecidedAt     time.Time        `json:"decidedAt"`
	Journal       uint64           `json:"journal" doc:"The entry of the journal: GET /api/audit/entries/{index}/receipt proves it."`
}

// answerOf is a decision as the caller reads it.
func answerOf(q question, e entry) stepUpAnswer {
	scores := q.Caller.May(engine.ViewScores)
	a := stepUpAnswer{
		Allow: e.row.Allow, Faces: e.row.Faces, Reasons: reasons(e.row, scores), Hints: hints(e.row),
		Liveness: lifeOf(e.row, scores), Match: similarityOf(e.row, scores),
		Audit: auditView{
			AttemptID: e.row.ID, RiskLevel: e.row.RiskLevel, Trigger: e.row.Trigger,
			ActionLabel: e.row.ActionLabel, PolicyVersion: e.row.PolicyVersion, DecidedAt: e.row.Created, Journal: e.row.Journal,
		},
	}
	if e.verification != nil {
		v := viewOf(*e.verification, scores)
		a.Verification = &v
	}
	return a
}

// matchOf is a comparison as the caller reads it.
func matchOf(q question, e entry) matchAnswer {
	scores := q.Caller.May(engine.ViewScores)
	return matchAnswer{
		Verification: viewOf(*e.verification, scores), Match: similarityOf(e.row, scores), Liveness: lifeOf(e.row, scores),
		Faces: e.row.Faces, Reasons: reasons(e.row, scores), Hints: hints(e.row), AttemptID: e.row.ID,
	}
}

// livenessOf is a liveness check as the caller reads it.
func livenessOf(q question, e entry, seen probe, tier engine.Tier) livenessAnswer {
	scores := q.Caller.May(engine.ViewScores)
	a := livenessAnswer{
		Verification: viewOf(*e.verification, scores), Liveness: votedView{livenessView: *lifeOf(e.row, scores)},
		Reasons: reasons(e.row, scores), Hints: hints(e.row), AttemptID: e.row.ID,
	}
	if scores {
		a.Liveness.Voters = voters(seen, tier)
		passed, present := 0, len(a.Liveness.Voters)
		for _, v := range a.Liveness.Voters {
			if v.Passed {
				passed++
			}
		}
		a.Liveness.Passed, a.Liveness.Present = &passed, &present
	}
	return a
}

// voters are the contract's words for what a capture is judged by. The verdict
// is no count of them: the weakest signal decides.
func voters(seen probe, tier engine.Tier) []voterView {
	one := true
	for _, s := range seen.Capture.Others {
		one = one && s.Faces == 1
	}
	return []voterView{
		{"flash_reflectance", seen.Liveness.Verdict == engine.Live},
		{"passive_neural", seen.Face.Passive >= tier.Liveness},
		{"face_continuity", one && seen.Face.Faces == 1 && !slices.Contains(seen.Liveness.Reasons, reasonIdentity)},
	}
}

func lifeOf(row engine.Attempt, scores bool) *livenessView {
	l := row.Liveness
	if l == nil {
		return nil
	}
	return &livenessView{Verdict: l.Verdict, AssuranceTier: l.Assurance, Score: entitled(scores, l.Score)}
}

func similarityOf(row engine.Attempt, scores bool) *matchView {
	m := row.Match
	if m == nil {
		return nil
	}
	return &matchView{
		Verdict: m.Verdict, Similarity: entitled(scores, m.Similarity), Threshold: entitled(scores, m.Threshold),
	}
}

// reasons are those of a decision that a caller may read. Which signal a
// capture failed by would teach who attacks.
func reasons(row engine.Attempt, scores bool) []string {
	if scores || row.Capture == "" || row.Liveness == nil {
		return row.Reasons
	}
	var list []string
	for _, r := range row.Reasons {
		if !slices.Contains(row.Liveness.Reasons, r) {
			list = append(list, r)
		}
	}
	return list
}

// hints is what a customer is told who may try again.
func hints(row engine.Attempt) []string {
	var list []string
	for _, issue := range row.Issues {
		list = append(list, issue.Sentence())
	}
	switch {
	case len(list) > 0 || row.Liveness == nil:
	case row.Liveness.Verdict == engine.Spoof:
		list = []string{"Please try again in better light, with only your face in the picture."}
	case row.Liveness.Verdict == engine.Unclear && row.Capture != "":
		list = []string{advice(row.Liveness.Reasons)}
	case row.Liveness.Verdict == engine.Unclear:
		list = []string{"We could not process the picture. Please try again."}
	case row.Status == engine.Pending:
		list = []string{"A person will look at this. Please wait or ask the staff."}
	}
	return list
}

// entitled is a number for those who may see it, and nothing for others.
func entitled[T any](may bool, n T) *T {
	if !may {
		return nil
	}
	return &n
}
