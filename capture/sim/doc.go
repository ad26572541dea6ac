// Package sim answers one question: what would a camera deliver if this person,
// or this attack, stood before this screen? It makes whole flash sessions of
// people who do not exist: a head, a room, a screen, a camera and a VP8 stream,
// all drawn from one seed, the same on every machine of one kind.
//
//	wish.go      what a caller asks for           scene.go, draw.go   one drawn person, place, kiosk
//	head.go      the head, a mesh                 body.go, paint.go   hair, shoulders, glasses; colours
//	light.go     what each tile of a screen gives stage.go, raster.go meshes to planes of light
//	strength.go  how light changes over time      camera.go, stream.go light to pictures, and through VP8
//	film.go      a whole session                  attack.go, sheet.go, tablet.go, inject.go  the attacks
//	photo.go     the skin of photographs          basis.go            pictures for a page to mix
//
// The head is this package's own: profiles of cross-sections with relief, and
// no formula of package capture/flash, so that a shape test cannot grade itself.
//
// Not modelled: hair as strands, shadows that glasses cast, parallax of small
// turns of the head, local tone mapping, lens flare, the true reflectance of
// skin. A rate from here is a rate of this model and of nothing else.
package sim
