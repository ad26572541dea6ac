package capabilities

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rostod/rostod/daemon/bench"
	"github.com/rostod/rostod/daemon/bench/accuracy"
	"github.com/rostod/rostod/daemon/config"
	"github.com/rostod/rostod/engine"
)

// Options are how the bench is run.
type Options struct {
	Config   config.Config // where the models lie
	Fixtures string        // folder with identities.csv, or with a folder faces that has it
	Temp     string        // in which the daemon's data folder is made; empty: the system's
	Progress func(string)  // told what is done next; may be nil
}

// person is one person of the photos.
type person struct {
	Name    string
	Code    string           // a made-up CPF
	Photo   accuracy.Photo   // that the number is bound by
	Process engine.ProcessID // that bound it
}

// asked is one photo against one person.
type asked struct {
	Photo  accuracy.Photo
	Person *person
}

func (a asked) mated() bool { return a.Photo.Person == a.Person.Name }

// run is one run of the bench, while it grows.
type run struct {
	Options
	client *bench.Client
	photos []accuracy.Photo
	people []*person
	keys   int        // that were made
	mu     sync.Mutex // guards the report
	report Report
}

// Run runs the bench.
func Run(ctx context.Context, o Options) (report Report, err error) {
	started := time.Now()
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	r := &run{Options: o}
	if r.photos, err = accuracy.Load(o.Fixtures); err != nil {
		return Report{}, err
	}
	r.report.Machine, r.report.Photos = bench.Here(), len(r.photos)
	o.Progress("starting a daemon of its own")
	d, err := bench.Start(ctx, bench.Wish{Config: o.Config, Dir: o.Temp, Env: []string{"ROSTOD_LIMITS_PROCESSES=0"}})
	if err != nil {
		return Report{}, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	r.client = d.Client(runtime.GOMAXPROCS(0))
	defer r.client.Close()
	for _, step := range []func(context.Context) error{r.bind, r.identity, r.validation, r.behaviour} {
		if err := step(ctx); err != nil {
			return Report{}, err
		}
	}
	r.report.Seconds = math.Round(time.Since(started).Seconds()*10) / 10
	r.report.Bars = r.report.bars()
	return r.report, nil
}

// key makes an API key that selects capabilities, and answers who asks with it.
func (r *run) key(ctx context.Context, capabilities ...engine.CapabilityName) (*bench.Client, error) {
	var made struct {
		Key string `json:"key"`
	}
	r.keys++ // each is another holder's: entries of the watchlist take two
	wish := map[string]any{"scopes": []string{"all"}, "label": "bench", "holder": fmt.Sprint("bench-", r.keys), "capabilities": capabilities}
	if err := r.client.Do(ctx, http.MethodPost, "/api/keys", wish, &made); err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	return r.client.As(made.Key), nil
}

// answer is what a process says.
type answer struct {
	ID     engine.ProcessID     `json:"id"`
	Status engine.ProcessStatus `json:"status"`
	engine.Outcome
}

// process creates a process with a photo.
func process(ctx context.Context, by *bench.Client, members map[string]any, photo accuracy.Photo) (a answer, err error) {
	members["imageBase64"] = photo.Data
	if err = by.Do(ctx, http.MethodPost, "/processes/v1", members, &a); err != nil {
		return a, fmt.Errorf("create a process with %s: %w", photo.Name, err)
	}
	if a.Status != engine.ProcessDone && a.Status != engine.ProcessDivergent {
		return a, fmt.Errorf("the process with %s has the status %d", photo.Name, a.Status)
	}
	return a, nil
}

func subject(code string) map[string]any {
	return map[string]any{"subject": map[string]string{"code": code, "name": "Bench"}}
}

// bind gives everybody a number, and binds it by the first photo that may be
// bound.
func (r *run) bind(ctx context.Context) error {
	by, err := r.key(ctx, engine.CapLiveness, engine.CapIdentity)
	if err != nil {
		return err
	}
	known := map[string]*person{}
	for _, photo := range r.photos {
		p := known[photo.Person]
		if p == nil {
			p = &person{Name: photo.Person, Code: cpf(100_000_001 + 7919*len(known))}
			known[photo.Person], r.people = p, append(r.people, p)
		}
		if p.Process != "" {
			continue
		}
		a, err := process(ctx, by, subject(p.Code), photo)
		if err != nil {
			return err
		}
		var evidence struct {
			Findings []struct {
				Enrolled string `json:"enrolled"`
			} `json:"findings"`
		}
		if err := by.Do(ctx, http.MethodGet, "/api/processes/"+string(a.ID)+"/evidence", nil, &evidence); err != nil {
			return fmt.Errorf("read the evidence: %w", err)
		}
		for _, f := range evidence.Findings {
			if f.Enrolled != "" {
				p.Photo, p.Process = photo, a.ID
			}
		}
	}
	r.report.People = len(r.people)
	for _, p := range r.people {
		if p.Process != "" {
			r.report.Bound++
		}
	}
	r.Progress(fmt.Sprintf("%d photos of %d people, of whom %d are bound to numbers", len(r.photos), r.report.People, r.report.Bound))
	return nil
}

// all are every photo against every person who is bound.
func (r *run) all() (list []asked) {
	for _, p := range r.people {
		for _, photo := range r.photos {
			if p.Process != "" {
				list = append(list, asked{photo, p})
			}
		}
	}
	return list
}

// identity asks for every photo whether it shows the holder of every number.
// Without liveness nothing more is bound meanwhile.
func (r *run) identity(ctx context.Context) error {
	by, err := r.key(ctx, engine.CapIdentity)
	if err != nil {
		return err
	}
	r.Progress("identity verification")
	return r.each(ctx, r.all(), func(ctx context.Context, a asked) error {
		said, err := process(ctx, by, subject(a.Person.Code), a.Photo)
		if err == nil && said.UnicoID == nil {
			err = errors.New("a process has no unicoId")
		}
		if err != nil {
			return err
		}
		r.note(engine.CapIdentity, a, said.UnicoID.Result)
		return nil
	})
}

// validation asks for every photo whether it shows the person of every process
// that bound.
func (r *run) validation(ctx context.Context) error {
	by, err := r.key(ctx, engine.CapValidation)
	if err != nil {
		return err
	}
	r.Progress("validation")
	return r.each(ctx, r.all(), func(ctx context.Context, a asked) error {
		said, err := process(ctx, by, map[string]any{"references": []map[string]string{
			{"referenceType": "REFERENCE_TYPE_PROCESS_ID", "referenceContent": string(a.Person.Process)},
		}}, a.Photo)
		if err == nil && said.Authenticated == nil {
			err = errors.New("a process has no authenticated")
		}
		if err != nil {
			return err
		}
		result := engine.No
		if *said.Authenticated {
			result = engine.Yes
		}
		r.note(engine.CapValidation, a, result)
		return nil
	})
}

// behaviour puts one person after the other on the watchlist, alone, and asks
// for every photo, each under its own person's number.
func (r *run) behaviour(ctx context.Context) error {
	by, err1 := r.key(ctx, engine.CapBehaviour)
	second, err2 := r.key(ctx)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	r.Progress("behaviour alert")
	own := map[string]string{}
	for _, p := range r.people {
		own[p.Name] = p.Code
	}
	for _, p := range r.people {
		if p.Process == "" {
			continue
		}
		var entry struct {
			ID string `json:"id"`
		}
		wish := map[string]any{"processId": p.Process, "reason": "bench", "source": "bench", "expiresInDays": 1}
		if err := by.Do(ctx, http.MethodPost, "/api/watchlist", wish, &entry); err != nil {
			return fmt.Errorf("propose for the watchlist: %w", err)
		}
		var none struct{}
		if err := second.Do(ctx, http.MethodPost, "/api/watchlist/"+entry.ID+"/confirm", nil, &none); err != nil {
			return fmt.Errorf("confirm for the watchlist: %w", err)
		}
		var list []asked
		for _, photo := range r.photos {
			list = append(list, asked{photo, p})
		}
		err := r.each(ctx, list, func(ctx context.Context, a asked) error {
			said, err := process(ctx, by, subject(own[a.Photo.Person]), a.Photo)
			if err == nil && said.IdentityFraudsters == nil {
				err = errors.New("a process has no identityFraudsters")
			}
			if err != nil {
				return err
			}
			r.note(engine.CapBehaviour, a, said.IdentityFraudsters.Result)
			return nil
		})
		if err != nil {
			return err
		}
		if err := by.Do(ctx, http.MethodDelete, "/api/watchlist/"+entry.ID, nil, &none); err != nil {
			return fmt.Errorf("withdraw from the watchlist: %w", err)
		}
	}
	return nil
}

// each asks with as many callers as there are cores. The first error ends it.
func (*run) each(ctx context.Context, list []asked, ask func(context.Context, asked) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var all sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(list) && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				if err := ask(ctx, list[i]); err != nil {
					cancel(err)
				}
			}
		})
	}
	all.Wait()
	return context.Cause(ctx)
}

// note counts an answer.
func (r *run) note(of engine.CapabilityName, a asked, result string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.report.note(of, a, result)
}

// cpf is a number of nine digits with the check digits of a CPF behind it.
func cpf(nine int) string {
	code := fmt.Sprintf("%09d", nine%1_000_000_000)
	for range 2 {
		sum := 0
		for i, c := range code {
			sum += int(c-'0') * (len(code) + 1 - i)
		}
		code += fmt.Sprint(sum * 10 % 11 % 10)
	}
	return code
}
