// Command rostod-verify checks what a rostod has handed out, without one: files
// that prove an entry of its journal, and that the journal goes on from an earlier
// checkpoint. It needs the log's key and the files, and no network.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/rostod/rostod/internal/transparency"
)

const usage = `rostod-verify checks files of a rostod's journal, without one.

  rostod-verify --key KEY entry-7.tlog-proof receipt-8.json …
  rostod-verify --key KEY attempts.zip
  rostod-verify --key KEY --since old.checkpoint consistency.json

KEY is what "rostod audit key" printed, kept since. When the journal has been signed
with later keys, --keys names the file that "rostod audit key --json" wrote.
attempts.zip is what "rostod attempts export" wrote.
consistency.json is the answer of GET /api/audit/consistency?from=SIZE.

Exit codes: 0 all of it is proved, 1 something is not, 2 the command line is wrong.

`

// Exit codes.
const (
	exitProved = 0
	exitNot    = 1
	exitUsage  = 2
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, out, problems io.Writer) int {
	flags := flag.NewFlagSet("rostod-verify", flag.ContinueOnError)
	flags.SetOutput(problems)
	key := flags.String("key", "", "the log's `key`, origin+hash+key")
	later := flags.String("keys", "", "`file` with the keys that came after it")
	since := flags.String("since", "", "`file` with an earlier checkpoint")
	flags.Usage = func() {
		_, _ = io.WriteString(problems, usage) // there is nobody else to tell
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return exitProved
		}
		return exitUsage
	}
	if *key == "" || flags.NArg() == 0 {
		flags.Usage()
		return exitUsage
	}
	trusted, err := trust(*key, *later)
	code := exitProved
	if err != nil {
		code = exitNot
		_, _ = fmt.Fprintf(problems, "NOT PROVED  %s: %v\n", *later, err)
	}
	for _, name := range flags.Args() {
		if err != nil {
			break
		}
		said, wrong := check(name, *since, trusted)
		if wrong != nil {
			code = exitNot
			_, _ = fmt.Fprintf(problems, "NOT PROVED  %s: %v\n", name, wrong)
			continue
		}
		_, _ = fmt.Fprintf(out, "PROVED      %s: %s\n", name, said)
	}
	return code
}

// trust are the key and those that came after it.
func trust(key, later string) ([]string, error) {
	if later == "" {
		return []string{key}, nil
	}
	b, err := os.ReadFile(later)
	if err != nil {
		return nil, fmt.Errorf("it cannot be read: %w", err)
	}
	var list struct {
		Keys []struct {
			Proof string `json:"proof"`
		} `json:"keys"`
	}
	if err := json.Unmarshal(b, &list); err != nil {
		return nil, transparency.ErrMalformed
	}
	var proofs [][]byte
	for _, k := range list.Keys {
		if k.Proof != "" {
			proofs = append(proofs, []byte(k.Proof))
		}
	}
	return transparency.Follow(key, proofs...)
}

func check(name, since string, keys []string) (string, error) {
	if since == "" {
		if said, is, err := checkExport(name, keys); is || err != nil {
			return said, err
		}
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return "", fmt.Errorf("it cannot be read: %w", err)
	}
	if since != "" {
		return checkSequel(b, since, keys)
	}
	open := transparency.OpenReceipt
	if !bytes.HasPrefix(b, []byte("{")) {
		open = func(b []byte, keys ...string) (transparency.Entry, map[string]string, error) {
			e, err := transparency.OpenProof(b, keys...)
			return e, nil, err
		}
	}
	e, private, err := open(b, keys...)
	if err != nil {
		return "", err
	}
	var leaf struct {
		Time   time.Time      `json:"time"`
		Kind   string         `json:"kind"`
		Org    string         `json:"org"`
		Public jsontext.Value `json:"public,omitzero"`
	}
	if err := json.Unmarshal(e.Leaf, &leaf); err != nil {
		return "", transparency.ErrMalformed
	}
	said := fmt.Sprintf("entry %d of %s, which had %d: %s, %s %s %s", e.Index, e.Checkpoint.Origin, e.Checkpoint.Size,
		leaf.Time.UTC().Format(time.RFC3339), visible(leaf.Kind), visible(leaf.Org), visible(string(leaf.Public)))
	for _, name := range slices.Sorted(maps.Keys(private)) {
		if private[name] != "" {
			said += fmt.Sprintf("\n            %s: %q", visible(name), private[name])
		}
	}
	return said, nil
}

// visible is what a log says, on one line: whoever has its key could else write lines
// that look like this program's.
func visible(said string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, said)
}

func checkSequel(b []byte, since string, keys []string) (string, error) {
	old, err := os.ReadFile(since)
	if err != nil {
		return "", fmt.Errorf("the earlier checkpoint cannot be read: %w", err)
	}
	earlier, err := transparency.OpenCheckpoint(old, keys...)
	if err != nil {
		return "", fmt.Errorf("the earlier checkpoint: %w", err)
	}
	var answer struct {
		Hashes     [][]byte `json:"hashes"`
		Checkpoint string   `json:"checkpoint"`
	}
	if err := json.Unmarshal(b, &answer); err != nil {
		return "", transparency.ErrMalformed
	}
	now, err := transparency.OpenCheckpoint([]byte(answer.Checkpoint), keys...)
	if err != nil {
		return "", err
	}
	hashes := make(tlog.TreeProof, len(answer.Hashes))
	for i, h := range answer.Hashes {
		if len(h) != tlog.HashSize {
			return "", transparency.ErrMalformed
		}
		hashes[i] = tlog.Hash(h)
	}
	if err := transparency.CheckSequel(earlier, now, hashes); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s goes on from its first %d entries to %d", now.Origin, earlier.Size, now.Size), nil
}

// checkExport checks a file if it is a zip, of any length.
func checkExport(name string, keys []string) (said string, is bool, err error) {
	f, err := os.Open(name)
	if err != nil {
		return "", false, fmt.Errorf("it cannot be read: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	var head [4]byte
	if _, err := io.ReadFull(f, head[:]); err != nil || string(head[:]) != "PK\x03\x04" {
		return "", false, nil // whatever else it is
	}
	info, err := f.Stat()
	if err != nil {
		return "", true, fmt.Errorf("it cannot be read: %w", err)
	}
	m, err := transparency.OpenExport(f, info.Size(), keys...)
	if err != nil {
		return "", true, err
	}
	said = fmt.Sprintf("%d attempts of %s (%d of them erased), as entry %d of %s says: exported %s by %s", m.Rows, visible(m.Org), m.Erased, m.Journal, m.Log,
		m.At.UTC().Format(time.RFC3339), visible(m.By))
	if !m.Scores {
		said += ", without scores"
	}
	if err := m.Query.Compact(); err != nil {
		return "", true, transparency.ErrMalformed
	}
	said += fmt.Sprintf("\n            asked for: %s", visible(string(m.Query)))
	for _, f := range m.Files {
		said += fmt.Sprintf("\n            %s: %d bytes, SHA-256 %s", visible(f.Name), f.Bytes, visible(f.SHA256))
	}
	return said, true, nil
}
