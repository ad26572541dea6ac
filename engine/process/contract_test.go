package process_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
)

// absent is the value of a member that must not be in an answer.
const absent = "absent"

// rows is what a row of the contract is asked in: the rooms, and keys that
// select capabilities.
type rows struct {
	*testing.T
	*enginetest.Rooms
	whole, bare, validation enginetest.Client
}

// onboard creates a process about a number with every capability of onboarding.
func (r rows) onboard(number string, p enginetest.Picture) enginetest.Answer {
	return r.of(r.whole, number, p)
}

func (r rows) of(c enginetest.Client, number string, p enginetest.Picture) enginetest.Answer {
	r.Helper()
	return c.Send(r.T, enginetest.Body{"subject": enginetest.Body{"code": number, "name": "Ana Souza"}, "imageBase64": p.Bytes()})
}

// bound binds a number to Ana.
func (r rows) bound(number string) {
	r.onboard(number, enginetest.Ana())
}

// watch puts Budi on the watchlist.
func (r rows) watch() {
	r.Helper()
	id := r.whole.Post(r.T, "/api/watchlist", enginetest.Body{
		"image": enginetest.Budi().Bytes(), "reason": "x", "source": "y", "expiresInDays": 1,
	}).Want(r.T, http.StatusCreated, "").Text("id")
	r.Caller(r.T, "bank").Post(r.T, "/api/watchlist/"+id+"/confirm", nil).Want(r.T, http.StatusOK, "")
}

// TestContract has one row for each line of the published response tables: what
// the line says, a process for which it should hold, and what it answers.
func TestContract(t *testing.T) {
	const number = "52998224725"
	sight := func(x ...float32) enginetest.Picture { return enginetest.Picture{Vector: x, Passive: 0.98} }
	ana := enginetest.Ana()
	for _, row := range []struct {
		line string
		ask  func(r rows) enginetest.Answer
		want map[string]any
	}{
		{"id: of the process", func(r rows) enginetest.Answer {
			a := r.onboard(number, ana)
			return r.whole.Process(t, "v1", a.Text("id"))
		}, map[string]any{"status": 3.0}},
		{"status 2: divergence, only with the risk score", func(r rows) enginetest.Answer {
			r.bound(number)
			r.Register.Say(10)
			return r.onboard(number, ana)
		}, map[string]any{"status": 2.0, "unicoId.result": "inconclusive"}},
		{"status 2 without the risk score does not occur", func(r rows) enginetest.Answer {
			r.bound(number)
			r.Register.Say(10)
			c := r.Client(t, "bank", enginetest.Wish{Capabilities: []engine.CapabilityName{engine.CapIdentity, engine.CapSerpro}})
			return r.of(c, number, ana)
		}, map[string]any{"status": 3.0, "unicoId.result": "inconclusive", "score": absent}},
		{"status 3: completed", func(r rows) enginetest.Answer { return r.onboard(number, ana) }, map[string]any{"status": 3.0}},
		{"status 4: the caller went away", func(r rows) enginetest.Answer {
			r.Eyes.Before(func(context.Context) error { return context.Canceled })
			r.onboard(number, ana)
			leaves := r.Leaves(t, 0)
			public := string(leaves[len(leaves)-1].Public)
			_, rest, _ := strings.Cut(public, `"process":"`)
			id, _, _ := strings.Cut(rest, `"`)
			return r.whole.Process(t, "v1", id)
		}, map[string]any{"status": 4.0, "liveness": absent, "unicoId": absent}},
		{"status 5: an error in processing, and nothing else", func(r rows) enginetest.Answer {
			r.Register.Fail(errors.New("broken"))
			return r.onboard(number, ana)
		}, map[string]any{"status": 5.0, "liveness": absent, "unicoId": absent, "identityFraudsters": absent, "score": absent}},
		{"unicoId yes: the face is the holder's", func(r rows) enginetest.Answer {
			r.bound(number)
			return r.onboard(number, ana)
		}, map[string]any{"unicoId.result": "yes", "status": 3.0, "score": absent}},
		{"unicoId no: it is not, and there is no risk score", func(r rows) enginetest.Answer {
			r.bound(number)
			return r.onboard(number, enginetest.Budi())
		}, map[string]any{"unicoId.result": "no", "status": 3.0, "score": absent}},
		{"unicoId inconclusive: it could not be determined, and there is a score", func(r rows) enginetest.Answer {
			return r.onboard(number, ana)
		}, map[string]any{"unicoId.result": "inconclusive", "score": 0.0}},
		{"liveness 1: alive", func(r rows) enginetest.Answer { return r.onboard(number, ana) }, map[string]any{"liveness": 1.0}},
		{"liveness 2: not alive, which rejects nothing", func(r rows) enginetest.Answer {
			return r.onboard(number, ana.Passively(0.1))
		}, map[string]any{"liveness": 2.0, "unicoId.result": "inconclusive", "status": 3.0, "score": -94.0}},
		{"liveness without the capability: always 1", func(r rows) enginetest.Answer {
			return r.of(r.bare, number, ana.Passively(0.1))
		}, map[string]any{"liveness": 1.0, "unicoId.result": "inconclusive"}},
		{"score: only when the key has the capability", func(r rows) enginetest.Answer {
			return r.of(r.bare, number, ana)
		}, map[string]any{"score": absent}},
		{"score: only with identity verification", func(r rows) enginetest.Answer {
			c := r.Client(t, "bank", enginetest.Wish{Capabilities: []engine.CapabilityName{engine.CapRiskScore}})
			return r.of(c, number, ana)
		}, map[string]any{"score": absent, "unicoId": absent}},
		{"score -40 to -100: deny", func(r rows) enginetest.Answer {
			r.Register.Say(33)
			return r.onboard(number, ana)
		}, map[string]any{"score": -53.0, "unicoId.result": "inconclusive"}},
		{"score -10 to -39: assess the risks", func(r rows) enginetest.Answer {
			r.Register.Say(60)
			return r.onboard(number, ana)
		}, map[string]any{"score": -21.0}},
		{"score 0: capture again", func(r rows) enginetest.Answer {
			r.Register.Say(90)
			return r.onboard(number, ana.With(engine.Blurred))
		}, map[string]any{"score": 0.0, "unicoId.result": "inconclusive"}},
		{"score +10 to +49: assess the risks", func(r rows) enginetest.Answer {
			r.Register.Say(87)
			return r.onboard(number, ana)
		}, map[string]any{"score": 42.0}},
		{"score +50 to +100: approve", func(r rows) enginetest.Answer {
			r.bound(number)
			r.Register.Say(92)
			return r.onboard(number, sight(0.53, 0.848, 0, 0)) // 0.53: not quite the face of the number
		}, map[string]any{"score": 86.0, "unicoId.result": "inconclusive"}},
		{"identityFraudsters yes: involved in fraud; no risk score", func(r rows) enginetest.Answer {
			r.watch()
			return r.onboard(number, enginetest.Budi())
		}, map[string]any{"identityFraudsters.result": "yes", "unicoId.result": "inconclusive", "score": absent}},
		{"identityFraudsters inconclusive: nothing found", func(r rows) enginetest.Answer {
			r.watch()
			return r.onboard(number, ana)
		}, map[string]any{"identityFraudsters.result": "inconclusive", "score": 0.0}},
		{"authenticated true", func(r rows) enginetest.Answer {
			first := r.onboard(number, ana).Text("id")
			return r.validation.Send(t, enginetest.Body{"referenceProcessId": first, "imagebase64": ana.Bytes()})
		}, map[string]any{"authenticated": true, "liveness": absent}},
		{"authenticated false", func(r rows) enginetest.Answer {
			first := r.onboard(number, ana).Text("id")
			return r.validation.Send(t, enginetest.Body{"referenceProcessId": first, "imagebase64": enginetest.Budi().Bytes()})
		}, map[string]any{"authenticated": false, "liveness": absent}},
		{"government.serpro: similarity 0 to 100", func(r rows) enginetest.Answer {
			r.Register.Say(87)
			return r.onboard(number, ana)
		}, map[string]any{"government.serpro": 87.0}},
		{"government.serpro -1: no face there", func(r rows) enginetest.Answer {
			r.Register.Say(-1)
			return r.onboard(number, ana)
		}, map[string]any{"government.serpro": -1.0, "unicoId.result": "inconclusive", "score": 0.0}},
		{"government.serpro -2: it did not answer", func(r rows) enginetest.Answer {
			r.Register.Say(-2)
			return r.onboard(number, ana)
		}, map[string]any{"government.serpro": -2.0, "unicoId.result": "inconclusive", "score": 0.0}},
		{"processAdditionalInfo", func(r rows) enginetest.Answer {
			return r.whole.Process(t, "v2", r.onboard(number, ana).Text("id"))
		}, map[string]any{
			"processAdditionalInfo.personName": "Ana Souza", "processAdditionalInfo.personDocument": number,
			"processAdditionalInfo.finishedAt": "2026-11-22T12:00:00.000000",
		}},
		{"a face that is enrolled in the same transaction speaks for nobody", func(r rows) enginetest.Answer {
			c := r.Client(t, "bank", enginetest.Wish{Capabilities: []engine.CapabilityName{
				engine.CapLiveness, engine.CapMultiAccounts, engine.CapIdentity, engine.CapRiskScore,
			}})
			return c.Create(t, "acc-1", ana)
		}, map[string]any{"score": 0.0, "unicoId.result": "inconclusive", "idCloud.result": "inconclusive"}},
		{"multi accounts reproved", func(r rows) enginetest.Answer {
			c := r.Client(t, "bank", enginetest.Wish{Segment: "retail", Capabilities: both})
			c.Create(t, "acc-1", ana)
			return c.Create(t, "acc-2", ana)
		}, map[string]any{"idCloud.result": "reproved"}},
		{"multi accounts inconclusive", func(r rows) enginetest.Answer {
			c := r.Client(t, "bank", enginetest.Wish{Segment: "retail", Capabilities: both})
			return c.Create(t, "acc-1", ana)
		}, map[string]any{"idCloud.result": "inconclusive"}},
	} {
		t.Run(row.line, func(t *testing.T) {
			rooms := enginetest.Open(t)
			key := func(capabilities ...engine.CapabilityName) enginetest.Client {
				return rooms.Client(t, "bank", enginetest.Wish{Capabilities: capabilities})
			}
			a := row.ask(rows{
				t, rooms,
				key(engine.CapLiveness, engine.CapIdentity, engine.CapBehaviour, engine.CapSerpro, engine.CapRiskScore),
				key(engine.CapIdentity), key(engine.CapValidation),
			})
			if a.Status != http.StatusOK || a.Text("id") == "" {
				t.Fatalf("got %d %s, want 200 and an id", a.Status, a.Body)
			}
			for member, want := range row.want {
				got := a.At(member)
				if want == absent && got != nil || want != absent && fmt.Sprint(got) != fmt.Sprint(want) {
					t.Errorf("%s: got %v in %s, want %v", member, got, a.Body, want)
				}
			}
		})
	}
}
