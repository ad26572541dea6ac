package transparency

import (
	"bytes"
	"fmt"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"
)

// A list of erasures is what headquarters vouches for: of a log as it was at a
// checkpoint, each entry that says that somebody was erased, as a receipt that opens nothing,
// one a line, behind a signed statement of how many there are. Each receipt is the
// log's own word; that none is missing is headquarters'.
const erasuresLine = "rostod/erasures/v1"

const listGap = "\n\n\n" // no signed note has it, and no receipt

// ErasureList is such a list as a file.
func ErasureList(by Cosigner, of Checkpoint, receipts [][]byte) ([]byte, error) {
	signed, err := by.State(erasuresLine, of.Origin, strconv.FormatUint(of.Size, 10), of.Root.String(), strconv.Itoa(len(receipts)))
	if err != nil {
		return nil, err
	}
	file := append(bytes.TrimSuffix(signed, []byte("\n")), listGap...)
	for _, r := range receipts {
		file = append(append(file, r...), '\n')
	}
	return file, nil
}

// IsErasureList says whether a file claims to be one.
func IsErasureList(file []byte) bool { return bytes.HasPrefix(file, []byte(erasuresLine+"\n")) }

// OpenErasureList reads a list that a cosigner has signed: of which checkpoint. The receipts are not checked.
func OpenErasureList(file []byte, cosigner string) (of Checkpoint, receipts [][]byte, err error) {
	signed, rest, ok := bytes.Cut(file, []byte(listGap))
	if !ok {
		return of, nil, fmt.Errorf("%w: a list of erasures", ErrMalformed)
	}
	origin, lines, _, err := OpenCosignerState(append(bytes.Clone(signed), '\n'), erasuresLine, cosigner)
	if err != nil {
		return of, nil, err
	}
	for line := range bytes.Lines(rest) {
		receipts = append(receipts, bytes.TrimSuffix(line, []byte("\n")))
	}
	if len(lines) != 3 || lines[2] != strconv.Itoa(len(receipts)) {
		return of, nil, fmt.Errorf("%w: a list of erasures is not whole", ErrMalformed)
	}
	of.Origin = origin
	var wrong error
	of.Size, err = strconv.ParseUint(lines[0], 10, 62)
	if of.Root, wrong = tlog.ParseHash(lines[1]); err != nil || wrong != nil {
		return of, nil, fmt.Errorf("%w: a list of erasures", ErrMalformed)
	}
	return of, receipts, nil
}
