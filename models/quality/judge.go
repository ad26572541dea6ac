package quality

import "github.com/rostod/rostod/engine"

// Thresholds is beyond which measures a picture has an issue.
type Thresholds struct {
	EyeDistance float64 // pixels; below is too small
	Dark        float64 // mean luma 0..255; below is too dark
	Bright      float64 // mean luma 0..255; above is too bright
	Sharpness   float64 // see Measured; below is blurred
	Yaw         float64 // 0..1; beyond, to either side, is turned away
	Pitch       float64 // 0..1; beyond, up or down, is turned away
	Roll        float64 // degrees; beyond, to either side, is turned away
	Detection   float64 // 0..1; a detector less sure than this sees part of a face
	Eyes        float64 // luma of the eyes over that of the cheeks; below is dark glasses
	Mouth       float64 // distance in chroma; above is a mask
	Inside      float64 // share of the face in the picture; below is at the border
	Margin      float64 // from a landmark to the border, in distances of the eyes; below is at the border
	Second      float64 // prominence of the second face over the first; from here there are several
}

// Defaults are the thresholds measured on the fixtures. Behind each: what the
// 61 photos show at the worst, and what the same photos show when spoilt.
func Defaults() Thresholds {
	return Thresholds{
		EyeDistance: 35,   // worst 43; at 35 the embedder sees enlarged pixels
		Dark:        40,   // worst 100; at a quarter of the light half are below
		Bright:      225,  // worst 193; washed out, the median is 234
		Sharpness:   0.06, // worst 0.11; shown at an eighth of the size, the median is 0.05
		Yaw:         0.6,  // worst 0.35
		Pitch:       0.5,  // worst 0.13 off frontal
		Roll:        30,   // worst 11; templates suffer from about 30
		Detection:   0.8,  // worst 0.92; half a face goes down to 0.69
		Eyes:        0.33, // worst 0.40; behind dark glasses the median is 0.18
		Mouth:       60,   // worst 50; behind a blue mask the median is 80
		Inside:      0.9,  // worst 1; half a face has a median of 0.87
		Margin:      0.4,  // worst 0.95; of 437 faces cut at a third to two thirds of their box, 119 had no other issue, and 1 of those is above
		Second:      0.65, // worst 0.57, a blurred bystander; two people side by side have 0.9 and more
	}
}

// Issues compares measures with thresholds. The worst issue comes first, in
// the order of the vocabulary.
func (t Thresholds) Issues(m Measured) []engine.Issue {
	var issues []engine.Issue
	for _, c := range []struct {
		issue engine.Issue
		found bool
	}{
		{engine.SeveralFaces, m.Second >= t.Second},
		{engine.TooSmall, m.EyeDistance < t.EyeDistance},
		{engine.TooDark, m.Brightness < t.Dark},
		{engine.TooBright, m.Brightness > t.Bright},
		{engine.Blurred, m.Sharpness < t.Sharpness},
		{engine.TurnedAway, beyond(m.Yaw, t.Yaw) || beyond(m.Pitch, t.Pitch) || beyond(m.Roll, t.Roll)},
		{engine.Covered, m.Detection < t.Detection || m.Eyes < t.Eyes || m.Mouth > t.Mouth},
		{engine.AtTheBorder, m.Inside < t.Inside || m.Margin < t.Margin},
	} {
		if c.found {
			issues = append(issues, c.issue)
		}
	}
	return issues
}

func beyond(v, limit float64) bool { return v > limit || v < -limit }
