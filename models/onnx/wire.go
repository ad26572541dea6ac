package onnx

import (
	"encoding/binary"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// The numbers of the fields of onnx.proto that are read or written here.
const (
	modelGraph = 7

	graphNode        = 1
	graphInitializer = 5
	graphInput       = 11
	graphOutput      = 12
	graphValueInfo   = 13

	valueName = 1

	nodeInput     = 1
	nodeOutput    = 2
	nodeName      = 3
	nodeOp        = 4
	nodeAttribute = 5

	attributeName = 1
	attributeInt  = 3
	attributeType = 20

	tensorDims   = 1
	tensorType   = 2
	tensorFloats = 4
	tensorName   = 8
	tensorRaw    = 9

	kindInt  = 2 // attribute type
	float32s = 1 // tensor type
)

// field is one field of a message.
type field struct {
	number protowire.Number
	wire   protowire.Type
	raw    []byte // all of it, with its tag
	bytes  []byte // of a length-delimited field
	value  uint64 // of a varint
}

// fields splits a message.
func fields(message []byte) ([]field, error) {
	var all []field
	for len(message) > 0 {
		number, wire, n := protowire.ConsumeTag(message)
		if n < 0 {
			return nil, protowire.ParseError(n)
		}
		size := protowire.ConsumeFieldValue(number, wire, message[n:])
		if size < 0 {
			return nil, protowire.ParseError(size)
		}
		f := field{number: number, wire: wire, raw: message[:n+size]}
		switch wire {
		case protowire.BytesType:
			f.bytes, _ = protowire.ConsumeBytes(message[n:])
		case protowire.VarintType:
			f.value, _ = protowire.ConsumeVarint(message[n:])
		}
		all = append(all, f)
		message = message[n+size:]
	}
	return all, nil
}

// text is the first field of a number, as a string.
func text(all []field, number protowire.Number) string {
	for _, f := range all {
		if f.number == number {
			return string(f.bytes)
		}
	}
	return ""
}

func appendBytes(out []byte, number protowire.Number, body []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(out, number, protowire.BytesType), body)
}

func appendInt(out []byte, number protowire.Number, v int) []byte {
	return protowire.AppendVarint(protowire.AppendTag(out, number, protowire.VarintType), uint64(v))
}

// tensor is one constant of 32-bit floats.
type tensor struct {
	dims []int
	data []float32
}

// parseTensor reads a constant; nil when it is not one of 32-bit floats in
// the file itself.
func parseTensor(message []byte) (name string, t *tensor, err error) {
	all, err := fields(message)
	if err != nil {
		return "", nil, err
	}
	t = &tensor{}
	kind, n := uint64(0), 1
	var raw []byte
	for _, f := range all {
		switch f.number {
		case tensorDims:
			for _, d := range dims(f) {
				t.dims = append(t.dims, d)
				n *= d
			}
		case tensorType:
			kind = f.value
		case tensorFloats, tensorRaw:
			raw = append(raw, f.bytes...)
		}
	}
	name = text(all, tensorName)
	if kind != float32s || n <= 0 || n != len(raw)/4 || len(raw)%4 != 0 {
		return name, nil, nil
	}
	t.data = make([]float32, n)
	for i := range t.data {
		t.data[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
	}
	return name, t, nil
}

// dims reads one dimension, or several packed into one field.
func dims(f field) []int {
	if f.wire == protowire.VarintType {
		return []int{int(f.value)}
	}
	var all []int
	for b := f.bytes; len(b) > 0; {
		v, n := protowire.ConsumeVarint(b)
		if n < 0 {
			return nil
		}
		all, b = append(all, int(v)), b[n:]
	}
	return all
}

func (t *tensor) bytes(name string) []byte {
	var out []byte
	for _, d := range t.dims {
		out = appendInt(out, tensorDims, d)
	}
	out = appendInt(out, tensorType, float32s)
	out = appendBytes(out, tensorName, []byte(name))
	raw := make([]byte, 0, 4*len(t.data))
	for _, v := range t.data {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	return appendBytes(out, tensorRaw, raw)
}
