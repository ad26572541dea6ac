package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/pion/webrtc/v4/pkg/media/ivfreader"
)

// Camera gives the next frame, a key frame when one is asked for. The bytes are
// read until the next call.
type Camera func(key bool) ([]byte, error)

// Play sends a camera's frames at an even pace until ctx ends or the connection
// does, or the camera gives io.EOF. Only the last is no error.
func (c *Client) Play(ctx context.Context, framesPerSecond float64, camera Camera) error {
	pace := time.NewTicker(time.Duration(float64(time.Second) / framesPerSecond))
	defer pace.Stop()
	for {
		key := false
		select {
		case <-c.keys:
			key = true
		default:
		}
		frame, err := camera(key)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = c.Frame(frame, time.Now())
		}
		if err != nil {
			return err
		}
		select {
		case <-pace.C:
		case <-c.done:
			return c.err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Loop is a camera that shows frames again and again. The first is a key frame,
// and follows when one is asked for.
func Loop(frames [][]byte) Camera {
	next := 0
	return func(key bool) ([]byte, error) {
		if len(frames) == 0 {
			return nil, io.EOF
		}
		if key || next == len(frames) {
			next = 0
		}
		next++
		return frames[next-1], nil
	}
}

// ReadIVF reads all frames of an IVF file.
func ReadIVF(r io.Reader) ([][]byte, error) {
	in, _, err := ivfreader.NewWith(r)
	if err != nil {
		return nil, fmt.Errorf("read IVF: %w", err)
	}
	var frames [][]byte
	for {
		frame, _, err := in.ParseNextFrame()
		if errors.Is(err, io.EOF) {
			return frames, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read IVF: %w", err)
		}
		frames = append(frames, frame)
	}
}
