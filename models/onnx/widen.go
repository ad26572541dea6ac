package onnx

// block is a multiple of the channels that are kept together: 16 with AVX-512,
// 8 with AVX2.
const block = 16

// widen fills up every lone depthwise convolution between two ordinary ones:
//
//	Conv -> [PRelu or Relu] -> depthwise Conv -> [PRelu or Relu] -> Conv
//
// The first gets more outputs, all zero, the last more inputs, all ignored.
func (g *graph) widen() bool {
	done := false
	for _, n := range g.nodes {
		w := g.weights(n)
		if w == nil || n.group%block == 0 || n.group != w.dims[0] || w.dims[1] != 1 {
			continue
		}
		var wider []axis
		before, ok := g.before(n, &wider)
		if !ok {
			continue
		}
		after, ok := g.after(n, &wider)
		if !ok {
			continue
		}
		wider = append(wider, outputs(before)...)
		wider = append(wider, outputs(n)...)
		wider = append(wider, axis{after.inputs[1], 1})
		if !g.lone(wider, n.group) {
			continue
		}
		to := (n.group + block - 1) / block * block
		for _, a := range wider {
			g.tensors[a.name] = g.tensors[a.name].fill(a.index, to)
		}
		n.group, done = to, true
	}
	return done
}

// axis is a dimension of a constant that counts channels.
type axis struct {
	name  string
	index int
}

// outputs are the axes of a convolution's weights and bias that count what
// comes out.
func outputs(n *node) []axis {
	var all []axis
	for _, name := range n.inputs[1:] {
		all = append(all, axis{name, 0})
	}
	return all
}

// weights are a convolution's, nil when n is none or they are not constant.
func (g *graph) weights(n *node) *tensor {
	if n == nil || n.op != "Conv" || len(n.inputs) < 2 {
		return nil
	}
	if w := g.tensors[n.inputs[1]]; w != nil && len(w.dims) == 4 {
		return w
	}
	return nil
}

// before is the ordinary convolution that feeds n alone.
func (g *graph) before(n *node, wider *[]axis) (*node, bool) {
	if g.user(n.inputs[0]) == nil {
		return nil, false
	}
	b := g.maker(n.inputs[0])
	if activation(b) {
		*wider = append(*wider, outputs(b)...)
		if g.user(b.inputs[0]) == nil {
			return nil, false
		}
		b = g.maker(b.inputs[0])
	}
	return b, g.weights(b) != nil && b.group == 1
}

// after is the ordinary convolution that alone takes what n gives.
func (g *graph) after(n *node, wider *[]axis) (*node, bool) {
	a := g.user(n.outputs[0])
	if activation(a) {
		*wider = append(*wider, outputs(a)...)
		a = g.user(a.outputs[0])
	}
	return a, g.weights(a) != nil && a.group == 1
}

func activation(n *node) bool {
	return n != nil && (n.op == "Relu" && len(n.inputs) == 1 || n.op == "PRelu" && len(n.inputs) == 2)
}

// lone says whether the constants exist, count this many channels, and nobody
// else uses them.
func (g *graph) lone(all []axis, channels int) bool {
	for _, a := range all {
		t := g.tensors[a.name]
		if t == nil || a.index >= len(t.dims) || t.dims[a.index] != channels || g.user(a.name) == nil {
			return false
		}
	}
	return true
}

// fill is t with zeros added along one of its first two dimensions.
func (t *tensor) fill(index, to int) *tensor {
	outer, inner := 1, 1
	for i, d := range t.dims {
		if i < index {
			outer *= d
		} else if i > index {
			inner *= d
		}
	}
	f := &tensor{dims: append([]int(nil), t.dims...), data: make([]float32, outer*to*inner)}
	f.dims[index] = to
	n := t.dims[index] * inner
	for i := range outer {
		copy(f.data[i*to*inner:], t.data[i*n:(i+1)*n])
	}
	return f
}
