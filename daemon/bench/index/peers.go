package index

import (
	"bufio"
	"bytes"
	"context"
	"embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// peerSources are small C++ programs: the same two scans and nothing else, and
// users of hnswlib and faiss. They are compiled where g++ and the libraries'
// headers are, and run beside; nothing of them is linked.
//
//go:embed peers
var peerSources embed.FS

// graphRows is up to how many rows a graph is built: it takes minutes beyond.
const graphRows = 100_000

// Peer is what was measured of another program on the same vectors.
type Peer struct {
	Name      string  `json:"name"`
	PerSecond float64 `json:"perSecond"` // of one processor's time
	TPIR      float64 `json:"tpir"`
	Build     float64 `json:"buildSeconds"` // processor time
}

// peers are the programs for one gallery.
type peers struct {
	dir     string // of the vectors and the programs
	missing []string
	// Programs at work, nil when they could not be built or are not wanted.
	flat      *scanner
	prototype *scanner
}

// newPeers compiles what can be compiled. What cannot be is named as missing. The
// prototype is a folder of its sources; empty: none.
func newPeers(ctx context.Context, dir string, dims int, prototype string) *peers {
	p := &peers{dir: dir}
	if gpp, _ := exec.LookPath("g++"); gpp == "" {
		p.missing = []string{"g++ is not here: measured without peers"}
		return p
	}
	length := fmt.Sprintf("-DDIMS=%d", dims)
	programs := [][]string{{"flat", length}, {"hnsw", "-pthread"}, {"faiss", "-fopenmp", "-lfaiss", "-lopenblas"}}
	if prototype != "" { // whose main ends without a return, as only one that is called main may
		programs = append(programs, []string{"prototype", length, "-pthread", "-w", "-I" + prototype, "-fsanitize=return", "-fsanitize-undefined-trap-on-error"})
	}
	for _, program := range programs {
		if err := p.compile(ctx, program[0], program[1:]); err != nil {
			p.missing = append(p.missing, err.Error())
		}
	}
	return p
}

func (p *peers) path(name string) string { return filepath.Join(p.dir, name) }

func (p *peers) has(name string) bool {
	if p.dir == "" {
		return false // there are no peers, whatever lies in the working folder
	}
	_, err := os.Stat(p.path(name))
	return err == nil
}

func (p *peers) compile(ctx context.Context, name string, options []string) error {
	for _, file := range []string{"common.h", name + ".cpp"} {
		text, err := peerSources.ReadFile("peers/" + file)
		if err == nil {
			err = os.WriteFile(p.path(file), text, 0o600)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	args := append([]string{"-std=c++17", "-O3", "-march=native", "-o", p.path(name), p.path(name + ".cpp")}, options...)
	said, err := exec.CommandContext(ctx, "g++", args...).CombinedOutput() //nolint:gosec // our own sources, in a folder of our own
	if err == nil {
		return nil
	}
	for line := range strings.Lines(string(said)) {
		if _, what, found := strings.Cut(line, "error: "); found {
			return fmt.Errorf("%s was not measured: %s", name, strings.TrimSpace(what))
		}
	}
	return fmt.Errorf("%s was not measured: g++: %w", name, err)
}

// write writes the vectors for the programs.
func (p *peers) write(gallery matrix, all probes) error {
	var mates bytes.Buffer
	for _, m := range all.mates {
		fmt.Fprintln(&mates, m)
	}
	return errors.Join(
		writeVectors(p.path("base.fvecs"), gallery), writeVectors(p.path("mated.fvecs"), all.mated),
		writeVectors(p.path("strange.fvecs"), all.strange), p.writeTurns(gallery.rows(), all), os.WriteFile(p.path("mates.txt"), mates.Bytes(), 0o600))
}

// writeTurns writes the probes as the prototype's generator does: mated and strange
// ones in turn. Whose they are it is not asked, and what it would set a
// threshold by it is not asked either.
func (p *peers) writeTurns(rows int, all probes) error {
	turns := matrix{dims: all.mated.dims}
	for i := range min(500, all.mated.rows(), all.strange.rows()) {
		turns.all = append(append(turns.all, all.mated.row(i)...), all.strange.row(i)...)
	}
	var errs []error
	for _, set := range []string{"q", "cal"} {
		name := p.path(fmt.Sprintf("%s_%d", set, rows))
		errs = append(errs, writeVectors(name+".fvecs", turns), writeVectors(name+".label.ivecs", matrix{1, make([]float32, turns.rows())}))
	}
	return errors.Join(errs...)
}

// writeVectors writes rows as fvecs: each an int32 length and its float32.
func writeVectors(path string, m matrix) error {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("write vectors: %w", err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	row := make([]byte, 4+4*m.dims)
	binary.LittleEndian.PutUint32(row, uint32(m.dims))
	for i := range m.rows() {
		for j, x := range m.row(i) {
			binary.LittleEndian.PutUint32(row[4+4*j:], math.Float32bits(x))
		}
		if _, err := w.Write(row); err != nil {
			return errors.Join(fmt.Errorf("write vectors: %w", err), f.Close())
		}
	}
	if err := errors.Join(w.Flush(), f.Close()); err != nil {
		return fmt.Errorf("write vectors: %w", err)
	}
	return nil
}

// scanner is a program at work. It is asked in turns with the index.
type scanner struct {
	command *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
}

// start starts the programs that are asked in turns: a gallery of so many rows,
// and the threshold that the prototype wants once.
func (p *peers) start(ctx context.Context, rows int, threshold float64) error {
	var errs [2]error
	p.flat, errs[0] = p.scanner(ctx, "flat", p.dir)
	p.prototype, errs[1] = p.scanner(ctx, "prototype", p.dir, fmt.Sprint(rows), fmt.Sprint(threshold))
	return errors.Join(errs[:]...)
}

// scanner starts a program; nil when it could not be built.
func (p *peers) scanner(ctx context.Context, name string, args ...string) (*scanner, error) {
	if !p.has(name) {
		return nil, nil //nolint:nilnil // no peer is no error: it is named as missing
	}
	c := exec.CommandContext(ctx, p.path(name), args...) //nolint:gosec // our own program
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	if err := c.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	s := &scanner{c, in, bufio.NewReader(out)}
	for line := ""; line != "ready\n"; {
		if line, err = s.out.ReadString('\n'); err != nil {
			return nil, errors.Join(fmt.Errorf("start %s: it is not ready: %w", name, err), s.close())
		}
	}
	return s, nil
}

// ask is the peer's answer to a command; 0 without a peer.
func (s *scanner) ask(what string, seconds, least float64) (float64, error) {
	if s == nil {
		return 0, nil
	}
	if _, err := fmt.Fprintf(s.in, "%s %g %g\n", what, seconds, least); err != nil {
		return 0, fmt.Errorf("ask the peer: %w", err)
	}
	line, err := s.out.ReadString('\n')
	if err != nil {
		return 0, fmt.Errorf("read what the peer says: %w", err)
	}
	return strconv.ParseFloat(strings.TrimSpace(line), 64)
}

func (p *peers) close() error {
	err := errors.Join(p.flat.close(), p.prototype.close())
	p.flat, p.prototype = nil, nil
	return err
}

func (s *scanner) close() error {
	if s == nil {
		return nil
	}
	return errors.Join(s.in.Close(), s.command.Wait())
}

// others measures the libraries.
func (p *peers) others(ctx context.Context, rows int, threshold float64) ([]Peer, error) {
	probes := "1000"
	if rows > graphRows {
		probes = "200"
	}
	var list []Peer
	for _, name := range []string{"hnsw", "faiss"} {
		if !p.has(name) || name == "hnsw" && rows > graphRows {
			continue
		}
		c := exec.CommandContext(ctx, p.path(name), p.dir, fmt.Sprint(threshold), probes, fmt.Sprint(least.Seconds())) //nolint:gosec // our own program
		c.Stderr, c.WaitDelay = os.Stderr, time.Second
		said, err := c.Output()
		if err != nil {
			return nil, fmt.Errorf("measure %s: %w", name, err)
		}
		for line := range strings.Lines(string(said)) {
			one, err := parsePeer(strings.TrimSpace(line))
			if err != nil {
				return nil, err
			}
			list = append(list, one)
		}
	}
	return list, nil
}

func parsePeer(line string) (Peer, error) {
	words := strings.Split(line, "\t")
	if len(words) != 4 {
		return Peer{}, fmt.Errorf("a peer answers %q", line)
	}
	var numbers [3]float64
	for i, w := range words[1:] {
		var err error
		if numbers[i], err = strconv.ParseFloat(w, 64); err != nil {
			return Peer{}, fmt.Errorf("a peer answers %q: %w", line, err)
		}
	}
	return Peer{words[0], numbers[0], numbers[1], numbers[2]}, nil
}
