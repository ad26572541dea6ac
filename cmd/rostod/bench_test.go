package main

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
)

// fakeReport is a bench whose bars hold, or not.
type fakeReport struct {
	Bars  []string `json:"bars"`
	holds bool
	err   error
}

func (r fakeReport) Holds() bool { return r.holds }

func (r fakeReport) Print(w io.Writer) error {
	_, err := io.WriteString(w, "a table\n")
	return errors.Join(err, r.err)
}

func TestBenched(t *testing.T) {
	tests := []struct {
		name   string
		report fakeReport
		json   bool
		want   int
		says   string
	}{
		{"every bar holds", fakeReport{holds: true}, false, exitOK, "a table"},
		{"one does not", fakeReport{}, false, exitBar, "a table"},
		{"one does not, for a program", fakeReport{Bars: []string{"x"}}, true, exitBar, `"bars"`},
		{"the report cannot be printed", fakeReport{err: errors.New("full")}, false, exitFailed, "a table"},
	}
	for _, tt := range tests {
		var out bytes.Buffer
		p := &program{stdio: stdio{out: &out}, json: tt.json}
		err := p.benched(tt.report)
		got := exitOK
		var c coded
		switch {
		case errors.As(err, &c):
			got = c.code
		case err != nil:
			got = codeOf(err)
		}
		if got != tt.want || !strings.Contains(out.String(), tt.says) {
			t.Errorf("%s: got code %d and %q, want %d and %s", tt.name, got, out.String(), tt.want, tt.says)
		}
	}
}

// What a bench needs and was not given is a mistake of the command line.
func TestBenchUsage(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("ROSTOD_FIXTURES", "")
	for _, args := range [][]string{{"bench"}, {"bench", "accuracy"}, {"bench", "pipeline"}, {"bench", "pipeline", "--fixtures", ".", "--seconds", "0"}, {"bench", "index", "--dims", "100"}, {"bench", "index", "--rows", "0"}, {"bench", "speed"}} {
		var out, problems bytes.Buffer
		if got := run(args, stdio{strings.NewReader(""), &out, &problems}); got != exitUsage {
			t.Errorf("%v: got code %d, want %d\n%s", args, got, exitUsage, problems.String())
		}
	}
}
