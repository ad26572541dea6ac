package attempts

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage/text"
)

type searchBody struct {
	Q       string   `json:"q,omitzero" doc:"Words, all of which must be there; \"in quotes\" follow each other, -word must not be there." maxLength:"512"`
	Filters filters  `json:"filters,omitzero" doc:"Of each field that is named here a row has one of the values."`
	From    string   `json:"from,omitzero" doc:"The first day, 2026-01-01, or the first moment in RFC 3339." maxLength:"40"`
	To      string   `json:"to,omitzero" doc:"The last day, which is included, or the moment before which, in RFC 3339." maxLength:"40"`
	Sort    string   `json:"sort,omitzero" doc:"Which rows come first; newest when left out." enum:"newest,oldest"`
	Limit   int      `json:"limit,omitzero" doc:"Rows in a page; 50 when left out." minimum:"0" maximum:"1000"`
	Cursor  string   `json:"cursor,omitzero" doc:"Goes on behind the page that gave this cursor; nothing is counted then." maxLength:"128"`
	Facets  []string `json:"facets,omitzero" doc:"Fields whose values are counted among all rows that fit." maxItems:"16"`
}

type filters struct {
	Method    []string            `json:"method,omitzero" maxItems:"8"`
	Status    []string            `json:"status,omitzero" maxItems:"8"`
	RiskLevel []string            `json:"riskLevel,omitzero" maxItems:"8"`
	Allow     []string            `json:"allow,omitzero" maxItems:"8" doc:"true or false, as a string."`
	Liveness  []string            `json:"liveness,omitzero" maxItems:"8"`
	Match     []string            `json:"match,omitzero" maxItems:"8"`
	Reason    []string            `json:"reason,omitzero" maxItems:"32"`
	Trigger   []string            `json:"trigger,omitzero" maxItems:"32"`
	Device    []engine.DeviceID   `json:"deviceId,omitzero" maxItems:"32"`
	Customer  []engine.CustomerID `json:"customerId,omitzero" maxItems:"32"`
	Day       []string            `json:"day,omitzero" maxItems:"366" doc:"2026-01-31, UTC."`
}

// named are the filters by field.
func (f filters) named() map[string][]string {
	is := map[string][]string{
		"method": f.Method, "status": f.Status, "riskLevel": f.RiskLevel, "allow": f.Allow, "liveness": f.Liveness, "match": f.Match,
		"reason": f.Reason, "trigger": f.Trigger, "deviceId": words(f.Device...), "customerId": words(f.Customer...), "day": f.Day,
	}
	for name, values := range is {
		if len(values) == 0 {
			delete(is, name)
		}
	}
	return is
}

func (a *Attempts) handleSearch(ctx context.Context, _ web.None, b searchBody) (page, error) {
	q, err := listParams{From: b.From, To: b.To, Cursor: b.Cursor}.query()
	if err != nil {
		return page{}, err
	}
	s, err := newSearch(q, b.Q, b.Filters.named(), b.Facets, b.Sort)
	if err != nil {
		return page{}, err
	}
	s.Limit = b.Limit
	return a.searched(ctx, s, 1)
}

// search is the parameters as a search, and whether they ask for one.
func (p listParams) search(q query) (search, bool, error) {
	if p.Q == "" && p.Facets == "" && p.Sort == "" {
		return search{}, false, nil
	}
	var asked []string
	if p.Facets != "" {
		asked = strings.Split(p.Facets, ",")
	}
	s, err := newSearch(q, p.Q, q.filtered(), asked, p.Sort)
	s.Limit = p.Limit
	return s, true, err
}

// newSearch checks what is not checked at the edge.
func newSearch(q query, typed string, is map[string][]string, asked []string, sort string) (search, error) {
	read, err := text.Read(typed)
	if err != nil {
		return search{}, err
	}
	bad := ErrBadQuery
	for _, f := range fields() {
		for _, value := range is[f.name] {
			if f.words != nil && !slices.Contains(f.words, value) {
				bad = bad.Field("filters."+f.name, "must be one of: "+strings.Join(f.words, ", "))
			}
		}
	}
	for _, day := range is["day"] {
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			bad = bad.Field("filters.day", "must be days such as 2026-01-31")
		}
	}
	for _, name := range asked {
		if !slices.Contains(facets(), name) {
			bad = bad.Field("facets", "must be among: "+strings.Join(facets(), ", "))
		}
	}
	if len(bad.Fields) > 0 {
		return search{}, bad
	}
	return search{query: q, Words: read, Is: is, Facets: asked, Oldest: sort == "oldest"}, nil
}

// mostSkipped is how far into what was found a page by number may lie.
const mostSkipped = 10_000

// searched is one page of a search.
func (a *Attempts) searched(ctx context.Context, s search, number int) (page, error) {
	if s.Limit == 0 {
		s.Limit = usualPage
	}
	if s.Skip = (number - 1) * s.Limit; s.Skip > mostSkipped {
		return page{}, ErrBadQuery.Field("page", "lies too far in; go on with cursor")
	}
	caller := web.CallerOf(ctx)
	found, err := a.index.answer(ctx, caller.Org, s)
	if err != nil {
		return page{}, err
	}
	answer := page{Data: []rowView{}, Limit: s.Limit, Seen: &found.seen}
	for _, row := range found.rows {
		answer.Data = append(answer.Data, viewOf(row, caller))
	}
	if found.more {
		answer.Meta.Next = writeCursor(found.last)
	}
	if s.Cursor == nil {
		answer.Total, answer.Page, answer.Facets = &found.total, number, found.facets
		answer.Meta.Pages = (found.total + s.Limit - 1) / s.Limit
	}
	return answer, nil
}
