package pad

// Again runs the network once more on the last face. It is for measuring the
// network alone.
func (j *Judge) Again() error { return j.shaped.Run() }
