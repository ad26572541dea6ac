package onnx

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	ort "github.com/yalue/onnxruntime_go"

	"github.com/rostod/rostod/internal/fault"
)

// ErrNoLibrary says that ONNX Runtime's shared library was not found or could
// not be loaded.
var ErrNoLibrary = &fault.Fault{
	Kind:  fault.Unavailable,
	Code:  "models/no-library",
	Title: "ONNX Runtime's library is missing or cannot be loaded.",
	Hint:  "Run: rostod models fetch. It puts " + LibraryFile + " into the models folder. Without a network, run rostod models bundle on another machine and carry the folder here.",
}

// LibraryFile is the name under which the library is looked for in a folder.
const LibraryFile = "libonnxruntime.so.1"

// environment is ONNX Runtime's only one in this process: onnxruntime_go keeps
// it in variables of its own. It counts the Runtimes that use it.
var environment struct {
	sync.Mutex
	library string
	users   int
}

// Runtime is ONNX Runtime, loaded.
type Runtime struct {
	// AsIs loads the files without the rewriting that makes them fast. It is
	// for measuring what that brings.
	AsIs bool
	// Observe is told of each run of a Session that is made afterwards, by the
	// session's name and from many goroutines; nil tells nobody.
	Observe func(name string, took time.Duration)

	mu     sync.Mutex
	closed bool
}

// Open loads the library at a path, or joins the one that is loaded. Close the
// Runtime after every Session made with it.
func Open(library string) (*Runtime, error) {
	library, err := filepath.Abs(library)
	if err != nil {
		return nil, fmt.Errorf("find ONNX Runtime: %w", err)
	}
	environment.Lock()
	defer environment.Unlock()
	if environment.users > 0 {
		if environment.library != library {
			return nil, fmt.Errorf("open %s: %s is loaded already, and a process holds one", library, environment.library)
		}
		environment.users++
		return &Runtime{}, nil
	}
	if _, err := os.Stat(library); err != nil {
		return nil, fault.Because(ErrNoLibrary, err)
	}
	ort.SetSharedLibraryPath(library)
	if err := ort.InitializeEnvironment(ort.WithLogLevelError()); err != nil {
		return nil, fault.Because(ErrNoLibrary, err)
	}
	// The kiosk talks to nobody that it was not told to talk to.
	if err := ort.DisableTelemetry(); err != nil {
		return nil, errors.Join(fmt.Errorf("switch ONNX Runtime's telemetry off: %w", err), ort.DestroyEnvironment())
	}
	environment.library, environment.users = library, 1
	return &Runtime{}, nil
}

// Close leaves the library; the last one out unloads it. A second Close does
// nothing.
func (r *Runtime) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil
	}
	r.closed = true
	environment.Lock()
	defer environment.Unlock()
	environment.users--
	if environment.users > 0 {
		return nil
	}
	if err := ort.DestroyEnvironment(); err != nil {
		return fmt.Errorf("unload ONNX Runtime: %w", err)
	}
	return nil
}

// Version is the loaded library's version.
func (r *Runtime) Version() string { return ort.GetVersion() }

// Places is where the library is looked for when nothing is configured: the
// folder of the program, then these.
func Places(dirs ...string) []string {
	program, err := os.Executable()
	if err != nil {
		return dirs
	}
	return append([]string{filepath.Dir(program)}, dirs...)
}

// Find returns the first place that holds the library. A place is a file, or a
// folder in which LibraryFile is looked for; empty places are passed over.
func Find(places ...string) (string, error) {
	var tried []error
	for _, p := range places {
		if p == "" {
			continue
		}
		info, err := os.Stat(p)
		if err == nil && info.IsDir() {
			p = filepath.Join(p, LibraryFile)
			info, err = os.Stat(p)
		}
		if err == nil && info.Mode().IsRegular() {
			return p, nil
		}
		if err == nil {
			err = fmt.Errorf("%s is not a file", p)
		}
		tried = append(tried, err)
	}
	return "", fault.Because(ErrNoLibrary, errors.Join(tried...))
}
