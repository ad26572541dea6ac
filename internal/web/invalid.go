package web

// ErrInvalid is the fault of a body that a room finds wrong in a way that tags
// cannot say; add a field for each thing that is wrong.
var ErrInvalid = errInvalid
