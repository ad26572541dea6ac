package onnx

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	ort "github.com/yalue/onnxruntime_go"
)

// Spec is what a Session is made from.
type Spec struct {
	Name    string   // for errors
	Model   []byte   // the ONNX file
	Input   string   // the one input's name
	Outputs []string // the outputs wanted, in the order of Shaped.Output
	Floats  int      // the largest input, in numbers
}

// kept is how many input shapes a Session keeps tensors for. Pictures of one
// camera have one or two shapes per scale; the rest of the world shares the
// places that are left.
const kept = 12

// Session is one network for one goroutine at a time.
type Session struct {
	spec    Spec
	session *ort.DynamicAdvancedSession
	input   []float32 // shared by all shapes
	pin     runtime.Pinner
	shapes  []*Shaped // most recently used last
	observe func(name string, took time.Duration)
}

// Session loads a network: one intra-op and one inter-op thread, since
// requests run side by side and a second thread within one gains little.
func (r *Runtime) Session(spec Spec) (*Session, error) {
	if !r.AsIs {
		spec.Model = rewrite(spec.Model)
	}
	return r.load(spec)
}

func (r *Runtime) load(spec Spec) (*Session, error) {
	options, err := options()
	if err != nil {
		return nil, fmt.Errorf("prepare %s: %w", spec.Name, err)
	}
	session, err := ort.NewDynamicAdvancedSessionWithONNXData(spec.Model, []string{spec.Input}, spec.Outputs, options)
	if err := errors.Join(err, options.Destroy()); err != nil {
		return nil, fmt.Errorf("load %s: %w", spec.Name, err)
	}
	spec.Model = nil
	s := &Session{spec: spec, session: session, input: make([]float32, spec.Floats), observe: r.Observe}
	// The tensors hold pointers into input between calls of C.
	s.pin.Pin(&s.input[0])
	return s, nil
}

func options() (*ort.SessionOptions, error) {
	o, err := ort.NewSessionOptions()
	if err != nil {
		return nil, err
	}
	err = errors.Join(
		o.SetIntraOpNumThreads(1),
		o.SetInterOpNumThreads(1),
		// ALL brings the NCHWc layout: half the time on these networks.
		o.SetGraphOptimizationLevel(ort.GraphOptimizationLevelEnableAll),
		// set_denormal_as_zero stays off: it brings nothing here, and would
		// change the arithmetic of the Go code on the same thread.
	)
	if err != nil {
		return nil, errors.Join(err, o.Destroy())
	}
	return o, nil
}

// Shaped is a Session prepared for inputs of one shape. It is valid until the
// Session is asked for other shapes or closed.
type Shaped struct {
	session *Session
	shape   []int64
	input   *ort.Tensor[float32]
	outputs []*ort.Tensor[float32]
	values  []ort.Value
	pin     runtime.Pinner
}

// Shape prepares a run on an input of this shape. The first time, ONNX Runtime
// is run once on what lies in the buffer to learn the outputs' shapes.
func (s *Session) Shape(shape ...int64) (*Shaped, error) {
	for i, x := range s.shapes {
		if slices.Equal(x.shape, shape) {
			s.shapes = append(slices.Delete(s.shapes, i, i+1), x)
			return x, nil
		}
	}
	for len(s.shapes) >= kept {
		if err := s.shapes[0].close(); err != nil {
			return nil, err
		}
		s.shapes = slices.Delete(s.shapes, 0, 1)
	}
	x := &Shaped{session: s, shape: slices.Clone(shape)}
	if err := x.prepare(); err != nil {
		return nil, errors.Join(fmt.Errorf("prepare %s for an input of %v: %w", s.spec.Name, shape, err), x.close())
	}
	s.shapes = append(s.shapes, x)
	return x, nil
}

// prepare makes the tensors. The outputs are ONNX Runtime's own, kept for the
// next run on this shape.
func (x *Shaped) prepare() error {
	var err error
	if x.input, err = ort.NewTensor(ort.NewShape(x.shape...), x.session.input); err != nil {
		return err
	}
	values := make([]ort.Value, len(x.session.spec.Outputs))
	if err := x.session.session.Run([]ort.Value{x.input}, values); err != nil {
		return err
	}
	x.values = values
	for i, v := range values {
		t, ok := v.(*ort.Tensor[float32])
		if !ok {
			return fmt.Errorf("output %s is not 32-bit floats", x.session.spec.Outputs[i])
		}
		x.outputs = append(x.outputs, t)
		if data := t.GetData(); len(data) > 0 {
			x.pin.Pin(&data[0])
		}
	}
	return nil
}

// Input is where the caller writes the numbers, in the order of the shape.
func (x *Shaped) Input() []float32 { return x.input.GetData() }

// Run runs the network on what Input holds.
func (x *Shaped) Run() error {
	start := time.Now()
	if err := x.session.session.Run([]ort.Value{x.input}, x.values); err != nil {
		return fmt.Errorf("run %s: %w", x.session.spec.Name, err)
	}
	if x.session.observe != nil {
		x.session.observe(x.session.spec.Name, time.Since(start))
	}
	return nil
}

// Output is the i-th output of the last Run and is overwritten by the next.
func (x *Shaped) Output(i int) []float32 { return x.outputs[i].GetData() }

// OutputShape is the i-th output's shape.
func (x *Shaped) OutputShape(i int) []int64 { return x.outputs[i].GetShape() }

func (x *Shaped) close() error {
	var errs []error
	if x.input != nil {
		errs = append(errs, x.input.Destroy())
	}
	for _, v := range x.values {
		if v != nil {
			errs = append(errs, v.Destroy())
		}
	}
	x.pin.Unpin()
	return errors.Join(errs...)
}

// Close frees the network and its tensors.
func (s *Session) Close() error {
	var errs []error
	for _, x := range s.shapes {
		errs = append(errs, x.close())
	}
	s.shapes = nil
	errs = append(errs, s.session.Destroy())
	s.pin.Unpin()
	return errors.Join(errs...)
}
