package process

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
	"github.com/rostod/rostod/storage/storagetest"
)

func TestCodes(t *testing.T) {
	for code, want := range map[string]bool{
		"529.982.247-25": true, "52998224725": true, "12345678909": true, "HEWW580907HGRSHL05": true, "hewW580907hgrshl05": true,
		"123.456.789-12": false, "11111111111": false, "5299822472": false, "529982247255": false, "5299822472x": false, "HEWW580907": false,
	} {
		if got := valid((&subject{Code: code}).declared()); got != want {
			t.Errorf("%q: got %v, want %v", code, got, want)
		}
	}
}

// world is a room with capabilities that a test makes up.
type world struct {
	*Processes
	store *storage.Store
	log   bytes.Buffer
}

func (*world) Look(context.Context, []byte) (engine.Face, error) {
	return engine.Face{Faces: 1, Width: 640, Height: 480}, nil
}

func (*world) Policy(context.Context, engine.OrgID) (engine.Policy, error) {
	return engine.Policy{Version: 7}, nil
}

// Restricted restricts nobody.
func (*world) Restricted(storage.Reader, engine.OrgID, engine.CustomerID) error { return nil }

func newWorld(t *testing.T, capabilities ...*room.Capability) *world {
	t.Helper()
	w := &world{store: storagetest.Open(t)}
	p, err := Open(Config{
		Store: w.store, Bars: w, Eyes: w, Policies: w, Capabilities: capabilities, Now: time.Now, Random: rand.Reader,
		Subject: func(org engine.OrgID, customer engine.CustomerID) storage.Subject {
			return w.store.Pseudonym(string(org), string(customer))
		},
		Faces: func(org engine.OrgID, customer engine.CustomerID) storage.Subject {
			return w.store.Pseudonym("faces", string(org), string(customer))
		},
		Log: slog.New(slog.NewTextHandler(&w.log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	w.Processes = p
	return w
}

// ask asks with a key that has the capabilities a and b.
func (w *world) ask(t *testing.T) (record, error) {
	t.Helper()
	return w.answer(t.Context(), question{Code: "52998224725", Question: engine.Question{
		Caller:    engine.Caller{Key: "key_1", Org: "bank", Capabilities: []engine.CapabilityName{"a", "b"}},
		Declared:  engine.Declared{Kind: "BR_CPF", Number: "52998224725", Name: "MARKER"},
		Reference: "MARKER", Picture: []byte("picture"),
	}}, nil)
}

func capability(name engine.CapabilityName, find error, settle func(engine.Findings) error) *room.Capability {
	return &room.Capability{
		Name: name,
		Find: func(context.Context, engine.Case) (engine.Finding, error) { return engine.Finding{}, find },
		Settle: func(_ *storage.Tx, _ engine.Case, all engine.Findings) error {
			if settle == nil {
				return nil
			}
			return settle(all)
		},
	}
}

// A broken capability is told by the status, kept, and explained in the log
// without a word about the person. Nothing settles.
func TestBrokenCapability(t *testing.T) {
	settled := false
	w := newWorld(t, capability("a", nil, func(engine.Findings) error { settled = true; return nil }), capability("b", errors.New("the index is gone"), nil))
	r, err := w.ask(t)
	if err != nil || r.Status != engine.ProcessBroken || settled {
		t.Fatalf("got status %d, %v, settled %v; want status 5 and nothing settled", r.Status, err, settled)
	}
	kept, err := w.recall(t.Context(), "bank", r.ID)
	if err != nil || kept.Status != engine.ProcessBroken || kept.Outcome != (engine.Outcome{}) {
		t.Errorf("got %d, %v kept, want status 5 and nothing else", kept.Status, err)
	}
	if log := w.log.String(); !strings.Contains(log, "capability b: the index is gone") || strings.Contains(log, "MARKER") {
		t.Errorf("got the log %q, want the capability and the cause, and no person", log)
	}
}

// Capabilities settle in the order of the plan, each sees all findings, and
// those that the key does not select take no part.
func TestSettlesInOrder(t *testing.T) {
	var order []string
	step := func(name engine.CapabilityName) *room.Capability {
		return capability(name, nil, func(all engine.Findings) error {
			order = append(order, string(name))
			all.Of(name).Outcome.IDCloud = &engine.Result{Result: string(name)}
			return nil
		})
	}
	w := newWorld(t, step("a"), step("other"), step("b"))
	r, err := w.ask(t)
	if err != nil || strings.Join(order, " ") != "a b" || r.Outcome.IDCloud.Result != "b" || r.Outcome.Liveness != 1 {
		t.Errorf("got %v, %+v, %v; want a then b, b's word, and liveness 1 where nobody asked", order, r.Outcome, err)
	}
}

// What cannot settle leaves nothing behind.
func TestFailedSettlingKeepsNothing(t *testing.T) {
	broken := errors.New("broken")
	w := newWorld(t, capability("a", nil, func(engine.Findings) error { return broken }))
	before := w.store.State(t.Context()).Journal
	if _, err := w.ask(t); !errors.Is(err, broken) {
		t.Errorf("got %v, want the error of settling", err)
	}
	if got := w.store.State(t.Context()).Journal; got != before {
		t.Errorf("got %d journal entries, want %d", got, before)
	}
}

// A process goes with the evidence about its person, and is told from one that
// never was.
func TestErasedProcess(t *testing.T) {
	w := newWorld(t, capability("a", nil, nil))
	r, err := w.ask(t)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.store.Commit(t.Context(), func(tx *storage.Tx) error {
		if _, err := tx.Log(storage.Entry{Kind: "test.erased", Org: "bank", Actor: "test"}); err != nil {
			return err
		}
		return tx.Forget(w.Subject("bank", "MARKER"))
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.recall(t.Context(), "bank", r.ID); !errors.Is(err, ErrGone) {
		t.Errorf("got %v, want that it was erased", err)
	}
	if _, err := w.recall(t.Context(), "bank", "another"); !errors.Is(err, ErrNoProcess) {
		t.Errorf("got %v, want that there is none", err)
	}
}

// Another contract asks with a plan of its own, and writes in the transaction of
// the process; what it cannot write undoes all.
func TestRun(t *testing.T) {
	settled := ""
	step := func(name engine.CapabilityName) *room.Capability {
		return capability(name, nil, func(engine.Findings) error { settled += string(name); return nil })
	}
	w := newWorld(t, step("a"), step("b"))
	ask := func(plan []engine.CapabilityName, also Also) (engine.ProcessAnswer, error) {
		settled = ""
		return w.Run(t.Context(), engine.Question{
			Caller: engine.Caller{Key: "key_1", Org: "bank"}, Plan: plan, Reference: "MARKER", Picture: []byte("picture"),
			Face: &engine.Face{Faces: 1, Template: engine.Template{Vector: []float32{1}}},
		}, also)
	}
	var seen engine.ProcessAnswer
	a, err := ask([]engine.CapabilityName{"b"}, func(_ *storage.Tx, a engine.ProcessAnswer) error { seen = a; return nil })
	if err != nil || settled != "b" || a.Status != engine.ProcessDone || seen.ID != a.ID || a.Findings.Of("b") == nil {
		t.Errorf("got %+v, %v after settling %q, want the process of b, told to the caller", a, err, settled)
	}
	again, err := w.Answer(t.Context(), "bank", a.ID)
	if err != nil || again.ID != a.ID || again.Status != a.Status {
		t.Errorf("got %+v, %v, want the process again", again, err)
	}
	if known, err := w.Face(t.Context(), "bank", a.ID); err != nil || known.Template.Empty() {
		t.Errorf("got %v, want the face of the process", err)
	}
	before, refused := w.store.State(t.Context()).Journal, errors.New("refused")
	if _, err := ask([]engine.CapabilityName{"a"}, func(*storage.Tx, engine.ProcessAnswer) error { return refused }); !errors.Is(err, refused) {
		t.Errorf("got %v, want the caller's error", err)
	}
	if _, err := ask([]engine.CapabilityName{"c"}, nil); !errors.Is(err, ErrNoCapability) {
		t.Errorf("an unknown capability: got %v, want ErrNoCapability", err)
	}
	if _, err := ask([]engine.CapabilityName{}, nil); !errors.Is(err, ErrNothingToDo) {
		t.Errorf("an empty plan: got %v, want ErrNothingToDo", err)
	}
	if got := w.store.State(t.Context()).Journal; got != before {
		t.Errorf("got %d journal entries, want %d: what was refused leaves nothing", got, before)
	}
}

// The least finished finding says where the process stands.
func TestStatusOfFindings(t *testing.T) {
	for _, test := range []struct {
		says []engine.ProcessStatus
		want engine.ProcessStatus
	}{
		{nil, engine.ProcessDone},
		{[]engine.ProcessStatus{0, 0}, engine.ProcessDone},
		{[]engine.ProcessStatus{0, engine.ProcessDivergent}, engine.ProcessDivergent},
		{[]engine.ProcessStatus{engine.ProcessDivergent, engine.ProcessRunning}, engine.ProcessRunning},
	} {
		var all engine.Findings
		for _, s := range test.says {
			all = append(all, &engine.Finding{Status: s})
		}
		if got := all.Status(); got != test.want {
			t.Errorf("%v: got %d, want %d", test.says, got, test.want)
		}
	}
}
