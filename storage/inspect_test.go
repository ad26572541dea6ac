package storage

import (
	"errors"
	"strings"
	"testing"

	"github.com/rostod/rostod/internal/fault"
)

func batches(first, last uint64) run {
	return run{first: head{size: 10 * first, batch: first}, last: head{size: 10 * last, batch: last, sealed: last - 1}}
}

func TestContinuous(t *testing.T) {
	log := func(name string, runs ...run) memLog {
		return memLog{name: name, size: 2 << 20, end: 5000, last: 5000, runs: runs}
	}
	torn := func(m memLog) memLog {
		m.last += 40
		return m
	}
	sealed := func(batch uint64, files ...string) seal { return seal{size: 10 * batch, batch: batch, files: files} }
	tests := []struct {
		name   string
		tables uint64
		logs   []memLog
		sealed seal
		strays int
		want   uint64 // batch; 0: damage
		hint   string
	}{
		{"nothing", 0, nil, sealed(0), 0, 0, ""},
		{"only tables", 9, nil, sealed(9), 0, 9, ""},
		{"the seal is one behind", 9, nil, sealed(8), 0, 9, ""},
		{"a log behind tables", 5, []memLog{log("1", batches(6, 9))}, sealed(9), 0, 9, ""},
		{"a log that is in a table already", 9, []memLog{log("1", batches(6, 9))}, sealed(9), 0, 9, ""},
		{"a log that is partly in a table", 7, []memLog{log("1", batches(6, 9))}, sealed(9), 0, 9, ""},
		{"two logs", 5, []memLog{log("1", batches(6, 7)), log("2", batches(8, 9))}, sealed(9), 0, 9, ""},
		{"an empty log", 5, []memLog{log("1", batches(6, 9)), log("2")}, sealed(9), 0, 9, ""},
		{"a torn end behind the seal", 5, []memLog{torn(log("1", batches(6, 9)))}, sealed(9), 0, 9, ""},
		{"a torn end before the seal", 5, []memLog{torn(log("1", batches(6, 8)))}, sealed(9), 0, 0, "db/1 was cut or altered"},
		{"the first log is gone", 5, []memLog{log("2.mem", batches(8, 9))}, sealed(9, "2.mem"), 0, 0, "missing from 50 on"},
		{"the last log is gone", 5, []memLog{log("1.mem", batches(6, 7))}, sealed(9, "1.mem", "2.mem"), 0, 0, "db/2.mem is missing"},
		{"a hole in a log", 5, []memLog{log("1", batches(6, 7), batches(9, 9))}, sealed(9), 0, 0, "missing from 70 on"},
		{"the first of two logs is cut", 5, []memLog{torn(log("1", batches(6, 6))), log("2", batches(8, 9))}, sealed(9), 0, 0, "db/1 was cut"},
		{"tables lost", 5, nil, sealed(9), 2, 0, "MANIFEST was cut or altered"},
		{"all lost", 0, nil, sealed(9), 0, 0, "The journal ends at entry 0 but 90 were sealed"},
		{"an older seal", 9, nil, sealed(7), 0, 0, "older seal"},
	}
	for _, tt := range tests {
		var inTables head
		if tt.tables > 0 {
			inTables = head{size: 10 * tt.tables, batch: tt.tables, sealed: tt.tables - 1}
		}
		got, err := evidence{tt.logs, tt.sealed, tt.strays}.continuous(inTables)
		if tt.hint == "" {
			if err != nil || got.batch != tt.want {
				t.Errorf("%s: got batch %d and %v, want %d", tt.name, got.batch, err, tt.want)
			}
			continue
		}
		if !errors.Is(err, Damaged) || !strings.Contains(fault.Of(err).Hint, tt.hint) {
			t.Errorf("%s: got %v, want storage/damaged with %q", tt.name, err, tt.hint)
		}
	}
}

func TestAlteredLog(t *testing.T) {
	tests := []struct {
		name string
		log  memLog
		want bool
	}{
		{"new", memLog{size: 2 << 20, end: 20, last: 20}, false},
		{"in use", memLog{size: 2 << 20, end: 5000, last: 5000}, false},
		{"torn", memLog{size: 2 << 20, end: 5000, last: 90000}, false},
		{"cut by recovery", memLog{size: 5000, end: 5000, last: 5000}, false},
		{"cut by a byte", memLog{size: 2<<20 - 1, end: 5000, last: 5000}, true},
		{"bytes where no crash puts them", memLog{size: 32 << 20, end: 5000, last: 16 << 20}, true},
	}
	for _, tt := range tests {
		if got := tt.log.altered(); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}
