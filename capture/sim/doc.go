// Package sim answers one question: what would a camera deliver if this person,
// or this attack, stood before this screen? It makes whole flash sessions of
// people who do not exist: a head, a room, a screen, a camera and a VP8 stream,
// all drawn from one seed, the same on every machine of one kind.
//
//	wish.go     what a caller asks for       scene.go   one drawn person, place, screen and camera
//	head.go     the head, a mesh             light.go   what each quarter of the screen gives it
//	raster.go   mesh to planes               layer.go   planes of light, one for each source
//	screen.go   the screen over time         camera.go  light to pictures
//	film.go     a whole session              species.go the attacks
//
// The head is this package's own: profiles of cross-sections with relief, and
// no formula of package capture/flash, so that a shape test cannot grade itself.
//
// Not modelled: hair as strands, shadows that glasses cast, parallax of small
// turns of the head, local tone mapping, lens flare, the true reflectance of
// skin. A rate from here is a rate of this model and of nothing else.
package sim
