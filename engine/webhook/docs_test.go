package webhook

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rostod/rostod/internal/fixture"
)

// The page for receivers has the code that is tested, and no other.
func TestThePageHasTheCode(t *testing.T) {
	page := read(t, "../../docs/WEBHOOKS.md")
	if js := read(t, "testdata/verify.mjs"); !strings.Contains(page, js) {
		t.Error("docs/WEBHOOKS.md does not have testdata/verify.mjs")
	}
	example := read(t, "example_test.go")
	from := strings.Index(example, "// verify says whether")
	to := strings.Index(example, "// A receiver checks")
	if from < 0 || to < from || !strings.Contains(page, strings.TrimSpace(example[from:to])) {
		t.Error("docs/WEBHOOKS.md does not have verify of example_test.go")
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// What rostod sends, a receiver in JavaScript takes for good; what was altered,
// replayed or signed by another it does not.
func TestVerifyInJavaScript(t *testing.T) {
	node := fixture.Node(t)
	r := listen(t, nil)
	h := open(t, t.TempDir(), nil, r)
	_, word := h.tells(r, nil)
	h.does("ana")
	m := r.await(t, "a message", atLeast(1))[0]
	headers := map[string]string{}
	for name := range m.header {
		headers[strings.ToLower(name)] = m.header.Get(name)
	}
	module, err := filepath.Abs("testdata/verify.mjs")
	if err != nil {
		t.Fatal(err)
	}
	const program = `
const { verify } = await import(process.argv[1]);
let text = ""; for await (const piece of process.stdin) text += piece;
const { word, headers, body, now } = JSON.parse(text);
const bytes = Buffer.from(body, "base64");
console.log(JSON.stringify([
  verify(word, headers, bytes, now),
  verify(word, headers, Buffer.concat([bytes, Buffer.from(" ")]), now),
  verify(word, headers, bytes, now + 301000),
  verify(word, { ...headers, "webhook-timestamp": String(Number(headers["webhook-timestamp"]) + 1) }, bytes, now),
  verify("whsec_" + Buffer.alloc(32).toString("base64"), headers, bytes, now),
  verify(word, {}, bytes, now),
]));`
	in, err := json.Marshal(map[string]any{"word": word, "headers": headers, "body": m.body, "now": time.Now().UnixMilli()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	run := exec.CommandContext(ctx, node, "--input-type=module", "-e", program, module)
	run.Stdin = bytes.NewReader(in)
	out, err := run.CombinedOutput()
	if got, want := strings.TrimSpace(string(out)), "[true,false,false,false,false,false]"; err != nil || got != want {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
}
