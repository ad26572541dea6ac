package daemon

import (
	"bytes"
	"os"
	"testing"
)

// The committed document is the one that the types give: make openapi.
func TestOpenAPIEqualsTheCode(t *testing.T) {
	got, err := OpenAPI(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("../docs/api/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(bytes.TrimSpace(got), bytes.TrimSpace(want)) {
		t.Error("docs/api/openapi.json is not what the types give; run: make openapi")
	}
}
