package console

import (
	"context"
	"embed"
	"io"
	"net/http"
	"path"

	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/web"
)

//go:embed dist
var dist embed.FS

var errNoFile = &fault.Fault{
	Kind: fault.NotFound, Code: "console/no-file",
	Title: "There is no such file.",
	Hint:  "The console is at /console.",
}

type file struct {
	Name string `path:"name" doc:"The file." maxLength:"64"`
}

// Routes mounts the page and its files. They hold nothing of this machine, and
// need no key: what they show, they ask for with one.
func Routes(r *web.Router) {
	web.HandleStream(r, web.Operation{
		Method: http.MethodGet, Path: "/console", ID: "console", Tag: "Daemon", Public: true, Produces: []string{"text/html"},
		Summary: "The console: a page for whoever looks after the daemon.",
		About:   "It signs in with an API key, whose scopes decide what it shows.",
	}, func(context.Context, web.None) (*web.Stream, error) { return served("console.html") })
	web.HandleStream(r, web.Operation{
		Method: http.MethodGet, Path: "/console/{name}", ID: "consoleFile", Tag: "Daemon", Public: true,
		Summary: "A file of the console.", Faults: []*fault.Fault{errNoFile},
	}, func(_ context.Context, f file) (*web.Stream, error) { return served(f.Name) })
}

// kinds are the types of the files, whatever the machine has in its own list.
func kinds() map[string]string {
	return map[string]string{
		".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml",
	}
}

// policy lets the page load its own files, ask this daemon, show a picture
// that it was given, and nothing else; nobody may frame it. Trusted Types
// leave no way from text to markup.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' blob:; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

func served(name string) (*web.Stream, error) {
	body, err := dist.ReadFile("dist/" + path.Base(name))
	if err != nil {
		return nil, errNoFile
	}
	return &web.Stream{
		ContentType: kinds()[path.Ext(name)],
		Header: map[string]string{
			"Content-Security-Policy":    policy,
			"Permissions-Policy":         "camera=(), microphone=(), geolocation=(), display-capture=(), payment=(), usb=()",
			"Cross-Origin-Opener-Policy": "same-origin",
			"X-Frame-Options":            "DENY",
			"Cache-Control":              "no-cache",
		},
		Write: func(_ context.Context, w io.Writer) error { _, err := w.Write(body); return err },
	}, nil
}
