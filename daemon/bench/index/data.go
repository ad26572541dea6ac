package index

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
)

// people is where galleries and probes come from.
type people interface {
	gallery(rows int) (matrix, error)
	probes(rows, mated, strange int) (probes, error)
}

// folder is files that somebody else made: base.fvecs, of which galleries are
// the first rows, and for each size N probes cal_N.fvecs, with
// cal_N.label.ivecs naming the mate's row, or -1.
type folder struct{ dir string }

func (f folder) gallery(rows int) (matrix, error) {
	m, err := readVectors(filepath.Join(f.dir, "base.fvecs"), rows)
	if err == nil && m.rows() < rows {
		err = fmt.Errorf("base.fvecs holds %d rows, not %d", m.rows(), rows)
	}
	return m, err
}

func (f folder) probes(rows, mated, strange int) (probes, error) {
	name := filepath.Join(f.dir, fmt.Sprintf("cal_%d", rows))
	all, err := readVectors(name+".fvecs", math.MaxInt)
	if err != nil {
		return probes{}, err
	}
	labels, err := readVectors(name+".label.ivecs", math.MaxInt)
	if err != nil {
		return probes{}, err
	}
	if labels.dims != 1 || labels.rows() != all.rows() {
		return probes{}, fmt.Errorf("%s.label.ivecs names other probes", name)
	}
	p := probes{mated: matrix{dims: all.dims}, strange: matrix{dims: all.dims}}
	for i := range all.rows() {
		switch mate := int(int32(math.Float32bits(labels.all[i]))); {
		case mate >= rows:
			return probes{}, fmt.Errorf("%s.label.ivecs names row %d of %d", name, mate, rows)
		case mate >= 0 && len(p.mates) < mated:
			p.mates, p.mated.all = append(p.mates, mate), append(p.mated.all, all.row(i)...)
		case mate < 0 && p.strange.rows() < strange:
			p.strange.all = append(p.strange.all, all.row(i)...)
		}
	}
	if len(p.mates) < fewestMated || p.strange.rows() < fewestStrange {
		return probes{}, fmt.Errorf("%s.fvecs holds %d mated and %d other probes: too few", name, len(p.mates), p.strange.rows())
	}
	return p, nil
}

// readVectors reads the first rows of an fvecs or ivecs file.
func readVectors(path string, most int) (_ matrix, err error) {
	f, err := os.Open(path)
	if err != nil {
		return matrix{}, fmt.Errorf("read vectors: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	r := bufio.NewReaderSize(f, 1<<20)
	var m matrix
	var head [4]byte
	var row []byte
	for n := 0; n < most; n++ {
		if _, err := io.ReadFull(r, head[:]); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return m, fmt.Errorf("read vectors: %w", err)
		}
		d := int(binary.LittleEndian.Uint32(head[:]))
		if d < 1 || d > 1<<16 || n > 0 && d != m.dims {
			return m, fmt.Errorf("%s holds no vectors of one length", filepath.Base(path))
		}
		m.dims, row = d, make([]byte, 4*d)
		if _, err := io.ReadFull(r, row); err != nil {
			return m, fmt.Errorf("read vectors: %w", err)
		}
		for j := range d {
			m.all = append(m.all, math.Float32frombits(binary.LittleEndian.Uint32(row[4*j:])))
		}
	}
	if len(m.all) == 0 {
		return m, fmt.Errorf("%s is empty", filepath.Base(path))
	}
	return m, nil
}
