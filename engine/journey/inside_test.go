package journey

import (
	"fmt"
	"slices"
	"testing"

	"github.com/rostod/rostod/engine"
)

// What is run, by flow and key, and what is missing for it.
func TestPlan(t *testing.T) {
	all := []engine.CapabilityName{alive, holder, behaviour, risk, same, registry, engine.CapMultiAccounts}
	for _, test := range []struct {
		flow    string
		selects []engine.CapabilityName // by the key
		known   []engine.CapabilityName
		runs    string
		missing engine.CapabilityName
	}{
		{"id", nil, all, "[liveness identity-verification]", ""},
		{"ID", nil, all, "[liveness identity-verification]", ""},
		{"idchecktrust", nil, all, "[liveness identity-verification behaviour-alert risk-score]", ""},
		{"idlive", []engine.CapabilityName{engine.CapMultiAccounts}, all, "[liveness multi-accounts]", ""},
		{"id", []engine.CapabilityName{engine.CapMultiAccounts}, all, "[]", holder},
		{"idcheckserpro", nil, slices.DeleteFunc(slices.Clone(all), func(c engine.CapabilityName) bool { return c == registry }), "[]", registry},
		{"idlive", nil, nil, "[]", alive},
	} {
		f, works := named(test.flow)
		runs, missing := f.plan(engine.Caller{Capabilities: test.selects}, test.known)
		if got := fmt.Sprint(runs); !works || got != test.runs || missing != test.missing {
			t.Errorf("%s by %v: got %s without %q, want %s without %q", test.flow, test.selects, got, missing, test.runs, test.missing)
		}
	}
	for _, name := range []string{"iddocs", "idsign", "creditoconsignado", "idsmart", "adaptiveidtoken", "idage", "idagedocumentless", "idunicodocs_r2", ""} {
		if _, works := named(name); works {
			t.Errorf("%q works, want it refused", name)
		}
	}
}

// How a journey ends, by what its process found.
func TestEnding(t *testing.T) {
	yes, no := true, false
	for _, test := range []struct {
		what  string
		a     engine.ProcessAnswer
		state state
		how   result
		over  bool
	}{
		{"right", engine.ProcessAnswer{Status: engine.ProcessDone, Outcome: engine.Outcome{Liveness: 1, UnicoID: &engine.Result{Result: engine.Yes}}}, finished, ok, true},
		{"inconclusive", engine.ProcessAnswer{Status: engine.ProcessDone, Outcome: engine.Outcome{Liveness: 1, UnicoID: &engine.Result{Result: engine.Inconclusive}}}, finished, ok, true},
		{"another person", engine.ProcessAnswer{Status: engine.ProcessDone, Outcome: engine.Outcome{Liveness: 1, UnicoID: &engine.Result{Result: engine.No}}}, finished, invalid, true},
		{"not alive", engine.ProcessAnswer{Status: engine.ProcessDone, Outcome: engine.Outcome{Liveness: 2, UnicoID: &engine.Result{Result: engine.Yes}}}, finished, invalid, true},
		{"the same as the reference", engine.ProcessAnswer{Status: engine.ProcessDone, Outcome: engine.Outcome{Liveness: 1, Authenticated: &yes}}, finished, ok, true},
		{"another than the reference", engine.ProcessAnswer{Status: engine.ProcessDone, Outcome: engine.Outcome{Liveness: 1, Authenticated: &no}}, finished, invalid, true},
		{"divergent", engine.ProcessAnswer{Status: engine.ProcessDivergent, Outcome: engine.Outcome{Liveness: 1}}, finished, ok, true},
		{"running", engine.ProcessAnswer{Status: engine.ProcessRunning}, created, open, false},
		{"broken", engine.ProcessAnswer{Status: engine.ProcessBroken}, failed, broken, true},
		{"cancelled", engine.ProcessAnswer{Status: engine.ProcessCancelled}, failed, broken, true},
	} {
		if state, how, over := ending(test.a); state != test.state || how != test.how || over != test.over {
			t.Errorf("%s: got %s %s %v, want %s %s %v", test.what, state, how, over, test.state, test.how, test.over)
		}
	}
}

// Whether a phone could open the page at an address.
func TestReachable(t *testing.T) {
	for address, want := range map[string]bool{
		"https://kiosk.bank:8443": true, "https://10.0.0.7:8443": true, "https://[fd00::7]:8443": true,
		"http://10.0.0.7:8080": false, "https://127.0.0.1:8443": false, "https://[::1]:8443": false, "https://localhost:8443": false, "https://0.0.0.0": false, "::": false,
	} {
		if got := reachable(address); got != want {
			t.Errorf("%s: got %v, want %v", address, got, want)
		}
	}
}

// Nobody's name is printed.
func TestNothingPersonalPrints(t *testing.T) {
	p := person{Name: "Ana", Number: "1"}
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		if got := fmt.Sprintf(format, p) + fmt.Sprintf(format, record{Person: p}) + fmt.Sprintf(format, part{[]byte("Ana")}); got != "(person)(journey)(part)" {
			t.Errorf("%s: got %s", format, got)
		}
	}
}
