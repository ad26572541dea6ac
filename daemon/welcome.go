package daemon

import (
	"context"
	"fmt"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/access"
)

// welcome tells a person what to open and what to type, and gives the first
// API key of an installation, once.
func (d *Daemon) welcome(ctx context.Context) error {
	if d.Welcome == nil {
		return nil
	}
	key := "$KEY"
	some, err := d.access.Any(ctx)
	if err != nil {
		return err
	}
	if !some {
		by := engine.AtTheMachine(engine.OrgID(d.Config.Org))
		_, secret, err := d.access.Create(ctx, by, access.Wish{Scopes: engine.Scopes(), Label: "first key"})
		if err != nil {
			return fmt.Errorf("make the first API key: %w", err)
		}
		key = secret
	}
	_, err = fmt.Fprint(d.Welcome, d.greeting(key, !some))
	return err
}

func (d *Daemon) greeting(key string, first bool) string {
	text := fmt.Sprintf("\nrostod %s answers at %s\n", d.Version, d.address)
	if first {
		text += fmt.Sprintf("\nYour first API key, shown this once (it may do everything; keep it safe):\n\n  KEY=%s\n", key)
	} else {
		text += "\nUse the API key you have, as KEY; another one:  bin/rostod keys create --scopes all\n"
	}
	trust := ""
	if c := d.certificate; c != nil && c.AuthorityFile != "" {
		trust = " --cacert " + c.AuthorityFile
		text += fmt.Sprintf("\nIts certificate is signed by an authority of its own: %s\nSHA-256 fingerprint of the authority: %s\n", c.AuthorityFile, c.Fingerprint())
	}
	post := func(path, photo, members string) string {
		return fmt.Sprintf(`  printf '{"customerId":"cus_1",%s"image":"%%s"}' "$(base64 -w0 %s)" | curl -sS -w '\n'%s %s%s -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' -d @-`+"\n\n",
			members, photo, trust, d.address, path)
	}
	text += "\nIn another terminal, with two photos of one person (me.jpg, me-again.jpg) and one of\nanother (other.jpg), PNG, JPEG or WebP of at least 640x480 and at most 800 KB, set KEY as above and:\n\n"
	text += post("/api/identity/face/enroll", "me.jpg", "")
	text += post("/api/identity/auth/step-up", "me-again.jpg", `"riskLevel":"medium",`)
	text += post("/api/identity/auth/step-up", "other.jpg", `"riskLevel":"medium",`)
	text += "The second allows, the third does not. At riskLevel high a picture is not enough: that takes a camera.\n" +
		"Ask for a flash challenge, open its captureUrl in a browser on this machine, follow it, and read what was found:\n\n"
	text += fmt.Sprintf(`  curl -sS -w '\n'%s %s/api/identity/face/flash-challenge -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' -d '{"customerId":"cus_1"}'`+"\n\n", trust, d.address)
	text += fmt.Sprintf(`  curl -sS -w '\n'%s %s/api/identity/face/flash-challenge/fc_... -H "Authorization: Bearer $KEY"`+"\n\n", trust, d.address)
	return text + "The API: " + d.address + "/openapi.json   The console: " + d.address + "/console   State: bin/rostod status\n\n"
}
