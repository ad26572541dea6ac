package importer

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/importer/source"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

type createBody struct {
	Source     string           `json:"source" doc:"A folder of ID-NAME-DDMMYYYY.ext, or a file that ends in .csv, .ndjson, .tar, .tar.gz or .zip; below import.folder." minLength:"1" maxLength:"4096" example:"2019/selfies.zip"`
	Segment    engine.SegmentID `json:"segment,omitzero" doc:"The part of the base; the API key's when left out." maxLength:"64" pattern:"^[A-Za-z0-9._-]+$"`
	Duplicates string           `json:"duplicates,omitzero" doc:"What becomes of a face that another account has: report and enrol it, which is the default, or only report it, as a process does." enum:"enrol,report"`
	Rate       float64          `json:"rate,omitzero" doc:"Rows a second at most; as many as can be when left out." minimum:"0" maximum:"100000"`
	DryRun     bool             `json:"dryRun,omitzero" doc:"Say what would become of each row, and write nothing."`
}

type uploadQuery struct {
	Format     source.Format    `query:"format" doc:"What is sent." enum:"zip,tar,tar.gz,ndjson" required:"true"`
	Segment    engine.SegmentID `query:"segment" doc:"The part of the base; the API key's when left out." maxLength:"64" pattern:"^[A-Za-z0-9._-]*$"`
	Duplicates string           `query:"duplicates" doc:"As for an import of a folder." enum:"enrol,report"`
	Rate       int              `query:"rate" doc:"Rows a second at most; 0 for as many as can be." minimum:"0" maximum:"100000"`
	DryRun     bool             `query:"dryRun" doc:"Write nothing."`
}

type importView struct {
	ID          engine.ImportID  `json:"id"`
	State       state            `json:"state" enum:"waiting,running,done,cancelled,failed"`
	Segment     engine.SegmentID `json:"segment,omitzero"`
	Duplicates  string           `json:"duplicates"`
	Rate        float64          `json:"rate,omitzero"`
	DryRun      bool             `json:"dryRun,omitzero"`
	Uploaded    bool             `json:"uploaded,omitzero"`
	Rows        uint64           `json:"rows" doc:"How many have been settled."`
	Counts      counts           `json:"counts"`
	Share       float64          `json:"share" doc:"How much of the source has been read, 0 to 1."`
	Speed       float64          `json:"rowsPerSecond,omitzero" doc:"Since this run of it began."`
	SecondsLeft *int             `json:"secondsLeft,omitzero" doc:"If it goes on like this."`
	Uncompared  int              `json:"uncompared,omitzero" doc:"Templates in the base that another model made: faces could not be compared with them."`
	WaitsFor    *failure         `json:"waitsFor,omitzero" doc:"What it needs to go on; it tries again by itself."`
	Failure     *failure         `json:"failure,omitzero" doc:"Why it could not be brought to its end."`
	CreatedAt   time.Time        `json:"createdAt"`
	StartedAt   time.Time        `json:"startedAt,omitzero"`
	EndedAt     time.Time        `json:"endedAt,omitzero"`
}

type importList struct {
	Data []importView `json:"data"`
}

type importPath struct {
	ID engine.ImportID `path:"id" doc:"The import, imp_…" maxLength:"64"`
}

type reportQuery struct {
	ID     engine.ImportID `path:"id" doc:"The import, imp_…" maxLength:"64"`
	Format string          `query:"format" doc:"html is for people, and opens without a network; csv has every row." enum:"html,csv"`
}

func (m *Importer) routes(r *web.Router) {
	const tag, at = "Imports", "/api/imports"
	ways := append(source.Faults(), ErrElsewhere, storage.Full, storage.Failed)
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: at, ID: "createImport", Tag: tag, Summary: "Import a folder or file of this machine", Success: http.StatusCreated,
		About: "An import of the same source into the same segment that is not at its end is answered again, and not begun twice. Imports run one after another.",
		Scope: engine.RunImports, Faults: ways,
	}, m.create)
	web.HandleUpload(r, web.Operation{
		Method: http.MethodPost, Path: at + "/upload", ID: "uploadImport", Tag: tag, Summary: "Import an archive or NDJSON that is sent", Success: http.StatusCreated,
		About: "The body is kept, sealed, until the import is at its end.", Scope: engine.RunImports,
		Consumes: "application/octet-stream", MaxBody: max(m.MaxUpload, 1), Faults: append(ways, ErrNoUploads, ErrSpool),
	}, m.receive)
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: at, ID: "listImports", Tag: tag, Summary: "List the imports of your org, newest first", Scope: engine.ViewImports,
	}, m.list)
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: at + "/{id}", ID: "getImport", Tag: tag, Summary: "Read how far an import is", Scope: engine.ViewImports,
		Faults: []*fault.Fault{ErrNoImport},
	}, m.one)
	web.HandleStream(r, web.Operation{
		Method: http.MethodGet, Path: at + "/{id}/events", ID: "watchImport", Tag: tag, Summary: "Follow an import to its end",
		About: "Server-sent events named progress, at most five a second, and one named end; the data of each is what GET /api/imports/{id} answers.",
		Scope: engine.ViewImports, Produces: []string{"text/event-stream"}, Faults: []*fault.Fault{ErrNoImport},
	}, m.watch)
	web.HandleStream(r, web.Operation{
		Method: http.MethodGet, Path: at + "/{id}/report", ID: "reportImport", Tag: tag, Summary: "Read what came of an import",
		About: "It names accounts. It can be read before the end, too.",
		Scope: engine.ViewImports, Produces: []string{"text/html", "text/csv"}, Faults: []*fault.Fault{ErrNoImport},
	}, m.report)
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: at + "/{id}/cancel", ID: "cancelImport", Tag: tag, Summary: "Stop an import",
		About: "What it has enrolled stays.", Scope: engine.RunImports, OptionalBody: true, Repeatable: true, Faults: []*fault.Fault{ErrNoImport},
	}, m.stop)
	web.Handle(r, web.Operation{
		Method: http.MethodDelete, Path: at + "/{id}", ID: "deleteImport", Tag: tag, Summary: "Forget the rows of an import",
		About: "The key that seals them is forgotten. What it has enrolled stays.", Scope: engine.RunImports,
		Success: http.StatusNoContent, Faults: []*fault.Fault{ErrNoImport, ErrUnderWay, storage.Full, storage.Failed},
	}, m.remove)
}

func (m *Importer) create(ctx context.Context, _ web.None, b createBody) (importView, error) {
	by := web.CallerOf(ctx)
	path, err := m.allowed(by, b.Source)
	if err != nil {
		return importView{}, err
	}
	src, err := source.Open(path) // so that a mistake is told at once
	if err != nil {
		return importView{}, err
	}
	mark := src.Mark()
	if err := src.Close(); err != nil {
		return importView{}, err
	}
	j, err := m.fresh(by, b.Segment, options{Duplicates: b.Duplicates, Rate: b.Rate, DryRun: b.DryRun})
	if err != nil {
		return importView{}, err
	}
	j.Path, j.Mark = path, mark
	l, err := m.begin(ctx, j)
	if err != nil {
		return importView{}, err
	}
	return l.progress(m.now()), nil
}

func (m *Importer) receive(ctx context.Context, q uploadQuery, body io.Reader) (importView, error) {
	if m.MaxUpload <= 0 {
		return importView{}, ErrNoUploads
	}
	select {
	case <-m.tidy:
	case <-ctx.Done():
		return importView{}, context.Cause(ctx)
	}
	j, err := m.fresh(web.CallerOf(ctx), q.Segment, options{Duplicates: q.Duplicates, Rate: float64(q.Rate), DryRun: q.DryRun})
	if err != nil {
		return importView{}, err
	}
	if j.Upload, err = m.spool(j.ID, q.Format, body); err != nil {
		return importView{}, err
	}
	l, err := m.begin(ctx, j)
	if err != nil {
		m.unspool(j)
		return importView{}, err
	}
	return l.progress(m.now()), nil
}

func (m *Importer) list(ctx context.Context, _, _ web.None) (importList, error) {
	list, err := m.of(ctx, web.CallerOf(ctx).Org)
	if err != nil {
		return importList{}, err
	}
	answer := importList{Data: []importView{}}
	for _, l := range m.alive(web.CallerOf(ctx).Org, true) {
		answer.Data = append(answer.Data, l.progress(m.now()))
	}
	for _, j := range list {
		if l := m.living(j.Org, j.ID); l != nil {
			answer.Data = append(answer.Data, l.progress(m.now()))
		} else {
			answer.Data = append(answer.Data, j.view())
		}
	}
	return answer, nil
}

func (m *Importer) one(ctx context.Context, p importPath, _ web.None) (importView, error) {
	by := web.CallerOf(ctx)
	if l := m.living(by.Org, p.ID); l != nil {
		return l.progress(m.now()), nil
	}
	j, err := m.kept(ctx, by.Org, p.ID)
	return j.view(), err
}

func (m *Importer) stop(ctx context.Context, p importPath, _ web.None) (importView, error) {
	if l := m.living(web.CallerOf(ctx).Org, p.ID); l != nil {
		m.cancel(ctx, l)
		return l.progress(m.now()), nil
	}
	return m.one(ctx, p, web.None{})
}

func (m *Importer) remove(ctx context.Context, p importPath, _ web.None) (web.None, error) {
	by := web.CallerOf(ctx)
	if l := m.living(by.Org, p.ID); l != nil {
		if !l.view().State.ended() {
			return web.None{}, ErrUnderWay
		}
		m.mu.Lock()
		delete(m.lives, p.ID) // it was dry
		m.mu.Unlock()
		return web.None{}, nil
	}
	j, err := m.kept(ctx, by.Org, p.ID)
	if err != nil {
		return web.None{}, err
	}
	return web.None{}, m.erase(ctx, by, j)
}
