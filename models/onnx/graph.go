package onnx

import "errors"

// graph is a model taken apart as far as rewrite needs it.
type graph struct {
	model   []byte // all but the graph
	other   []byte // of the graph: all but nodes and float constants
	nodes   []*node
	tensors map[string]*tensor
	names   []string        // of the tensors, in the order of the file
	outside map[string]bool // inputs and outputs of the graph: their shapes are promised
}

// node is one operation.
type node struct {
	op              string
	inputs, outputs []string
	group           int    // of a Conv
	rest            []byte // attributes and what else there is, without the name and a Conv's group
}

func parse(model []byte) (*graph, error) {
	g := &graph{tensors: map[string]*tensor{}, outside: map[string]bool{}}
	top, err := fields(model)
	if err != nil {
		return nil, err
	}
	for _, f := range top {
		if f.number != modelGraph {
			g.model = append(g.model, f.raw...)
			continue
		}
		if err := g.parse(f.bytes); err != nil {
			return nil, err
		}
	}
	if len(g.nodes) == 0 {
		return nil, errors.New("no graph")
	}
	return g, nil
}

func (g *graph) parse(message []byte) error {
	all, err := fields(message)
	if err != nil {
		return err
	}
	for _, f := range all {
		if f.number == graphInput || f.number == graphOutput {
			value, err := fields(f.bytes)
			if err != nil {
				return err
			}
			g.outside[text(value, valueName)] = true
		}
	}
	for _, f := range all {
		switch f.number {
		case graphNode:
			n, err := parseNode(f.bytes)
			if err != nil {
				return err
			}
			g.nodes = append(g.nodes, n)
		case graphInitializer:
			name, t, err := parseTensor(f.bytes)
			if err != nil {
				return err
			}
			// A constant that is also an input may be replaced from outside.
			if t == nil || g.outside[name] {
				g.other = append(g.other, f.raw...)
				continue
			}
			g.add(name, t)
		case graphValueInfo: // notes on shapes, which are found again on loading
		default:
			g.other = append(g.other, f.raw...)
		}
	}
	return nil
}

func (g *graph) add(name string, t *tensor) string {
	g.tensors[name] = t
	g.names = append(g.names, name)
	return name
}

func parseNode(message []byte) (*node, error) {
	all, err := fields(message)
	if err != nil {
		return nil, err
	}
	n := &node{op: text(all, nodeOp), group: 1}
	for _, f := range all {
		switch f.number {
		case nodeInput:
			n.inputs = append(n.inputs, string(f.bytes))
		case nodeOutput:
			n.outputs = append(n.outputs, string(f.bytes))
		case nodeOp, nodeName:
		case nodeAttribute:
			a, err := fields(f.bytes)
			if err != nil {
				return nil, err
			}
			if n.op != "Conv" || text(a, attributeName) != "group" {
				n.rest = append(n.rest, f.raw...)
				continue
			}
			for _, x := range a {
				if x.number == attributeInt {
					n.group = int(x.value)
				}
			}
		default:
			n.rest = append(n.rest, f.raw...)
		}
	}
	return n, nil
}

// bytes is the model with its graph as it is now.
func (g *graph) bytes() []byte {
	var out []byte
	for _, n := range g.nodes {
		out = appendBytes(out, graphNode, n.bytes())
	}
	for _, name := range g.names {
		out = appendBytes(out, graphInitializer, g.tensors[name].bytes(name))
	}
	return appendBytes(append([]byte(nil), g.model...), modelGraph, append(out, g.other...))
}

func (n *node) bytes() []byte {
	var out []byte
	for _, s := range n.inputs {
		out = appendBytes(out, nodeInput, []byte(s))
	}
	for _, s := range n.outputs {
		out = appendBytes(out, nodeOutput, []byte(s))
	}
	out = append(appendBytes(out, nodeOp, []byte(n.op)), n.rest...)
	if n.op == "Conv" {
		a := appendBytes(nil, attributeName, []byte("group"))
		a = appendInt(appendInt(a, attributeInt, n.group), attributeType, kindInt)
		out = appendBytes(out, nodeAttribute, a)
	}
	return out
}

// maker is the node that a value comes out of, nil for an input or a constant.
func (g *graph) maker(name string) *node {
	for _, n := range g.nodes {
		for _, o := range n.outputs {
			if o == name {
				return n
			}
		}
	}
	return nil
}

// user is the one node that a value goes into; nil when there are none or
// several, or when the value leaves the graph.
func (g *graph) user(name string) *node {
	var found *node
	for _, n := range g.nodes {
		for _, in := range n.inputs {
			if in != name {
				continue
			}
			if found != nil {
				return nil
			}
			found = n
		}
	}
	if g.outside[name] {
		return nil
	}
	return found
}
