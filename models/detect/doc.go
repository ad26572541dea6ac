// Package detect answers one question: where are the faces, and where in them
// are the eyes, the nose and the corners of the mouth?
//
// It runs a network of YuNet's kind (Wu, Peng, Yu: YuNet, A Tiny
// Millisecond-level Face Detector, 2023) on a small copy of the picture, and
// on a larger one when that shows nothing. Such a network also finds faces
// that lie on their side, with a lower score and with landmarks that are
// wrong; so when the best score is low the picture is tried turned by 90, 180
// and 270 degrees, and the best turn is kept.
package detect
