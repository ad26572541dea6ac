package engine

// FlashEvidence is what one capture measured of the light that a face sent
// back: numbers, and no verdict. Package capture/flash makes it and
// docs/FLASH.md gives the formulas; package engine/liveness judges it, and can
// judge it again later. It holds no NaN and no infinity. Times are
// milliseconds after the start of the neutral lead.
type FlashEvidence struct {
	Frames  int          `json:"frames"` // that were measured
	FPS     float64      `json:"fps"`    // frames a second over the plan
	Lag     float64      `json:"lagMs"`  // from a colour on the screen to its light in a frame, milliseconds
	Seconds float64      `json:"seconds"`
	Quality FlashQuality `json:"quality"`
	Code    FlashCode    `json:"code"`
	Around  FlashAround  `json:"around"`
	Shape   FlashShape   `json:"shape"`
	Slots   []FlashSlot  `json:"slots"`
	Cells   []FlashCell  `json:"cells"`
	Trace   []FlashTrace `json:"trace"`
}

// FlashQuality is whether the capture could be measured at all.
type FlashQuality struct {
	Expected     int     `json:"expected"`     // frames, had none been lost
	Gap          float64 `json:"gapMs"`        // the longest time without a frame that could be used
	EyeDistance  float64 `json:"eyeDistance"`  // pixels, median
	Inside       float64 `json:"inside"`       // share of the frames with the whole face in the picture
	Clipped      float64 `json:"clipped"`      // share of the skin that was too bright to tell, the worst tenth of the frames
	Luma         float64 `json:"luma"`         // of the skin, 0..255, median
	BitsPerPixel float64 `json:"bitsPerPixel"` // of the video
	Yaw          float64 `json:"yaw"`          // degrees, roughly; median
	Pitch        float64 `json:"pitch"`        // degrees, roughly; median
	Motion       float64 `json:"motion"`       // eye distances a second, 90th percentile
	Jumps        int     `json:"jumps"`        // of the landmarks, between two frames
	Cuts         int     `json:"cuts"`         // changes of the whole picture between two frames
	Several      int     `json:"several"`      // looks at the face that found more than one
	DisplayWorst float64 `json:"displayMs"`    // the furthest that a slot was shown off its plan
	DisplayOrder bool    `json:"displayOrder"` // whether the page's words came in order
	DisplaySaid  int     `json:"displaySaid"`  // slots that the page spoke of
	DisplayMiss  int     `json:"displayMiss"`  // display frames missed
}

// FlashCode is how the face followed the colours in time.
type FlashCode struct {
	Estimator string        `json:"estimator"` // raw, or background when its change was divided out
	Beta      [2][2]float64 `json:"beta"`      // how much red and blue light of the screen comes back as red and as blue
	Response  float64       `json:"response"`  // relative change per unit of the screen's light, mean of red and blue
	Error     float64       `json:"error"`     // standard error of it
	T         float64       `json:"t"`         // response over error
	R2        float64       `json:"r2"`        // share of the change that the plan explains
	Rho       float64       `json:"rho"`       // its root, with the response's sign
	R2Slots   float64       `json:"r2Slots"`   // share that any colours in the plan's slots explain
	Accuracy  float64       `json:"accuracy"`  // share of the slots that were read as planned
	Margin    float64       `json:"margin"`    // distance of the second-best reading over the best, median
	P         float64       `json:"p"`         // share of wrong sequences that fit as well
	NullMean  float64       `json:"nullMean"`  // R2 of wrong sequences
	NullMost  float64       `json:"nullMost"`
	Phi       float64       `json:"phi"`        // lag-1 correlation of what is left
	Noise     [2]float64    `json:"noise"`      // standard deviation of what is left
	Steps     int           `json:"steps"`      // sharp changes where the plan has one
	Foreign   int           `json:"foreign"`    // sharp changes where it has none
	ForeignT  float64       `json:"foreignT"`   // how clear they are, median, in standard errors
	AtTheEdge bool          `json:"atTheEdge"`  // whether the lag is the least or greatest that was tried
	Tilt      [2]float64    `json:"tilt"`       // the whole face's pseudo-normal, to the right and up
	Wrong     int           `json:"wrongPlans"` // wrong sequences that were tried
}

// FlashAround is how the rest of the picture followed the colours.
type FlashAround struct {
	Background bool    `json:"background"` // whether there was enough of it
	Pixels     int     `json:"pixels"`
	Activity   float64 `json:"activity"` // mean squared change of its luma between frames
	Raw        float64 `json:"raw"`      // response of the face by itself
	Against    float64 `json:"against"`  // response of the face against the background
	Kappa      float64 `json:"kappa"`    // how much the background followed: 0 not at all, 1 like the face
	KappaError float64 `json:"kappaError"`
	Ring       bool    `json:"ring"` // whether hair, neck and shoulders could be measured
	KappaRing  float64 `json:"kappaRing"`
}

// FlashShape is what the split slots say of the surface.
type FlashShape struct {
	Measured    bool       `json:"measured"`
	Valid       float64    `json:"valid"`      // share of the face's cells that could be measured
	Mirrors     float64    `json:"mirrors"`    // share of them that were mirrors, as lenses are
	CellError   float64    `json:"cellError"`  // mean standard error of their pseudo-normals
	Distance    float64    `json:"distanceMm"` // of the face from the screen, by the distance of the eyes
	Screen      [2]float64 `json:"screenMm"`   // width and height that were reckoned with
	LambdaHead  float64    `json:"lambdaShape"`
	LambdaBil   float64    `json:"lambdaBil"`
	LambdaFlat  float64    `json:"lambdaConst"`
	Relief      float64    `json:"relief"`      // how clearly there is a head's own relief, in standard errors
	ReliefShare float64    `json:"reliefShare"` // how much of it, 1 is the generic head's
	ReliefError float64    `json:"reliefError"` // standard error of that
	ReliefAxes  [2]float64 `json:"reliefAxes"`  // the share to the right, of which sheets with a stripe of gloss have some, and up
	AxesError   [2]float64 `json:"reliefAxesError"`
	Chi2        float64    `json:"chi2"`      // of a head
	Scale       float64    `json:"scale"`     // of its pseudo-normals against the generic head's
	Fold        float64    `json:"fold"`      // degrees from the picture's right of the best sheet's bend
	Amplitude   float64    `json:"amplitude"` // correlation of the cells' response with a head's
	Spread      float64    `json:"spread"`    // coefficient of variation of the cells' response, without its noise
	Offset      [2]float64 `json:"offset"`    // pseudo-normal of the whole head: how it is turned
}

// FlashSlot is one slot: what was shown, what a head would answer, and what was
// measured, in relative change of red and blue against green.
type FlashSlot struct {
	Kind     string        `json:"kind"`   // F, H or V
	Colour   string        `json:"colour"` // key of the palette
	Tiles    [4]string     `json:"tiles"`  // #rrggbb, as the customer sees the screen
	Start    float64       `json:"startMs"`
	Length   float64       `json:"ms"`
	Shift    float64       `json:"shiftMs"` // by the page's word
	Read     string        `json:"read"`    // kind and colour that it looks like most
	Distance float64       `json:"distance"`
	Second   float64       `json:"second"` // distance of the next-best reading
	Frames   int           `json:"frames"`
	Regions  []FlashRegion `json:"regions"`
}

// FlashRegion is one region of the face in one slot.
type FlashRegion struct {
	Name     string     `json:"name"`
	Expected [2]float64 `json:"expected"`
	Measured [2]float64 `json:"measured"`
}

// FlashCell is one cell of the grid over the face.
type FlashCell struct {
	Column   int        `json:"column"` // from the picture's left
	Row      int        `json:"row"`    // from the top
	Alpha    float64    `json:"alpha"`  // response against the whole face's
	Normal   [2]float64 `json:"normal"` // pseudo-normal, to the right and up
	Error    [2]float64 `json:"error"`
	Head     [2]float64 `json:"head"` // pseudo-normal of the fitted head
	Used     bool       `json:"used"`
	Response float64    `json:"headAlpha"` // the generic head's response
}

// FlashTrace is one frame: the face's change of red and of blue against green,
// what the plan explains of it, and the background's.
type FlashTrace struct {
	At         float64    `json:"atMs"`
	Face       [2]float64 `json:"face"`
	Plan       [2]float64 `json:"plan"`
	Background [2]float64 `json:"background"`
}
