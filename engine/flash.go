package engine

// FlashEvidence is what one capture measured of the light that a face sent
// back: numbers, and no verdict. Package capture/flash makes it and says how;
// package engine/liveness judges it.
type FlashEvidence struct {
	Frames  int     `json:"frames"` // that were measured
	FPS     float64 `json:"fps"`    // frames a second over the plan
	Lag     float64 `json:"lagMs"`  // from a colour on the screen to its light in a frame, milliseconds
	Seconds float64 `json:"seconds"`
}
