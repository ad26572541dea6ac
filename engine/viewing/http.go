package viewing

import (
	"context"
	"encoding/base64"
	"encoding/csv"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

type listQuery struct {
	Customer string    `query:"customerId" doc:"Who looked at this customer; everybody's when left out." maxLength:"256"`
	From     time.Time `query:"from" doc:"The first moment, RFC 3339."`
	To       time.Time `query:"to" doc:"The moment before which, RFC 3339."`
	Limit    int       `query:"limit" doc:"Rows in a page; 100 when left out. An export ignores it." minimum:"1" maximum:"1000"`
	Cursor   string    `query:"cursor" doc:"Goes on behind the page that gave this cursor." maxLength:"256"`
	Format   string    `query:"format" doc:"json gives pages; ndjson and csv stream every row." enum:"json,ndjson,csv"`
}

type rowView struct {
	ID         rowID             `json:"id,omitzero"`
	At         time.Time         `json:"at"`
	By         engine.KeyID      `json:"by,omitzero" doc:"The API key; operator for whoever works on the machine."`
	What       string            `json:"what,omitzero" doc:"capture.picture, capture.evidence, capture.drawing, process.evidence, journey.selfie, journey.evidence, entry.receipt, subject-access."`
	Record     string            `json:"record,omitzero"`
	CustomerID engine.CustomerID `json:"customerId,omitzero"`
	Reason     string            `json:"reason,omitzero"`
	Request    string            `json:"request,omitzero" doc:"The X-Request-Id of the look."`
	Journal    uint64            `json:"journal,omitzero" doc:"The entry of the journal that says so."`
	Erased     bool              `json:"erased,omitzero" doc:"The customer was erased; the journal still says what was seen, by whom."`
}

type page struct {
	Data []rowView `json:"data"`
	Next string    `json:"next,omitzero" doc:"The cursor of the next page; left out behind the last row."`
}

type accessQuery struct {
	Customer string `query:"customerId" doc:"Your own name for the customer." required:"true" minLength:"1" maxLength:"256"`
	web.Why
}

func (w *Viewings) routes(r *web.Router) {
	web.HandleStream(r, web.Operation{
		Method: http.MethodGet, Path: "/api/access-log", ID: "listViewings", Tag: "Access log",
		Summary: "Who looked at what is kept about people, oldest first",
		About:   "Every look at a picture, at a capture's evidence, at candidates, at private values of a receipt, and every subject-access answer. A look that could not be written down was not given.",
		Family:  web.Identity, Scope: engine.ViewAccess, Faults: []*fault.Fault{ErrCursor},
	}, w.handleList)
	web.HandleStream(r, web.Operation{
		Method: http.MethodGet, Path: "/api/subject-access", ID: "subjectAccess", Tag: "Access log", Produces: []string{"application/json"},
		Summary: "Everything that is held about a customer",
		About:   "One JSON document: faces with their templates, captures with their pictures, attempts, processes, consents, rows of imports, holds, and who has looked. It is itself a look, and noted as one.",
		Family:  web.Identity, Scope: engine.ViewAccess, Faults: []*fault.Fault{ErrNoReason, storage.Full, storage.Failed},
	}, w.handleAccess)
}

const usualPage = 100

func (w *Viewings) handleList(ctx context.Context, q listQuery) (*web.Stream, error) {
	caller, want := web.CallerOf(ctx), query{Customer: engine.CustomerID(q.Customer), From: q.From, To: q.To}
	if q.Cursor != "" {
		end, err := base64.RawURLEncoding.DecodeString(q.Cursor)
		if err != nil || len(end) <= timeLength {
			return nil, ErrCursor
		}
		want.After = end
	}
	switch q.Format {
	case "ndjson":
		return &web.Stream{ContentType: "application/x-ndjson", Filename: "access-log.ndjson", Write: func(ctx context.Context, to io.Writer) error {
			return w.each(ctx, caller.Org, want, func(v rowView) error {
				line, err := json.Marshal(v, json.Deterministic(true))
				if err == nil {
					_, err = to.Write(append(line, '\n'))
				}
				return err
			})
		}}, nil
	case "csv":
		return &web.Stream{ContentType: "text/csv; charset=utf-8; header=present", Filename: "access-log.csv", Write: func(ctx context.Context, to io.Writer) error {
			return w.csv(ctx, to, caller.Org, want)
		}}, nil
	}
	limit := q.Limit
	if limit == 0 {
		limit = usualPage
	}
	answer := page{Data: []rowView{}}
	err := w.Store.View(ctx, func(v *storage.View) error {
		var last []byte
		for f, err := range w.rows(v, caller.Org, want) {
			if err != nil {
				return err
			}
			if len(answer.Data) == limit {
				answer.Next = base64.RawURLEncoding.EncodeToString(last)
				return nil
			}
			answer.Data, last = append(answer.Data, f.view()), f.end
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return web.JSON(answer), nil
}

func (w *Viewings) each(ctx context.Context, org engine.OrgID, q query, do func(rowView) error) error {
	return w.Store.View(ctx, func(v *storage.View) error {
		for f, err := range w.rows(v, org, q) {
			if err == nil {
				err = ctx.Err()
			}
			if err == nil {
				err = do(f.view())
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func (w *Viewings) csv(ctx context.Context, to io.Writer, org engine.OrgID, q query) error {
	out := csv.NewWriter(to)
	if err := out.Write([]string{"at", "by", "what", "record", "customerId", "reason", "request", "journal", "erased"}); err != nil {
		return err
	}
	err := w.each(ctx, org, q, func(v rowView) error {
		line := []string{
			v.At.Format(time.RFC3339Nano), string(v.By), v.What, v.Record, string(v.CustomerID), v.Reason, v.Request,
			strconv.FormatUint(v.Journal, 10), strconv.FormatBool(v.Erased),
		}
		for i, cell := range line {
			// A spreadsheet would take such a cell for a formula (OWASP, CSV injection); the
			// wide signs are formulas too where people type them.
			if first, size := utf8.DecodeRuneInString(cell); size > 0 && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
				line[i] = "'" + cell
			}
		}
		return out.Write(line)
	})
	out.Flush()
	if err != nil {
		return err
	}
	return out.Error()
}

func (f found) view() rowView {
	return rowView{
		ID: f.ID, At: f.At, By: f.By, What: f.What, Record: f.Record, CustomerID: f.Customer, Reason: f.Reason,
		Request: f.Request, Journal: f.Journal, Erased: f.erased,
	}
}
