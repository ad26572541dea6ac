package daemon

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/rostod/rostod/internal/fixture"
)

// TestProcessesOfRealFaces asks a daemon with the real models about the same
// person under two references, and about another.
func TestProcessesOfRealFaces(t *testing.T) {
	faces := fixture.Faces(t)
	tg := start(t)
	r := tg.send(t, asked{path: "/api/keys", body: `{"scopes":["all"],"segment":"retail","capabilities":["multi-accounts"]}`})
	var made struct{ Key string }
	if err := json.Unmarshal(r.body, &made); err != nil || r.status != http.StatusCreated {
		t.Fatalf("make a key: got %d %s, want 201", r.status, r.body)
	}
	for _, test := range []struct{ reference, picture, want string }{
		{"acc-1", "img4.jpg", "inconclusive"}, {"acc-1", "img2.jpg", "inconclusive"}, {"acc-2", "img2.jpg", "reproved"}, {"acc-3", "img3.jpg", "inconclusive"},
	} {
		picture, err := os.ReadFile(filepath.Join(faces, test.picture))
		if err != nil {
			t.Fatal(err)
		}
		body, err := json.Marshal(map[string]any{
			"subject":     map[string]string{"code": "52998224725", "name": marker, "clientReference": test.reference},
			"imagebase64": base64.StdEncoding.EncodeToString(picture),
		})
		if err != nil {
			t.Fatal(err)
		}
		r := tg.send(t, asked{path: "/processes/v1", body: string(body), header: map[string]string{"APIKEY": made.Key}})
		var said struct {
			Status  int
			IDCloud struct{ Result string }
		}
		if err := json.Unmarshal(r.body, &said); err != nil || said.Status != 3 || said.IDCloud.Result != test.want {
			t.Errorf("%s with %s: got %d %s, want %s", test.reference, test.picture, r.status, r.body, test.want)
		}
	}
}
