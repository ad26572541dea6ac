package onnx

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
