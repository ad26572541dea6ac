package daemon

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rostod/rostod/engine/enginetest"
	"github.com/rostod/rostod/internal/fixture"
)

// sdk is the folder of the JavaScript SDK.
func sdk(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "sdk", "js"))
	ok(t, err)
	return path
}

// program runs a program to its end and answers what it wrote.
func program(t *testing.T, dir string, env []string, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, name, args...)
	c.Dir, c.Env = dir, append(os.Environ(), env...)
	var out, failed bytes.Buffer
	c.Stdout, c.Stderr = &out, &failed
	if err := c.Run(); err != nil {
		t.Errorf("%s: got %v\n%s%s", filepath.Base(name), err, out.Bytes(), failed.Bytes())
	}
	return out.String()
}

// TestJavaScript runs the SDK's own tests against a running daemon.
func TestJavaScript(t *testing.T) {
	node := fixture.Node(t)
	tg := start(t)
	env := environment(t, tg)
	tests, err := filepath.Glob(filepath.Join(sdk(t), "test", "*.test.mjs"))
	ok(t, err)
	for _, path := range tests {
		name := filepath.Base(path)
		t.Run(name, func(t *testing.T) {
			env := env
			if name == "seed.test.mjs" {
				env = alive(t)
			}
			out := program(t, sdk(t), env, node, "--test", "--test-reporter=tap", path)
			if !strings.Contains(out, "# fail 0") || strings.Contains(out, "# pass 0") {
				t.Errorf("got no test that passed, or some that failed:\n%s", out)
			}
		})
	}
}

// environment is what the SDK's tests and the samples read.
func environment(t *testing.T, tg *target) []string {
	t.Helper()
	r := tg.send(t, asked{path: "/api/keys", body: `{"scopes":["all"],"segment":"js","capabilities":["liveness"]}`})
	var made struct{ Key string }
	ok(t, json.Unmarshal(r.body, &made))
	return []string{"ROSTOD_URL=" + tg.url, "ROSTOD_API_KEY=" + made.Key, "ROSTOD_FACES=" + fixture.Faces(t)}
}

// alive is the rooms with made-up eyes, for the samples that need the bundles of
// a living customer: a film takes its time, and TestFlash sees to it.
func alive(t *testing.T) []string {
	t.Helper()
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	c.Enrol(t, "cus_seed", enginetest.Ana())
	env := []string{"ROSTOD_URL=" + r.URL(), "ROSTOD_API_KEY=" + c.Secret}
	for i := range 2 {
		env = append(env, fmt.Sprintf("ROSTOD_BUNDLE_%d=%s", i+1, r.Bundle(t, "bank", "cus_seed", enginetest.Ana())))
	}
	return env
}

// TestJavaScriptTypes holds the SDK's code to its declarations.
func TestJavaScriptTypes(t *testing.T) {
	program(t, sdk(t), nil, fixture.TypeScript(t), "-p", ".")
}

var fence = regexp.MustCompile("(?ms)^```([a-z ]+)\n(.*?)^```$")

// samples are the fenced pieces of docs/SDK.md, by what is behind the fence.
func samples(t *testing.T) map[string]string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "docs", "SDK.md"))
	ok(t, err)
	found := map[string]string{}
	for _, m := range fence.FindAllStringSubmatch(string(page), -1) {
		if found[m[1]] != "" {
			t.Errorf("docs/SDK.md has two samples of kind %q: one would not be run", m[1])
		}
		found[m[1]] = m[2]
	}
	return found
}

// TestSamples runs what docs/SDK.md says.
func TestSamples(t *testing.T) {
	node := fixture.Node(t)
	tg := start(t)
	env, all, dir := environment(t, tg), samples(t), t.TempDir()
	for name, from := range map[string]string{"face.jpg": "img4.jpg", "now.jpg": "img2.jpg"} {
		ok(t, os.WriteFile(filepath.Join(dir, name), photo(t, fixture.Faces(t), from), 0o600))
	}
	ok(t, os.Mkdir(filepath.Join(dir, "node_modules"), 0o700))
	ok(t, os.Symlink(sdk(t), filepath.Join(dir, "node_modules", "rostod")))
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		ok(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	root, err := filepath.Abs("..")
	ok(t, err)
	ran := map[string]func(t *testing.T, text string) string{
		"go": func(t *testing.T, text string) string {
			built := filepath.Join(dir, "sample")
			program(t, root, nil, "go", "build", "-o", built, write("main.go", text))
			return program(t, dir, env, built)
		},
		"js": func(t *testing.T, text string) string { return program(t, dir, env, node, write("start.mjs", text)) },
		"sh": func(t *testing.T, text string) string {
			fixture.JQ(t)
			return program(t, dir, env, "bash", "-euo", "pipefail", write("start.sh", text))
		},
		"js webhook": func(t *testing.T, text string) string {
			write("webhook.mjs", text)
			return program(t, dir, append(env, "WEBHOOK_SECRET=whsec_c2VjcmV0LW9mLXRoZS10ZXN0"), node, write("hook.mjs", hook))
		},
	}
	want := map[string]string{"go": "true allow\n", "js": "true allow\n", "sh": "true allow\n", "js webhook": "verification.created evt_1\n204 401\n"}
	for kind, text := range all {
		if kind == "js capture" {
			continue // TestCaptureOfSDK
		}
		run := ran[kind]
		if run == nil {
			t.Errorf("docs/SDK.md has a sample of kind %q, which nothing runs", kind)
			continue
		}
		t.Run(kind, func(t *testing.T) {
			if got := run(t, text); got != want[kind] {
				t.Errorf("got %q, want %q", got, want[kind])
			}
		})
	}
	if len(all) != len(ran)+1 {
		t.Errorf("got %d samples, want %d", len(all), len(ran)+1)
	}
}

// hook sends a signed webhook to the sample's receiver, and one that was altered.
const hook = `
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { receiver } from "./webhook.mjs";
receiver.listen(0, "127.0.0.1");
await once(receiver, "listening");
const body = '{"id":"evt_1","event":"verification.created"}', stamp = Math.floor(Date.now() / 1000);
const key = Buffer.from(process.env.WEBHOOK_SECRET.slice(6), "base64");
const signature = "v1," + createHmac("sha256", key).update("evt_1." + stamp + "." + body).digest("base64");
const send = async (text) => (await fetch("http://127.0.0.1:" + receiver.address().port, {
	method: "POST", body: text, headers: { "webhook-id": "evt_1", "webhook-timestamp": String(stamp), "webhook-signature": signature },
})).status;
console.log(await send(body), await send(body + " "));
receiver.close();
`
