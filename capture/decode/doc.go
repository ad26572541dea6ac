// Package decode answers one question: which picture is in these bytes of VP8?
// It also asks it backwards: an Encoder makes such bytes, for clients and for
// pictures that must look as if they had been sent.
//
// libvpx does the work, linked statically. It reads what strangers send, so
// nothing reaches it before Inspect has read the header: a frame tag that
// holds together, the start code of a key frame, a size within the limits, and
// a key frame first. After damage it is given nothing until the next key frame.
//
// Pictures are 4:2:0 with the levels that were sent: from cameras that is
// BT.601 in its limited range, and not the full range that image/color expects.
package decode
