package storagetest_test

import (
	"os"
	"testing"
)

// The test binary runs itself again as the process that is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv("ROSTOD_TEST_VICTIM"); dir != "" {
		os.Exit(victim(dir))
	}
	os.Exit(m.Run())
}
