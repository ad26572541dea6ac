package process

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

// longestBody is the most that a process may be asked with, in bytes.
const longestBody = 8 << 20

type createBody struct {
	Subject          *subject        `json:"subject,omitzero" doc:"The person."`
	References       []referenceBody `json:"references,omitzero" doc:"Whom the person is validated against; all must be the same person. Needed when the key selects validation, which also makes the subject optional."`
	ReferenceProcess string          `json:"referenceProcessId,omitzero" doc:"An older form of references with one process." deprecated:"true"`
	Device           engine.DeviceID `json:"deviceId,omitzero" doc:"Your own name for the kiosk or the customer's device. Behaviour alert counts the faces seen at it." maxLength:"128"`
	UseCase          string          `json:"useCase,omitzero" doc:"Your own name for the occasion; it is not kept."`
	Subsidiary       string          `json:"subsidiaryId,omitzero" doc:"Your branch; it is not kept."`
	Image            string          `json:"imageBase64,omitzero" doc:"A picture of the face: PNG, JPEG or WebP in base64, at least 640x480, at most 800 KB; or the bundle that a flash challenge's capture gave."`
}

type processAnswer struct {
	ID     engine.ProcessID     `json:"id"`
	Status engine.ProcessStatus `json:"status" doc:"1 running, 2 divergent, 3 done, 4 cancelled, 5 broken. Read the findings when it is 3." enum:"1,2,3,4,5"`
	engine.Outcome
}

type additional struct {
	Transaction engine.ProcessID `json:"transactionId"`
	Name        string           `json:"personName"`
	Document    string           `json:"personDocument"`
	Finished    string           `json:"finishedAt" doc:"UTC, without a zone, as the contract has it."`
}

type fullAnswer struct {
	processAnswer
	Additional additional `json:"processAdditionalInfo"`
}

type processPath struct {
	ID engine.ProcessID `path:"id" doc:"The process, a UUID." maxLength:"64"`
}

type evidencePath struct {
	ID engine.ProcessID `path:"id" doc:"The process, a UUID." maxLength:"64"`
	web.Why
}

type candidateView struct {
	Reference engine.CustomerID  `json:"clientReference,omitzero" doc:"Whose enrolment it is; absent when it was erased since."`
	Enrolment engine.EnrolmentID `json:"enrolment"`
	Score     float64            `json:"score" doc:"Comparison score, 0..1."`
	Reaches   bool               `json:"reachesThreshold"`
}

type findingView struct {
	Capability engine.CapabilityName   `json:"capability"`
	Outcome    engine.Outcome          `json:"outcome"`
	Reasons    []string                `json:"reasons,omitzero"`
	Liveness   *engine.LivenessFinding `json:"liveness,omitzero"`
	Threshold  float64                 `json:"threshold,omitzero"`
	Compared   int                     `json:"compared,omitzero" doc:"Templates that the search compared."`
	Unlike     int                     `json:"unlike,omitzero" doc:"Templates of other models, which cannot be compared."`
	Seen       uint64                  `json:"seen,omitzero" doc:"Journal entries that the search had taken in; later ones were looked at in the transaction."`
	Candidates []candidateView         `json:"candidates,omitzero"`
	Enrolled   engine.EnrolmentID      `json:"enrolled,omitzero"`
	Signals    []engine.Signal         `json:"signals,omitzero" doc:"What the rule went by, and in a score what each added."`
	Model      string                  `json:"model,omitzero" doc:"Version and SHA-256 of the table that the rule read."`
}

type evidenceAnswer struct {
	ID            engine.ProcessID     `json:"id"`
	Status        engine.ProcessStatus `json:"status"`
	Reference     engine.CustomerID    `json:"clientReference"`
	Segment       engine.SegmentID     `json:"segment,omitzero"`
	Issues        []engine.Issue       `json:"issues,omitzero"`
	Findings      []findingView        `json:"findings"`
	PolicyVersion uint64               `json:"policyVersion"`
	CreatedAt     time.Time            `json:"createdAt"`
}

func (p *Processes) routes(r *web.Router) {
	const tag, bucket = "Processes", "processes"
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: "/processes/v1", ID: "createProcess", Tag: tag,
		Summary: "Create a process",
		About:   "Runs the capabilities that the API key selects on one picture, and answers what they found. Outcomes are never told by the status: a poor picture is inconclusive.",
		Family:  web.ByClient, Scope: engine.RunProcesses, Bucket: bucket, MaxBody: longestBody,
		Faults: append(faults(), storage.Full, storage.Failed),
	}, p.create)
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: "/processes/v1/{id}", ID: "getProcess", Tag: tag, Summary: "Read a process",
		Family: web.ByClient, Scope: engine.RunProcesses, Bucket: bucket, Faults: []*fault.Fault{ErrNoProcess, ErrGone},
	}, p.get)
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: "/processes/v2/{id}", ID: "getProcessFull", Tag: tag, Summary: "Read a process with processAdditionalInfo",
		Family: web.ByClient, Scope: engine.RunProcesses, Bucket: bucket, Faults: []*fault.Fault{ErrNoProcess, ErrGone},
	}, p.getFull)
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: "/api/processes/{id}/evidence", ID: "processEvidence", Tag: tag,
		Summary: "What a process was decided by",
		About:   "Every finding with its reasons, and the candidates of a search with their scores. It is for the operator, not for the software at the counter: a number that says how near a guess was helps only a thief.",
		Scope:   engine.ViewScores, Faults: []*fault.Fault{ErrNoProcess, ErrGone, storage.Full, storage.Failed},
	}, p.evidence)
}

func (p *Processes) create(ctx context.Context, _ web.None, b createBody) (processAnswer, error) {
	caller := web.CallerOf(ctx)
	if len(plan(p.Capabilities, caller, false)) == 0 {
		return processAnswer{}, ErrNothingToDo
	}
	q, err := b.question(caller)
	if err != nil {
		return processAnswer{}, contractual(err)
	}
	r, err := p.answer(ctx, q, nil)
	if err != nil {
		return processAnswer{}, contractual(err)
	}
	return r.view(), nil
}

// question is what a body asks, or the first mistake in it.
func (b createBody) question(by engine.Caller) (q question, err error) {
	if err := b.Subject.sound(by); err != nil {
		return q, err
	}
	q.Caller, q.Declared, q.Device = by, b.Subject.declared(), b.Device
	if b.Subject != nil {
		q.Reference, q.Code = b.Subject.ClientReference, b.Subject.Code
	}
	if q.Against, err = b.against(by); err != nil {
		return q, err
	}
	switch {
	case b.Image == "":
		return q, ErrImage
	case strings.Count(b.Image, ".") == 2: // a bundle: a compact JWS, whose dots no base64 has
		q.Bundle = b.Image
	case by.CaptureOnly:
		return q, ErrBundle
	default:
		q.Picture, err = web.DecodeBase64(b.Image)
	}
	return q, err
}

func (p *Processes) get(ctx context.Context, at processPath, _ web.None) (processAnswer, error) {
	r, err := p.recall(ctx, web.CallerOf(ctx).Org, at.ID)
	return r.view(), err
}

func (p *Processes) getFull(ctx context.Context, at processPath, _ web.None) (fullAnswer, error) {
	r, err := p.recall(ctx, web.CallerOf(ctx).Org, at.ID)
	return fullAnswer{r.view(), additional{
		Transaction: r.ID, Name: r.Name, Document: r.Code, Finished: r.Finished.Format("2006-01-02T15:04:05.000000"),
	}}, err
}

func (r record) view() processAnswer { return processAnswer{r.ID, r.Status, r.Outcome} }

func (r record) answer() engine.ProcessAnswer {
	return engine.ProcessAnswer{
		ID: r.ID, Status: r.Status, Outcome: r.Outcome, Findings: r.Findings, Issues: r.Issues, Capture: r.Capture,
		Created: r.Created, Finished: r.Finished,
		Reference: r.Reference, Picture: r.Picture, Models: r.Models, PolicyVersion: r.PolicyVersion, Journal: r.Journal,
	}
}

func (p *Processes) evidence(ctx context.Context, at evidencePath, _ web.None) (evidenceAnswer, error) {
	var answer evidenceAnswer
	err := p.Store.View(ctx, func(v *storage.View) error {
		r, err := p.kept(v, web.CallerOf(ctx).Org, at.ID)
		if err != nil {
			return err
		}
		answer = evidenceAnswer{
			ID: r.ID, Status: r.Status, Reference: r.Reference, Segment: r.Segment, Issues: r.Issues,
			Findings: []findingView{}, PolicyVersion: r.PolicyVersion, CreatedAt: r.Created,
		}
		for _, f := range r.Findings {
			view, err := p.finding(v, *f)
			if err != nil {
				return err
			}
			answer.Findings = append(answer.Findings, view)
		}
		return nil
	})
	if err == nil {
		err = p.Views.Note(ctx, engine.Viewing{
			By: web.CallerOf(ctx), Customer: answer.Reference, What: "process.evidence", Record: string(at.ID), Reason: at.Reason,
		})
	}
	return answer, err
}

// finding is a finding with the candidates by name.
func (p *Processes) finding(v *storage.View, f engine.Finding) (findingView, error) {
	view := findingView{
		Capability: f.Capability, Outcome: f.Outcome, Reasons: f.Reasons, Liveness: f.Liveness,
		Threshold: f.Threshold, Enrolled: f.Enrolled, Signals: f.Signals, Model: f.Model,
	}
	if f.Search == nil {
		return view, nil
	}
	view.Compared, view.Unlike, view.Seen = f.Search.Compared, f.Search.Unlike, f.Search.Seen
	for _, c := range f.Search.Candidates {
		customer, err := p.People.CustomerOf(v, c)
		if err != nil {
			return view, err
		}
		view.Candidates = append(view.Candidates, candidateView{customer, c.Enrolment, c.Score, c.Score >= f.Threshold})
	}
	return view, nil
}
