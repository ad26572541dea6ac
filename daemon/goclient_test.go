package daemon

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/rostod/rostod/client"
	"github.com/rostod/rostod/internal/fixture"
	"github.com/rostod/rostod/internal/transparency"
)

// TestGoClient goes through a running daemon with the Go client: a customer from
// the first entry to the receipt of a step-up.
func TestGoClient(t *testing.T) {
	tg := start(t)
	c := clientOf(t, tg, "all")
	t.Run("customer", func(t *testing.T) { customerByClient(t, c) })
	t.Run("face", func(t *testing.T) { faceByClient(t, tg, c) })
	t.Run("money", func(t *testing.T) { moneyByClient(t, c) })
	t.Run("operator", func(t *testing.T) { operatorByClient(t, tg, c) })
}

func clientOf(t *testing.T, tg *target, key string) *client.Client {
	t.Helper()
	c, err := client.New(tg.url, tg.keys[key])
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// ok fails the test at once when there is an error.
func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("got %v, want none", err)
	}
}

func customerByClient(t *testing.T, c *client.Client) {
	ctx := t.Context()
	made, err := c.CreateCustomer(ctx, client.CustomerRequest{CustomerID: "go/ana", FullName: marker, DateOfBirth: "1990-01-31"})
	ok(t, err)
	if made.ID != "go/ana" || made.KYCLevel != "none" || made.Version != 1 {
		t.Errorf("got %+v, want the customer as it was entered", made)
	}
	_, err = c.CreateCustomer(ctx, client.CustomerRequest{CustomerID: "go/ana", FullName: "x"})
	if client.CodeOf(err) != client.CodeCustomerTaken {
		t.Errorf("again: got %v, want %s", err, client.CodeCustomerTaken)
	}
	_, err = c.CreateCustomer(ctx, client.CustomerRequest{})
	var e *client.Error
	if !errors.As(err, &e) || e.Code != client.CodeInvalid || len(e.Fields["fullName"]) != 1 || e.TraceID == "" || e.Hint == "" {
		t.Errorf("without a name: got %+v, want the field, the trace and a hint", e)
	}
	named := client.WithIdempotencyKey(ctx, "one")
	first, err := c.CreateCustomer(named, client.CustomerRequest{FullName: "Budi"})
	ok(t, err)
	again, err := c.CreateCustomer(named, client.CustomerRequest{FullName: "Budi"})
	ok(t, err)
	if first.ID != again.ID || !strings.HasPrefix(first.ID, "cus_") {
		t.Errorf("under one Idempotency-Key: got %s and %s, want one customer", first.ID, again.ID)
	}
	name := "Budi Lima"
	changed, err := c.UpdateCustomer(ctx, first.ID, client.CustomerChange{Version: &first.Version, FullName: &name, Status: "closed", Reason: "moved"})
	ok(t, err)
	if changed.FullName != name || changed.Status != "closed" || changed.Version != 2 {
		t.Errorf("got %+v, want it changed", changed)
	}
	if _, err = c.UpdateCustomer(ctx, first.ID, client.CustomerChange{Status: "active"}); client.CodeOf(err) != client.CodeClosed {
		t.Errorf("opened again: got %v, want %s", err, client.CodeClosed)
	}
	list, err := c.Customers(ctx, 1, "")
	ok(t, err)
	rest, err := c.Customers(ctx, 10, list.Next)
	ok(t, err)
	if len(list.Data) != 1 || len(rest.Data) != 1 || rest.Next != "" || list.Data[0].ID == rest.Data[0].ID {
		t.Errorf("got %d and %d customers, want both, one a page", len(list.Data), len(rest.Data))
	}
}

func faceByClient(t *testing.T, tg *target, c *client.Client) {
	ctx := t.Context()
	challenge, err := c.Challenge(ctx, client.ChallengeRequest{CustomerID: "go/ana", Locale: "id", NoOtherWay: true})
	ok(t, err)
	state, err := c.ChallengeState(ctx, challenge.ID)
	ok(t, err)
	if challenge.CaptureURL == "" || challenge.CaptureToken == "" || state.State != "created" || state.CaptureToken != "" {
		t.Errorf("got %+v, then %+v, want a challenge whose token is told once", challenge, state)
	}
	enrolled, err := c.Enrol(ctx, client.EnrolRequest{CustomerID: "go/ana", Image: photo(t, fixture.Faces(t), "img4.jpg")})
	ok(t, err)
	if enrolled.Source != "onboarding_selfie" || !strings.HasPrefix(enrolled.ID, "fe_") {
		t.Errorf("got %+v, want an enrolment", enrolled)
	}
	matched, err := c.Match(ctx, client.MatchRequest{CustomerID: "go/ana", Image: photo(t, fixture.Faces(t), "img2.jpg")})
	ok(t, err)
	if matched.Match == nil || matched.Match.Verdict != "match" || matched.Match.Similarity == nil || *matched.Match.Similarity < *matched.Match.Threshold {
		t.Errorf("got %+v, want a match", matched)
	}
	ask := client.StepUpRequest{CustomerID: "go/ana", RiskLevel: client.RiskMedium, Trigger: "transfer", ActionLabel: "Transfer", Image: photo(t, fixture.Faces(t), "img2.jpg")}
	s, err := c.StepUp(ctx, ask)
	ok(t, err)
	if !s.Allow || s.Verification == nil || s.Audit.Trigger != "transfer" {
		t.Fatalf("got %+v, want it allowed", s)
	}
	fresh, err := c.CheckFreshness(ctx, client.FreshnessRequest{VerificationID: s.Verification.ID, MaxAgeMinutes: 60})
	ok(t, err)
	higher, err := c.CheckFreshness(ctx, client.FreshnessRequest{VerificationID: s.Verification.ID, RiskLevel: client.RiskHigh})
	ok(t, err)
	if !fresh.Fresh || higher.Fresh || higher.Reason != "made_for_lower_risk" {
		t.Errorf("got %+v and %+v, want it fresh, and not for more", fresh, higher)
	}
	v, err := c.Verification(ctx, s.Verification.ID)
	ok(t, err)
	if v.CustomerID != "go/ana" || v.Method != "face_match" || v.Status != "verified" {
		t.Errorf("got %+v, want the verification", v)
	}
	known, err := c.EnterCheck(ctx, "go/ana", client.Check{Method: "document_seen", Status: "verified"})
	ok(t, err)
	wanted, err := c.KYC(ctx, "go/ana", "premium")
	ok(t, err)
	if known.Customer.KYCLevel != "standard" || !known.Eligible || wanted.Eligible || wanted.Customer.KYCExpiresAt == nil || len(wanted.Verifications) < 3 {
		t.Errorf("got %+v and %+v, want standard, eligible, and not for premium", known, wanted)
	}
	rows, err := c.Attempts(ctx, client.AttemptsQuery{CustomerID: "go/ana", Trigger: "transfer", Limit: 1})
	ok(t, err)
	if len(rows.Data) != 1 || rows.Data[0].ID != s.Audit.AttemptID || rows.Data[0].VerificationID != v.ID {
		t.Fatalf("got %+v, want the step-up's row", rows)
	}
	receipt, err := c.Receipt(ctx, rows.Data[0].Journal)
	ok(t, err)
	_, opened, err := transparency.OpenReceipt(receipt, auditKey(t, tg))
	ok(t, err)
	if opened["customer"] != "go/ana" {
		t.Errorf("got a receipt of %q, want the customer's", opened["customer"])
	}
	stranger := photo(t, fixture.Faces(t), "img3.jpg")
	for range 2 {
		s, err = c.StepUp(ctx, client.StepUpRequest{CustomerID: "go/ana", Image: stranger})
		ok(t, err)
		if s.Allow {
			t.Error("a stranger: got it allowed")
		}
	}
	_, err = c.StepUp(ctx, ask)
	var e *client.Error
	if !errors.As(err, &e) || e.Code != client.CodeLocked || e.RetryAfter <= 0 {
		t.Errorf("after two failures: got %v, want it locked for a while", err)
	}
	if _, err = c.CheckLiveness(ctx, "go/ana", "not a bundle"); client.CodeOf(err) == "" {
		t.Errorf("a made-up bundle: got %v, want it refused", err)
	}
	_, err = clientOf(t, tg, "examiner").StepUp(ctx, ask)
	if client.CodeOf(err) != client.CodeMissingScope {
		t.Errorf("with an examiner's key: got %v, want %s", err, client.CodeMissingScope)
	}
}

func moneyByClient(t *testing.T, c *client.Client) {
	ctx := t.Context()
	token, holds, err := c.DeviceSession(ctx, client.Device{DeviceID: "phone", Platform: "android"}, client.RiskSignals{Emulator: true, Rooted: true})
	ok(t, err)
	q := client.Transaction{
		CustomerID: "go/budi", Lane: "transaction", ExternalID: "t1", SessionToken: token, Amount: 5_000_000, Currency: "IDR",
		Data: client.TransactionData{Channel: "transfer", BeneficiaryAccount: "123"},
	}
	e, err := c.Evaluate(ctx, q)
	ok(t, err)
	again, err := c.Evaluate(ctx, q)
	ok(t, err)
	if holds.Minutes() != 30 || e.Decision != "review" || e.StepUpRiskLevel != client.RiskHigh || len(e.AppliedRules) != 2 || again.SessionID != e.SessionID {
		t.Errorf("got %+v, then %+v, want one review with two rules", e, again)
	}
	q.Amount++
	if _, err = c.Evaluate(ctx, q); client.CodeOf(err) != client.CodeOther {
		t.Errorf("another amount: got %v, want %s", err, client.CodeOther)
	}
}

func operatorByClient(t *testing.T, tg *target, c *client.Client) {
	ctx := t.Context()
	r := tg.send(t, asked{path: "/api/keys", body: `{"scopes":["all"],"segment":"go","capabilities":["multi-accounts"]}`})
	_, rest, _ := bytes.Cut(r.body, []byte(`"key":"`))
	secret, _, found := bytes.Cut(rest, []byte(`"`))
	if !found {
		t.Fatalf("got %s, want a key", r.body)
	}
	p, err := client.New(tg.url, string(secret))
	ok(t, err)
	processed(t, p, "a", "img4.jpg", "inconclusive")
	id := processed(t, p, "b", "img2.jpg", "reproved")
	read, err := p.Process(ctx, id)
	ok(t, err)
	if read.ID != id || read.IDCloud == nil || read.IDCloud.Result != "reproved" {
		t.Errorf("got %+v, want the process again", read)
	}
	if _, err = p.CreateProcess(ctx, client.ProcessRequest{}); client.CodeOf(err) == "" {
		t.Errorf("an empty process: got %v, want a code", err)
	}
	rings, err := c.Rings(ctx, "go")
	ok(t, err)
	if len(rings) != 1 || len(rings[0].Accounts) != 2 {
		t.Fatalf("got %+v, want one ring of two", rings)
	}
	_, err = c.SplitRing(ctx, "go", "b")
	ok(t, err)
	merged, err := c.MergeRings(ctx, "go", "a", "b")
	ok(t, err)
	if len(merged.Accounts) != 2 {
		t.Errorf("got %+v, want the ring again", merged)
	}
	list, err := c.Imports(ctx)
	ok(t, err)
	_, err = c.StartImport(ctx, client.ImportRequest{Source: "x.zip"})
	if len(list) != 0 || client.CodeOf(err) == "" {
		t.Errorf("got %d imports and %v, want none and a refusal: no folder is configured", len(list), err)
	}
	if _, err = c.Import(ctx, "imp_none"); client.CodeOf(err) != "importer/no-such-import" {
		t.Errorf("no such import: got %v", err)
	}
	if _, err = c.CancelImport(ctx, "imp_none"); client.CodeOf(err) != "importer/no-such-import" {
		t.Errorf("no such import to cancel: got %v", err)
	}
}

// processed creates a process and answers its id.
func processed(t *testing.T, c *client.Client, account, picture, want string) string {
	t.Helper()
	p, err := c.CreateProcess(t.Context(), client.ProcessRequest{
		Subject: client.Person{Code: "52998224725", Name: marker, ClientReference: account}, Image: base64.StdEncoding.EncodeToString(photo(t, fixture.Faces(t), picture)),
	})
	ok(t, err)
	if p.Status != 3 || p.IDCloud == nil || p.IDCloud.Result != want {
		t.Errorf("%s: got %+v, want %s", account, p, want)
	}
	return p.ID
}

// auditKey is the key that the daemon's journal is signed by.
func auditKey(t *testing.T, tg *target) string {
	t.Helper()
	var said struct{ Keys []struct{ Key string } }
	if err := json.Unmarshal(tg.send(t, asked{path: "/api/audit/keys"}).body, &said); err != nil || len(said.Keys) == 0 {
		t.Fatalf("got %v, want the journal's keys", err)
	}
	return said.Keys[len(said.Keys)-1].Key
}
