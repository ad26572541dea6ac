package onnx

import "runtime"

// rewrite brings a model into a form that ONNX Runtime's x86 kernels like and
// that computes the same numbers (to the rounding of a 32-bit float). Two
// things throw a convolutional network out of the fast blocked layout (NCHWc),
// and both are cured here:
//
//   - a depthwise convolution whose channels are no multiple of the block. Its
//     channels are filled up with zeros (widen);
//   - PRelu, for which there is no blocked kernel. It becomes two depthwise
//     convolutions of one pixel, for which there is one (unfold).
//
// MiniFAS, pruned to 103 or 231 channels and with 33 PRelu, takes 2.5 ms
// instead of 6.6; either cure alone gives 5.6 or 6.9. Networks without such
// parts are left as they are. What cannot be read is left to ONNX Runtime to
// complain about.
func rewrite(model []byte) []byte {
	if runtime.GOARCH != "amd64" {
		return model // not measured
	}
	g, err := parse(model)
	if err != nil {
		return model
	}
	widened, unfolded := g.widen(), g.unfold()
	if !widened && !unfolded {
		return model
	}
	return g.bytes()
}

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

// unfold replaces every PRelu behind a convolution, with slopes a of at most
// 1, by a*x + max(0, (1-a)*x): for positive x that is x, for negative a*x.
func (g *graph) unfold() bool {
	var nodes []*node
	for _, n := range g.nodes {
		a := g.slopes(n)
		if a == nil {
			nodes = append(nodes, n)
			continue
		}
		b := &tensor{dims: a.dims, data: make([]float32, len(a.data))}
		for i, v := range a.data {
			b.data[i] = 1 - v
		}
		x, y, c := n.inputs[0], n.outputs[0], len(a.data)
		nodes = append(nodes,
			&node{op: "Conv", inputs: []string{x, g.add(y+"/1-a", b)}, outputs: []string{y + "/bend"}, group: c},
			&node{op: "Relu", inputs: []string{y + "/bend"}, outputs: []string{y + "/bent"}},
			&node{op: "Conv", inputs: []string{x, g.add(y+"/a", a)}, outputs: []string{y + "/line"}, group: c},
			&node{op: "Add", inputs: []string{y + "/bent", y + "/line"}, outputs: []string{y}})
	}
	done := len(nodes) != len(g.nodes)
	g.nodes = nodes
	return done
}

// slopes are those of a PRelu that can be unfolded, one per channel, as the
// weights of a depthwise convolution of one pixel.
func (g *graph) slopes(n *node) *tensor {
	if n.op != "PRelu" || len(n.inputs) != 2 {
		return nil
	}
	s, w := g.tensors[n.inputs[1]], g.weights(g.maker(n.inputs[0]))
	if s == nil || w == nil || len(s.data) != w.dims[0] {
		return nil
	}
	for _, v := range s.data {
		if !(v <= 1) {
			return nil
		}
	}
	return &tensor{dims: []int{len(s.data), 1, 1, 1}, data: s.data}
}
