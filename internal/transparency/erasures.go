package transparency

import (
	"bytes"
	"fmt"
	"strconv"
)

// A list of erasures is what headquarters vouches for: of a log's first so many
// entries, each that says that somebody was erased, as a receipt that opens nothing,
// one a line, behind a signed statement of how many there are. Each receipt is the
// log's own word; that none is missing is headquarters'.
const erasuresLine = "rostod/erasures/v1"

const listGap = "\n\n\n" // no signed note has it, and no receipt

// ErasureList is such a list as a file.
func ErasureList(by Cosigner, origin string, size uint64, receipts [][]byte) ([]byte, error) {
	signed, err := by.State(erasuresLine, origin, strconv.FormatUint(size, 10), strconv.Itoa(len(receipts)))
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

// OpenErasureList reads a list that a cosigner has signed: of which log, of how many of
// its entries. The receipts are not checked.
func OpenErasureList(file []byte, cosigner string) (origin string, size uint64, receipts [][]byte, err error) {
	signed, rest, ok := bytes.Cut(file, []byte(listGap))
	if !ok {
		return "", 0, nil, fmt.Errorf("%w: a list of erasures", ErrMalformed)
	}
	origin, lines, _, err := OpenCosignerState(append(bytes.Clone(signed), '\n'), erasuresLine, cosigner)
	if err != nil {
		return "", 0, nil, err
	}
	for line := range bytes.Lines(rest) {
		receipts = append(receipts, bytes.TrimSuffix(line, []byte("\n")))
	}
	if len(lines) != 2 || lines[1] != strconv.Itoa(len(receipts)) {
		return "", 0, nil, fmt.Errorf("%w: a list of erasures is not whole", ErrMalformed)
	}
	if size, err = strconv.ParseUint(lines[0], 10, 62); err != nil {
		return "", 0, nil, fmt.Errorf("%w: a list of erasures", ErrMalformed)
	}
	return origin, size, receipts, nil
}
