// Command pin prints what models/manifest.json pins of ONNX Runtime's library
// for this platform, on one line: package, version, path inside the package,
// SHA-256. The scripts read it, since a fresh machine has no tool for JSON.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
)

type manifest struct {
	Runtime struct {
		Version, Package string
		Builds           []struct{ OS, Arch, Path, SHA256 string }
	}
}

func main() {
	if err := pin("models/manifest.json"); err != nil {
		fmt.Fprintln(os.Stderr, "pin:", err)
		os.Exit(1)
	}
}

func pin(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var m manifest
	if err := json.Unmarshal(text, &m); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	for _, b := range m.Runtime.Builds {
		if b.OS == runtime.GOOS && b.Arch == runtime.GOARCH {
			fmt.Println(m.Runtime.Package, m.Runtime.Version, b.Path, b.SHA256)
			return nil
		}
	}
	return fmt.Errorf("%s has no ONNX Runtime for %s/%s", path, runtime.GOOS, runtime.GOARCH)
}
