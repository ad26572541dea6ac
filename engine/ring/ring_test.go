package ring_test

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
)

// open is the rooms and a client with the accounts a, b and c of one face: a is
// enrolled, the others are reproved.
func open(t *testing.T) (*enginetest.Rooms, enginetest.Client) {
	t.Helper()
	r := enginetest.Open(t)
	c := r.Client(t, "bank", enginetest.Wish{Segment: "retail", Capabilities: []engine.CapabilityName{engine.CapMultiAccounts}})
	for i, account := range []string{"a", "b", "c"} {
		want := "reproved"
		if i == 0 {
			want = "inconclusive"
		}
		process(t, c, account, enginetest.Ana(), want)
	}
	return r, c
}

func process(t *testing.T, c enginetest.Client, account string, p enginetest.Picture, want string) {
	t.Helper()
	if a := c.Create(t, account, p).Want(t, http.StatusOK, ""); a.Text("idCloud.result") != want {
		t.Errorf("%s: got %s, want %s", account, a.Body, want)
	}
}

// rings are the rings of the segment, each as its accounts with commas between.
func rings(t *testing.T, c enginetest.Client) string {
	t.Helper()
	a := c.Get(t, "/api/rings").Want(t, http.StatusOK, "")
	var list []string
	for i := range a.Len("data") {
		var accounts []string
		for j := range a.Len(fmt.Sprintf("data.%d.accounts", i)) {
			accounts = append(accounts, a.Text(fmt.Sprintf("data.%d.accounts.%d", i, j)))
		}
		list = append(list, strings.Join(accounts, ","))
	}
	slices.Sort(list) // rings of one moment are in no order
	return strings.Join(list, " ")
}

func TestOneFaceIsOneRing(t *testing.T) {
	r, c := open(t)
	if got := rings(t, c); got != "a,b,c" {
		t.Errorf("got %q, want a,b,c", got)
	}
	id := c.Get(t, "/api/rings").Text("data.0.id")
	c.Get(t, "/api/rings/"+id).Want(t, http.StatusOK, "")
	c.Get(t, "/api/rings/ring_none").Want(t, http.StatusNotFound, "ring/no-such-ring")
	c.Get(t, "/api/rings/"+id+"?segment=corporate").Want(t, http.StatusNotFound, "ring/no-such-ring")
	r.Caller(t, "bank", engine.RunProcesses).Get(t, "/api/rings").Want(t, http.StatusForbidden, "auth/missing-scope")
	if got := r.Caller(t, "shop").Get(t, "/api/rings?segment=retail"); got.Len("data") != 0 {
		t.Errorf("another org: got %s, want no ring", got.Body)
	}
}

func TestSplitAndMerge(t *testing.T) {
	_, c := open(t)
	c.Post(t, "/api/rings/split", enginetest.Body{"accounts": []string{"c"}}).Want(t, http.StatusOK, "")
	if got := rings(t, c); got != "a,b" {
		t.Errorf("after split: got %q, want a,b", got)
	}
	process(t, c, "d", enginetest.Budi(), "inconclusive")
	c.Post(t, "/api/rings/merge", enginetest.Body{"accounts": []string{"c", "d"}}).Want(t, http.StatusOK, "")
	if got := rings(t, c); got != "a,b c,d" {
		t.Errorf("after a merge: got %q, want a,b and c,d", got)
	}
	c.Post(t, "/api/rings/merge", enginetest.Body{"accounts": []string{"a", "d"}}).Want(t, http.StatusOK, "")
	if got := rings(t, c); got != "a,b,c,d" {
		t.Errorf("after merging rings: got %q, want one", got)
	}
	c.Post(t, "/api/rings/split", enginetest.Body{"accounts": []string{"a", "b"}}).Want(t, http.StatusOK, "")
	if got := rings(t, c); got != "a,b c,d" {
		t.Errorf("after splitting two off: got %q, want c,d and a,b", got)
	}
	c.Post(t, "/api/rings/split", enginetest.Body{"accounts": []string{"a"}}).Want(t, http.StatusOK, "")
	if got := rings(t, c); got != "c,d" {
		t.Errorf("one alone is no ring: got %q, want c,d", got)
	}
	c.Post(t, "/api/rings/merge", enginetest.Body{"accounts": []string{"a", "nobody"}}).Want(t, http.StatusNotFound, "ring/no-such-account")
}

// What people said sticks: no later process brings the two together again.
func TestNotTheSamePersonSticks(t *testing.T) {
	_, c := open(t)
	c.Post(t, "/api/rings/apart", enginetest.Body{"account": "b", "from": "a"}).Want(t, http.StatusOK, "")
	if got := rings(t, c); got != "a,c" {
		t.Errorf("got %q, want a,c", got)
	}
	process(t, c, "b", enginetest.Ana(), "inconclusive") // and now b has a face too
	process(t, c, "a", enginetest.Ana(), "inconclusive")
	if got := rings(t, c); got != "a,c" {
		t.Errorf("after more processes: got %q, want a,c", got)
	}
	process(t, c, "c", enginetest.Ana(), "reproved") // like a and like b: it stays with a
	if got := rings(t, c); got != "a,c" {
		t.Errorf("after one that is like both: got %q, want a,c", got)
	}
	c.Post(t, "/api/rings/merge", enginetest.Body{"accounts": []string{"a", "b"}}).Want(t, http.StatusConflict, "ring/apart")
	c.Post(t, "/api/rings/merge", enginetest.Body{"accounts": []string{"c", "b"}}).Want(t, http.StatusConflict, "ring/apart")
	c.Post(t, "/api/rings/apart", enginetest.Body{"account": "a", "from": "b", "withdraw": true}).Want(t, http.StatusOK, "")
	c.Post(t, "/api/rings/merge", enginetest.Body{"accounts": []string{"a", "b"}}).Want(t, http.StatusOK, "")
	if got := rings(t, c); got != "a,b,c" {
		t.Errorf("after it was withdrawn: got %q, want a,b,c", got)
	}
}

func TestJournalHasNoAccounts(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Client(t, "bank", enginetest.Wish{Capabilities: []engine.CapabilityName{engine.CapMultiAccounts}})
	process(t, c, "MARKER-1", enginetest.Ana(), "inconclusive")
	process(t, c, "MARKER-2", enginetest.Ana(), "reproved")
	c.Post(t, "/api/rings/apart", enginetest.Body{"account": "MARKER-1", "from": "MARKER-2"}).Want(t, http.StatusOK, "")
	c.Post(t, "/api/rings/split", enginetest.Body{"accounts": []string{"MARKER-1"}}).Want(t, http.StatusOK, "")
	for _, leaf := range r.Leaves(t, 0) {
		if bytes.Contains(leaf.Raw, []byte("MARKER")) {
			t.Errorf("the journal entry %s has an account", leaf.Raw)
		}
	}
}
