package flash

import "math"

// Screen is the customer's screen. What is not known is 0.
type Screen struct {
	Width, Height int     // as the page reports it, pixels
	DiagonalInch  float64 // of a kiosk that was calibrated
	Nits          float64 // of white, of a kiosk that was calibrated
}

// Continuity is what the session knows of the face besides its light.
type Continuity struct {
	Looks   int // at the face by the detector
	Several int // that found more than one face
}

// Session is everything that is measured.
type Session struct {
	Timeline      Timeline
	Samples       []Sample // in time order, dated
	Screen        Screen
	BitsPerPixel  float64 // of the video while the colours were shown; 0 when not known
	Width, Height int     // of the video
	Full          int     // width of the camera's picture when the video is a part of it, in the video's pixels; 0 when it is all of it
	Focal         float64 // focal length of the camera in its pixels; 0 when not known
	Continuity    Continuity
}

// How a screen is imagined that was not calibrated: by how many pixels it has.
const (
	inch           = 25.4  // millimetres
	focalShare     = 0.83  // focal length over the picture's width: 62 degrees, as webcams have
	nearest        = 250.0 // millimetres from the screen
	farthest       = 900.0
	usualDistance  = 0.85  // diagonals of a screen at which people stand before it
	usualLeast     = 300.0 // millimetres, however small it is
	nearestShare   = 0.7   // diagonals, for a camera that nobody calibrated
	shownRatio     = 16.0 / 9
	deskDiagonal   = 24.0 // inches
	laptopDiagonal = 15.6
	tabletDiagonal = 10.0
	phoneDiagonal  = 6.4
	deskPixels     = 1600 // on the long side, from which a screen is taken for that
	laptopPixels   = 1240
	tabletPixels   = 1000
)

// size is a screen's width and height in millimetres.
func (s Screen) size() (width, height float64) {
	ratio := shownRatio
	if s.Width > 0 && s.Height > 0 {
		ratio = max(0.4, min(2.5, float64(s.Width)/float64(s.Height)))
	}
	diagonal := s.DiagonalInch
	if !(diagonal >= 3 && diagonal <= 100) {
		diagonal = guessed(max(s.Width, s.Height))
	}
	height = diagonal * inch / math.Hypot(1, ratio)
	return height * ratio, height
}

func guessed(long int) float64 {
	switch {
	case long == 0 || long >= deskPixels:
		return deskDiagonal
	case long >= laptopPixels:
		return laptopDiagonal
	case long >= tabletPixels:
		return tabletDiagonal
	default:
		return phoneDiagonal
	}
}

// known says whether the screen's size was measured and not guessed.
func (s Screen) known() bool { return s.DiagonalInch >= 3 && s.DiagonalInch <= 100 }

// distance is how far a face is, in millimetres, whose eyes are so many pixels
// apart. Of a camera that was not calibrated the focal length is a guess, and
// the distance is half what it says and half what is usual before such a
// screen.
func (s Session) distance(iod float64) float64 {
	wide, high := s.Screen.size()
	diagonal := math.Hypot(wide, high)
	usual := max(usualLeast, usualDistance*diagonal)
	focal := s.Focal
	if !(focal > 0) {
		focal = focalShare * float64(max(s.Width, s.Full))
	}
	seen := focal * eyeDistance / iod
	switch {
	case !(iod > 0) || !(focal > 0) || math.IsInf(seen, 0):
		return usual
	case s.Focal > 0:
		return max(nearest, min(farthest, seen))
	default:
		return max(nearest, nearestShare*diagonal, min(farthest, math.Sqrt(seen*usual)))
	}
}
