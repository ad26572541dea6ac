//go:build !race

package flash

const raceDetector = false
