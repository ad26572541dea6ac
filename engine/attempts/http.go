package attempts

import (
	"context"
	"net/http"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
	"github.com/rostod/rostod/storage/text"
)

// usualPage is how many rows a page has when nothing is said.
const usualPage = 50

type listParams struct {
	Method    string `query:"method" doc:"How it was verified." enum:"face_match,face_liveness"`
	Customer  string `query:"customerId" doc:"Your own name for the customer." maxLength:"256"`
	Device    string `query:"deviceId" doc:"Your own name for the device." maxLength:"128"`
	Status    string `query:"status" doc:"Where the verification stands." enum:"verified,failed,pending,not_required"`
	RiskLevel string `query:"riskLevel" doc:"The risk level that was asked for." enum:"none,low,medium,high"`
	Trigger   string `query:"trigger" doc:"The trigger that was sent with the step-up." maxLength:"64"`
	Allow     string `query:"allow" doc:"Whether the action was allowed." enum:"true,false"`
	Liveness  string `query:"liveness" doc:"The liveness verdict." enum:"live,spoof,unclear"`
	Match     string `query:"match" doc:"The match verdict." enum:"match,no_match,grey_zone"`
	From      string `query:"from" doc:"The first day, 2026-01-01, or the first moment in RFC 3339." maxLength:"40"`
	To        string `query:"to" doc:"The last day, which is included, or the moment before which, in RFC 3339." maxLength:"40"`
	Page      int    `query:"page" doc:"Which page, from 1; counts all rows, so prefer cursor for long lists." minimum:"1" maximum:"100000"`
	Limit     int    `query:"limit" doc:"Rows in a page; 50 when left out. An export ignores it." minimum:"1" maximum:"1000"`
	Cursor    string `query:"cursor" doc:"Goes on behind the page that gave this cursor." maxLength:"128"`
	Q         string `query:"q" doc:"Words of the trigger, the action label, the reasons, the customer, the device or an id: all of them must be there. \"in quotes\" follow each other, -word must not be there. POST .../search takes the same without leaving it in logs of addresses." maxLength:"512"`
	Facets    string `query:"facets" doc:"Fields whose values are counted among all rows that fit, with commas between: method, status, riskLevel, allow, liveness, match, reason, trigger, deviceId, day. Not for an export." maxLength:"128"`
	Sort      string `query:"sort" doc:"Which rows come first; newest when left out." enum:"newest,oldest"`
	Format    string `query:"format" doc:"json gives pages; ndjson, csv and parquet stream every row." enum:"json,ndjson,csv,parquet"`
	Accept    string `header:"Accept" doc:"application/x-ndjson, text/csv or application/vnd.apache.parquet ask for an export too." maxLength:"256"`
}

// rowView is one row as callers read it. Scores are left out for a key that
// may not see them.
type rowView struct {
	ID             engine.AttemptID          `json:"id"`
	CustomerID     engine.CustomerID         `json:"customerId,omitzero"`
	DeviceID       engine.DeviceID           `json:"deviceId,omitzero"`
	Method         engine.Method             `json:"method,omitzero"`
	Status         engine.VerificationStatus `json:"status,omitzero"`
	Allow          bool                      `json:"allow"`
	Score          *int                      `json:"score,omitzero"`
	RiskLevel      engine.RiskLevel          `json:"riskLevel,omitzero"`
	Trigger        string                    `json:"trigger,omitzero"`
	ActionLabel    string                    `json:"actionLabel,omitzero"`
	Liveness       *livenessView             `json:"liveness,omitzero"`
	Match          *matchView                `json:"match,omitzero"`
	Faces          int                       `json:"facesInPicture,omitzero"`
	Issues         []engine.Issue            `json:"issues,omitzero"`
	Reasons        []string                  `json:"reasons,omitzero"`
	VerificationID engine.VerificationID     `json:"verificationId,omitzero"`
	CaptureID      engine.CaptureID          `json:"captureId,omitzero" doc:"The capture that was judged: its evidence is at /api/identity/captures/{captureId}/evidence."`
	Picture        string                    `json:"picture,omitzero" doc:"SHA-256 of the picture, hexadecimal."`
	Models         []string                  `json:"models,omitzero" doc:"SHA-256 of each model that looked."`
	PolicyVersion  uint64                    `json:"policyVersion,omitzero" doc:"The version of the settings that decided."`
	Journal        uint64                    `json:"journal,omitzero" doc:"The entry of the journal: GET /api/audit/entries/{index}/receipt proves it."`
	Key            engine.KeyID              `json:"key,omitzero" doc:"The API key that asked."`
	Erased         bool                      `json:"erased,omitzero" doc:"The customer's evidence was erased; only id and time are left."`
	CreatedAt      time.Time                 `json:"createdAt"`
}

type livenessView struct {
	Verdict       engine.LivenessVerdict `json:"verdict"`
	AssuranceTier engine.AssuranceTier   `json:"assuranceTier"`
	Score         *float64               `json:"score,omitzero"`
	Reasons       []string               `json:"reasons,omitzero"`
}

type matchView struct {
	Verdict    engine.MatchVerdict `json:"verdict"`
	Similarity *float64            `json:"similarity,omitzero"`
	Threshold  *float64            `json:"threshold,omitzero"`
}

type page struct {
	Data  []rowView `json:"data"`
	Total *int      `json:"total,omitzero" doc:"All rows that fit the filters; left out when a cursor was sent."`
	Page  int       `json:"page,omitzero"`
	Limit int       `json:"limit"`
	Meta  pageMeta  `json:"meta"`

	Facets map[string][]count `json:"facets,omitzero" doc:"Of each facet that was asked for its values, most frequent first, at most 100 a month; days in their order."`
	Seen   *uint64            `json:"seen,omitzero" doc:"Entries of the journal that the search had taken in; absent when no search was made."`
}

type pageMeta struct {
	Pages int    `json:"pages,omitzero"`
	Next  string `json:"next,omitzero" doc:"The cursor of the next page; left out behind the last row."`
}

func (a *Attempts) routes(r *web.Router) {
	web.HandleStream(r, web.Operation{
		Method: http.MethodGet, Path: "/api/identity/attempts", ID: "listAttempts", Tag: "Attempts",
		Summary: "List or export attempts, newest first",
		About:   "Every step-up leaves a row with its full liveness and match evidence. Scores are there only for keys with scores:view.",
		Family:  web.Identity, Scope: engine.ViewAttempts,
		Faults: []*fault.Fault{ErrBadQuery, ErrNoFormat, text.BadWords, ErrIndexing},
	}, a.list)
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: "/api/identity/attempts/search", ID: "searchAttempts", Tag: "Attempts", Repeatable: true,
		Summary: "Search attempts by words, values and time, and count what was found",
		About:   "The same as the list, in a body: customers stand in no address. A filter with several values takes rows with any of them. Words are found whole: their beginnings are not in the index.",
		Family:  web.Identity, Scope: engine.ViewAttempts, MaxBody: 64 << 10,
		Faults: []*fault.Fault{ErrBadQuery, text.BadWords, ErrIndexing, storage.Full},
	}, a.handleSearch)
	web.HandleAsked(r, web.Operation{
		Method: http.MethodPost, Path: "/api/identity/attempts/export", ID: "exportAttempts", Tag: "Attempts", Repeatable: true,
		Summary: "Export attempts with a manifest that the journal's key has signed",
		About:   "A zip: the rows, manifest.json (the query, who asked, when, how many rows, the SHA-256 of the file, a checkpoint) and manifest.note, its signature. rostod-verify checks it anywhere. The journal says that it was exported.",
		Family:  web.Identity, Scope: engine.ViewAttempts, MaxBody: 64 << 10, Produces: []string{"application/zip"},
		Faults: []*fault.Fault{ErrBadQuery, text.BadWords, ErrIndexing, storage.Full, storage.Failed},
	}, a.handleExport)
}

func (a *Attempts) list(ctx context.Context, p listParams) (*web.Stream, error) {
	q, err := p.query()
	if err != nil {
		return nil, err
	}
	kind, err := formatOf(p.Format, p.Accept)
	if err != nil {
		return nil, err
	}
	s, searches, err := p.search(q)
	if err != nil {
		return nil, err
	}
	switch {
	case kind != pages:
		return a.export(web.CallerOf(ctx), a.source(web.CallerOf(ctx), q, s, searches), kind), nil
	case searches:
		answer, err := a.searched(ctx, s, max(p.Page, 1))
		if err != nil {
			return nil, err
		}
		return web.JSON(answer), nil
	default:
		answer, err := a.page(ctx, web.CallerOf(ctx), q, p)
		if err != nil {
			return nil, err
		}
		return web.JSON(answer), nil
	}
}

// query reads the filters; the words of fixed lists were checked at the edge.
func (p listParams) query() (query, error) {
	q := query{
		Method: engine.Method(p.Method), Customer: engine.CustomerID(p.Customer), Device: engine.DeviceID(p.Device),
		Status: engine.VerificationStatus(p.Status), RiskLevel: engine.RiskLevel(p.RiskLevel), Trigger: p.Trigger,
		Liveness: engine.LivenessVerdict(p.Liveness), Match: engine.MatchVerdict(p.Match),
	}
	if p.Allow != "" {
		allow := p.Allow == "true"
		q.Allow = &allow
	}
	bad := ErrBadQuery
	var ok bool
	if q.From, ok = readTime(p.From, false); !ok {
		bad = bad.Field("from", "must be a day such as 2026-01-31, or a time in RFC 3339")
	}
	if q.To, ok = readTime(p.To, true); !ok {
		bad = bad.Field("to", "must be a day such as 2026-01-31, or a time in RFC 3339")
	}
	if p.Cursor != "" {
		if q.Cursor, ok = readCursor(p.Cursor); !ok {
			bad = bad.Field("cursor", "must be a cursor that an earlier page gave")
		}
		if p.Page != 0 {
			bad = bad.Field("page", "must be left out when cursor is sent")
		}
	}
	if !q.From.IsZero() && !q.To.IsZero() && !q.From.Before(q.To) {
		bad = bad.Field("to", "must be after from")
	}
	if len(bad.Fields) > 0 {
		return query{}, bad
	}
	return q, nil
}

// page is one page of rows. Without a cursor it counts all of them, as the
// contract's lists do.
func (a *Attempts) page(ctx context.Context, caller engine.Caller, q query, p listParams) (page, error) {
	limit := p.Limit
	if limit == 0 {
		limit = usualPage
	}
	number := max(p.Page, 1)
	skip := (number - 1) * limit
	answer := page{Data: []rowView{}, Limit: limit}
	count := 0
	err := a.Store.View(ctx, func(v *storage.View) error {
		var last storage.Key
		for row, err := range a.newest(ctx, v, caller.Org, q) {
			if err != nil {
				return err
			}
			count++
			switch {
			case count <= skip:
			case len(answer.Data) < limit:
				answer.Data, last = append(answer.Data, viewOf(row, caller)), row.place
			default:
				answer.Meta.Next = writeCursor(last)
				if q.Cursor != nil {
					return nil
				}
			}
		}
		return nil
	})
	if err != nil {
		return page{}, err
	}
	if q.Cursor == nil {
		answer.Total, answer.Page = &count, number
		answer.Meta.Pages = (count + limit - 1) / limit
	}
	return answer, nil
}

// viewOf is a row for a caller.
func viewOf(row found, caller engine.Caller) rowView {
	v := rowView{
		ID: row.ID, CustomerID: row.Customer, DeviceID: row.Device, Method: row.Method, Status: row.Status,
		Allow: row.Allow, RiskLevel: row.RiskLevel, Trigger: row.Trigger, ActionLabel: row.ActionLabel,
		Faces: row.Faces, Issues: row.Issues, Reasons: row.Reasons, VerificationID: row.Verification,
		CaptureID: row.Capture, Picture: row.Picture,
		Models: row.Models, PolicyVersion: row.PolicyVersion, Journal: row.Journal, Key: row.Key, Erased: row.Erased, CreatedAt: row.Created,
	}
	scores := caller.May(engine.ViewScores)
	if scores && row.Match != nil {
		v.Score = &row.Score
	}
	if l := row.Liveness; l != nil {
		v.Liveness = &livenessView{Verdict: l.Verdict, AssuranceTier: l.Assurance, Reasons: l.Reasons}
		if scores {
			v.Liveness.Score = &l.Score
		}
	}
	if m := row.Match; m != nil {
		v.Match = &matchView{Verdict: m.Verdict}
		if scores {
			v.Match.Similarity, v.Match.Threshold = &m.Similarity, &m.Threshold
		}
	}
	return v
}
