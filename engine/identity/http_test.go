package identity_test

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
	"github.com/rostod/rostod/engine/identity"
	"github.com/rostod/rostod/storage"
)

// Numbers whose check digits hold.
const (
	first  = "52998224725"
	second = "12345678909"
)

var asked = []engine.CapabilityName{engine.CapLiveness, engine.CapIdentity}

func open(t *testing.T, more ...engine.CapabilityName) (*enginetest.Rooms, enginetest.Client) {
	t.Helper()
	r := enginetest.Open(t)
	return r, r.Client(t, "bank", enginetest.Wish{Segment: "retail", Capabilities: slices.Concat(asked, more)})
}

// ask asks about a number under a reference; none is told when it is empty.
func ask(t *testing.T, c enginetest.Client, number, reference string, p enginetest.Picture, want string) enginetest.Answer {
	t.Helper()
	subject := enginetest.Body{"code": number, "name": "Ana Souza"}
	if reference != "" {
		subject["clientReference"] = reference
	}
	a := c.Send(t, enginetest.Body{"subject": subject, "imageBase64": p.Bytes()}).Want(t, http.StatusOK, "")
	if a.Text("unicoId.result") != want || a.Number("status") != 3 {
		t.Errorf("%s of %s: got %s, want %s", reference, number, a.Body, want)
	}
	return a
}

func TestTheFirstGoodProcessBinds(t *testing.T) {
	r, c := open(t)
	ask(t, c, first, "", enginetest.Ana(), "inconclusive")
	ask(t, c, first, "", enginetest.Ana(), "yes")
	ask(t, c, first, "acc-7", enginetest.LikeAna(), "yes") // 0.6, under another reference
	ask(t, c, first, "", enginetest.HardlyAna(), "inconclusive")
	ask(t, c, first, "", enginetest.Budi(), "no")
	ask(t, c, first, "", enginetest.Ana().Passively(0.1), "inconclusive")
	ask(t, c, first, "", enginetest.Ana().With(engine.Blurred), "inconclusive")
	ask(t, c, first, "", enginetest.Nobody(), "inconclusive")
	ask(t, c, second, "", enginetest.Ana(), "inconclusive") // she is bound to the first
	ask(t, c, second, "", enginetest.Ana(), "inconclusive")
	ask(t, c, second, "", enginetest.Budi(), "inconclusive") // and so nobody was to the second
	ask(t, c, second, "", enginetest.Budi(), "yes")
	other := r.Client(t, "shop", enginetest.Wish{Capabilities: asked})
	ask(t, other, first, "", enginetest.Budi(), "inconclusive") // an org knows its own people only
}

// Who is not bound: asked by whether somebody else is later.
func TestWhoIsNotBound(t *testing.T) {
	for _, test := range []struct {
		what    string
		picture enginetest.Picture
		plan    []engine.CapabilityName
		before  func(*testing.T, *enginetest.Rooms, enginetest.Client)
	}{
		{what: "a spoof", picture: enginetest.Ana().Passively(0.1)},
		{what: "unclear", picture: enginetest.Ana().Passively(0.3)},
		{what: "a poor picture", picture: enginetest.Ana().With(engine.TooDark)},
		{what: "without liveness", picture: enginetest.Ana(), plan: []engine.CapabilityName{engine.CapIdentity}},
		{what: "not the face of the account", picture: enginetest.Ana(), before: func(t *testing.T, _ *enginetest.Rooms, c enginetest.Client) {
			c.Enrol(t, "acc-1", enginetest.Budi())
		}},
		{what: "the picture came with another number", picture: enginetest.Ana(), plan: slices.Concat(asked, []engine.CapabilityName{engine.CapBehaviour}), before: func(t *testing.T, r *enginetest.Rooms, _ enginetest.Client) {
			c := r.Client(t, "bank", enginetest.Wish{Capabilities: []engine.CapabilityName{engine.CapBehaviour}})
			c.Send(t, enginetest.Body{"subject": enginetest.Body{"code": second, "name": "X"}, "imageBase64": enginetest.Ana().Bytes()}).Want(t, http.StatusOK, "")
		}},
		{what: "the register is unsure", picture: enginetest.Ana(), plan: slices.Concat(asked, []engine.CapabilityName{engine.CapSerpro}), before: func(_ *testing.T, r *enginetest.Rooms, _ enginetest.Client) {
			r.Register.Say(60)
		}},
	} {
		t.Run(test.what, func(t *testing.T) {
			r, c := open(t)
			if test.before != nil {
				test.before(t, r, c)
			}
			if test.plan == nil {
				test.plan = asked
			}
			ask(t, r.Client(t, "bank", enginetest.Wish{Capabilities: test.plan}), first, "acc-1", test.picture, "inconclusive")
			ask(t, c, first, "acc-2", enginetest.Budi(), "inconclusive")
		})
	}
}

func TestTheRegisterSpeaks(t *testing.T) {
	r, c := open(t, engine.CapSerpro)
	for _, test := range []struct {
		says int
		want string
	}{{20, "no"}, {60, "inconclusive"}, {-1, "inconclusive"}, {-2, "yes"}, {97, "yes"}, {20, "inconclusive"}, {60, "inconclusive"}} {
		r.Register.Say(test.says) // at -1 the number is bound
		ask(t, c, first, "", enginetest.Ana(), test.want)
	}
}

// The portrait of a document counts when whoever captured it vouches for it,
// and stands against another face.
func TestPortraits(t *testing.T) {
	r, c := open(t)
	keep := func(p enginetest.Picture, number string, vouched bool) {
		t.Helper()
		face, err := r.Eyes.Look(t.Context(), p.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		_, err = r.Store.Commit(t.Context(), func(tx *storage.Tx) error {
			return r.Identity.KeepPortrait(tx, identity.Portrait{
				Org: "bank", Customer: "acc-1", Declared: engine.Declared{Kind: "BR_CPF", Number: number},
				Face: face, Document: "cnh", Vouched: vouched, Key: "key_1",
			})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	nobodyBinds := r.Client(t, "bank", enginetest.Wish{Capabilities: []engine.CapabilityName{engine.CapIdentity}})
	keep(enginetest.Ana(), first, false)
	ask(t, nobodyBinds, first, "", enginetest.Ana(), "inconclusive")
	keep(enginetest.Ana(), first, true)
	ask(t, nobodyBinds, first, "", enginetest.Ana(), "yes")
	a := ask(t, nobodyBinds, first, "", enginetest.Budi(), "inconclusive")
	e := c.Get(t, "/api/processes/"+a.Text("id")+"/evidence")
	if e.Text("findings.0.reasons.0") != "not-the-face-of-a-document" {
		t.Errorf("got %s, want the portrait as reason", e.Body)
	}
	c.Do(t, http.MethodDelete, "/api/identity/customers/acc-1/faces", nil).Want(t, http.StatusOK, "")
	ask(t, nobodyBinds, first, "", enginetest.Ana(), "inconclusive")
}

// crowd is how many ask at one moment.
const crowd = 60

func TestManyAtOneMomentLeaveOneBinding(t *testing.T) {
	r, c := open(t)
	people := []enginetest.Picture{enginetest.Ana(), enginetest.Budi(), {Vector: []float32{0, 0, 1, 0}, Passive: 0.98}}
	var gate, all sync.WaitGroup
	gate.Add(crowd)
	results := make([]string, crowd)
	for i := range crowd {
		all.Go(func() {
			gate.Done()
			gate.Wait()
			results[i] = c.Send(t, enginetest.Body{
				"subject": enginetest.Body{"code": first, "name": "X", "clientReference": fmt.Sprintf("acc-%d", i)}, "imageBase64": people[i%3].Bytes(),
			}).Want(t, http.StatusOK, "").Text("unicoId.result")
		})
	}
	all.Wait()
	counted := map[string]int{}
	for _, one := range results {
		counted[one]++
	}
	if counted["inconclusive"] != 1 || counted["yes"] != crowd/3-1 || counted["no"] != 2*crowd/3 || bound(t, r) != 1 {
		t.Errorf("got %v and %d bindings, want one, its face yes and the others no", counted, bound(t, r))
	}
}

// One face under many numbers at one moment is bound to one of them.
func TestOneFaceIsBoundOnce(t *testing.T) {
	r, c := open(t)
	var gate, all sync.WaitGroup
	numbers := []string{first, second, "11144477735", "39053344705", "98765432100", "86288366757"}
	gate.Add(len(numbers))
	for _, n := range numbers {
		all.Go(func() {
			gate.Done()
			gate.Wait()
			ask(t, c, n, "", enginetest.Ana(), "inconclusive")
		})
	}
	all.Wait()
	if got := bound(t, r); got != 1 {
		t.Errorf("got %d bindings, want 1", got)
	}
}

func bound(t *testing.T, r *enginetest.Rooms) int {
	t.Helper()
	n := 0
	for _, leaf := range r.Leaves(t, 0) {
		if leaf.Kind == "number.bound" {
			n++
		}
		if bytes.Contains(leaf.Raw, []byte(first)) {
			t.Errorf("the journal entry %s has the number", leaf.Raw)
		}
	}
	return n
}

// Erasing a person frees the number, and removing the enrolment that the
// binding stands on does too.
func TestErasure(t *testing.T) {
	r, c := open(t)
	a := ask(t, c, first, "acc-1", enginetest.Ana(), "inconclusive")
	ask(t, c, first, "acc-1", enginetest.Budi(), "no")
	entry := uint64(c.Do(t, http.MethodDelete, "/api/identity/customers/acc-1/faces", nil).Want(t, http.StatusOK, "").Number("journal"))
	// The binding, and the faces of two processes.
	// Its writes: those three, the enrolment, what says where they are, and what
	// tells the index.
	if leaf := r.Leaves(t, entry)[0]; !bytes.Contains(leaf.Public, []byte(`"others":3`)) || len(leaf.Forgot) != 1 || len(leaf.Writes) != 6 {
		t.Errorf("got the journal entry %s with %d writes, want three other records gone, one key forgotten, six writes", leaf.Raw, len(leaf.Writes))
	}
	if _, err := r.Store.VerifyRecords(t.Context()); err != nil {
		t.Errorf("verify the records: got %v, want none", err)
	}
	ask(t, c, first, "acc-2", enginetest.Budi(), "inconclusive")
	ask(t, c, first, "acc-2", enginetest.Budi(), "yes")
	e := c.Get(t, "/api/processes/"+a.Text("id")+"/evidence").Want(t, http.StatusOK, "") // the evidence stays
	if e.Text("findings.1.outcome.unicoId.result") != "inconclusive" {
		t.Errorf("got %s, want the finding as it was", e.Body)
	}
	faces := c.Get(t, "/api/identity/customers/acc-2/faces").Want(t, http.StatusOK, "")
	c.Do(t, http.MethodDelete, "/api/identity/customers/acc-2/faces/"+faces.Text("data.0.id"), nil).Want(t, http.StatusOK, "")
	ask(t, c, first, "acc-3", enginetest.Ana(), "inconclusive")
	ask(t, c, first, "acc-3", enginetest.Ana(), "yes")
}
