package ann

// worker is a search of the pool, ready for a segment of this width.
func (x *Index) worker(width int) *search {
	w, ok := x.workers.Get().(*search)
	if !ok {
		w = &search{}
	}
	w.kernels = x.kernels
	if w.probe == nil || w.probe.dims != width {
		w.probe, w.scratch = newProbe(width), make([]float32, width)
		w.record = make([]byte, labelSize+4*width+4)
	}
	return w
}

// begin makes the search ready for a query.
func (s *search) begin(v *view, q Query, vector []float32) {
	s.view, s.query, s.seen, s.found = v, q, Seen{}, s.found[:0]
	s.probe.take(&s.kernels, v.rotation, vector, s.scratch)
}

// rest gives a search back. It keeps its buffers and nothing else.
func (x *Index) rest(s *search) {
	s.view, s.query = nil, Query{}
	x.workers.Put(s)
}
