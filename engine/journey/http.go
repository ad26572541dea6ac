package journey

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

// longestBody is the most that a journey may be asked with: the picture of a
// reference, in base64.
const longestBody = 2 << 20

// envelope is what stands around a process.
type envelope struct {
	Process processView `json:"process"`
}

type processView struct {
	ID             engine.ProcessID   `json:"id"`
	Flow           string             `json:"flow"`
	Callback       string             `json:"callbackUri"`
	Redirect       string             `json:"userRedirectUrl" doc:"Where to send the customer. Whoever has it can go the way in the customer's place, once."`
	State          state              `json:"state" enum:"PROCESS_STATE_CREATED,PROCESS_STATE_FINISHED,PROCESS_STATE_FAILED"`
	Result         result             `json:"result" enum:"PROCESS_RESULT_UNSPECIFIED,PROCESS_RESULT_OK,PROCESS_RESULT_ERROR,PROCESS_RESULT_INVALID_IDENTITY,PROCESS_RESULT_EXPIRED"`
	CreatedAt      time.Time          `json:"createdAt"`
	FinishedAt     *time.Time         `json:"finishedAt,omitzero"`
	ExpiresAt      time.Time          `json:"expiresAt"`
	Purpose        string             `json:"purpose"`
	Client         engine.CustomerID  `json:"clientReference"`
	UseCase        string             `json:"useCase"`
	Capacities     []string           `json:"capacities"`
	Token          string             `json:"token" doc:"What opens the page, and the frame; empty when the process has ended."`
	WebAppToken    string             `json:"webAppToken" doc:"The same."`
	Person         person             `json:"person"`
	Services       []struct{}         `json:"services"`
	Company        companyData        `json:"companyData"`
	Authentication authenticationInfo `json:"authenticationInfo"`
	BioToken       *bioTokenData      `json:"bioTokenData,omitzero" doc:"Only of flows that validate."`
}

type companyData struct {
	Branch  string `json:"branchId"`
	Country string `json:"countryCode"`
}

type bioTokenData struct {
	Reference      engine.ProcessID `json:"referenceProcessId"`
	Authentication engine.ProcessID `json:"authenticationId"`
}

type fileAnswer struct {
	Contents []byte `json:"fileContents" doc:"The file, base64."`
	Type     string `json:"contentType"`
}

type processPath struct {
	ID engine.ProcessID `path:"id" doc:"The process, a UUID." maxLength:"64"`
}

type selfiePath struct {
	ID  engine.ProcessID `path:"id" doc:"The process, a UUID." maxLength:"64"`
	Raw bool             `query:"raw" doc:"true: the JPEG itself."`
	web.Why
}

type evidencePath struct {
	ID engine.ProcessID `path:"id" doc:"The process, a UUID." maxLength:"64"`
	web.Why
}

func (j *Journeys) routes(r *web.Router) {
	const tag, at, bucket = "Hosted processes", "/client/v1/process", "processes"
	lost := []*fault.Fault{ErrID, ErrNoProcess}
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: at, ID: "createHostedProcess", Tag: tag, Summary: "Create a process whose camera is ours",
		About:  "Answers where to send the customer. What is run follows from the flow. Errors have the numbers of gRPC: 3 for what is wrong with the request, 5, 7, 9, 16, 99999.",
		Family: web.Hosted, Scope: engine.RunProcesses, Bucket: bucket, MaxBody: longestBody, Faults: append(createFaults(), storage.Full, storage.Failed),
	}, j.create)
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: at + "/{id}", ID: "getHostedProcess", Tag: tag, Summary: "Read a process: where it stands and what was found",
		Family: web.Hosted, Scope: engine.RunProcesses, Bucket: bucket, Faults: lost,
	}, j.get)
	web.HandleStream(r, web.Operation{
		Method: http.MethodGet, Path: at + "/{id}/selfie", ID: "getHostedSelfie", Tag: tag, Summary: "The picture of a process, watermarked",
		About:  "For 8 hours after the end. Who fetched it is in the access log.",
		Family: web.Hosted, Scope: engine.RunProcesses, Bucket: bucket, Produces: []string{"application/json", "image/jpeg"},
		Faults: append(lost, ErrNoSelfie, storage.Full, storage.Failed),
	}, j.selfie)
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: at + "/{id}/evidenceset", ID: "getHostedEvidenceSet", Tag: tag, Summary: "A sealed PDF of what the decision rests on",
		About:  "Of a process that is FINISHED and was decided. Scores are in it only for keys with scores:view. Who fetched it is in the access log. docs/JOURNEY.md says how its seal is checked.",
		Family: web.Hosted, Scope: engine.RunProcesses, Bucket: bucket, Faults: append(lost, ErrNotDecided, storage.Full, storage.Failed),
	}, j.evidenceSet)
	web.HandleStream(r, web.Operation{
		Method: http.MethodGet, Path: "/client/v1/seal", ID: "getSeal", Tag: tag, Summary: "The certificate that evidence sets are sealed with",
		Family: web.Hosted, Scope: engine.RunProcesses, Bucket: bucket, Produces: []string{"application/x-pem-file"}, Faults: []*fault.Fault{storage.Full, storage.Failed},
	}, j.certificate)
	j.pages(r)
}

func (j *Journeys) create(ctx context.Context, _ web.None, b createBody) (envelope, error) {
	caller := web.CallerOf(ctx)
	f, takes, err := b.sound(caller, j.Number)
	if err != nil {
		return envelope{}, err
	}
	runs, missing := f.plan(caller, j.Capabilities())
	if missing != "" {
		return envelope{}, ErrNotSet.Field("flow", "needs "+string(missing))
	}
	picture, err := pictureOf(b.References)
	if err != nil {
		return envelope{}, err
	}
	now := j.Now().UTC().Truncate(time.Millisecond)
	id, err := engine.NewProcessID(now, j.Random)
	if err != nil {
		return envelope{}, err
	}
	r := record{
		ID: id, Org: caller.Org, Key: caller.Key, Segment: caller.Segment, Sandbox: caller.Sandbox, Flow: f.Name, Plan: runs, Purpose: b.Purpose,
		Callback: b.Callback, Person: b.Person, Client: b.Client, Branch: b.Branch, UseCase: b.UseCase, Locale: b.Locale, Device: b.Device,
		State: created, Result: open, Created: now, Expires: now.Add(takes), Event: wasCreated,
	}
	if err := j.refer(ctx, &r, b.References); err != nil {
		return envelope{}, err
	}
	if err := j.add(ctx, r, picture); err != nil {
		return envelope{}, fmt.Errorf("keep a journey: %w", err)
	}
	return envelope{j.view(r)}, nil
}

// refer finds the processes that a journey refers to, and whom it is about: the
// caller's own name for the person, the number, or whom the reference is about.
func (j *Journeys) refer(ctx context.Context, r *record, list []referenceBody) error {
	var of engine.CustomerID
	for _, one := range list {
		if one.Type != byProcess {
			continue
		}
		id := engine.ProcessID(one.Content)
		if earlier, err := j.of(ctx, r.Org, id); err == nil {
			if id = earlier.Authentication; id == "" {
				return because(ErrReferences, "references", "must be a process in which something was decided")
			}
		} else if !errors.Is(err, ErrNoProcess) {
			return err
		}
		a, err := j.Processes.Answer(ctx, r.Org, id)
		if f := fault.Of(err); f != nil && (f.Kind == fault.NotFound || f.Kind == fault.Gone) {
			return because(ErrReferences, "references", "must be a process of yours")
		}
		if err != nil {
			return err
		}
		r.Against, of = append(r.Against, id), a.Reference
	}
	switch d := r.Person.declared(); {
	case r.Client != "":
		r.Customer = r.Client
	case d.Number != "":
		r.Customer = engine.CustomerID("code:" + d.Number)
	case of != "":
		r.Customer = of
	default:
		r.Customer = r.nobody()
	}
	return nil
}

func (j *Journeys) get(ctx context.Context, p processPath, _ web.None) (envelope, error) {
	r, err := j.of(ctx, web.CallerOf(ctx).Org, p.ID)
	if err != nil {
		return envelope{}, err
	}
	return envelope{j.view(r)}, nil
}

// address is where a customer goes; without the token once nobody can go there.
func (j *Journeys) address(r record, token string) string {
	to := j.Base() + "/process/" + string(r.ID)
	if token != "" {
		to += "#" + token
	}
	return to
}

func (j *Journeys) view(r record) processView {
	v := processView{
		ID: r.ID, Flow: r.Flow, Callback: r.Callback, State: r.State, Result: r.Result, CreatedAt: r.Created, ExpiresAt: r.Expires,
		Purpose: r.Purpose, Client: r.Client, UseCase: r.UseCase, Capacities: capacities(r.Plan), Person: r.Person, Services: []struct{}{},
		Company:        companyData{r.Branch, kinds()[r.Person.kind()]},
		Authentication: information(r.Authentication, r.Outcome, func(c engine.CapabilityName) bool { return slices.Contains(r.Plan, c) }),
	}
	if v.Company.Country == "" {
		v.Company.Country = r.Person.PhoneCountry
	}
	if r.State == created {
		v.Token = j.link(r.ID)
		v.WebAppToken = v.Token
		v.Authentication = information("", engine.Outcome{}, func(engine.CapabilityName) bool { return false })
	} else {
		v.FinishedAt = &r.Finished
	}
	v.Redirect = j.address(r, v.Token)
	if len(r.Against) > 0 {
		v.BioToken = &bioTokenData{r.Against[0], v.Authentication.ID}
	}
	return v
}
