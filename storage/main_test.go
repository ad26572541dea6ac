package storage

import (
	"os"
	"testing"
)

// The test binary runs itself again as the process that is killed.
func TestMain(m *testing.M) {
	if point := os.Getenv("ROSTOD_TEST_DIE_AT"); point != "" {
		os.Exit(dieAt(point, os.Getenv("ROSTOD_TEST_DIR")))
	}
	os.Exit(m.Run())
}
