package embed

// Again runs the network once more on the last crop. It is for measuring the
// network alone.
func (e *Embedder) Again() error { return e.shaped.Run() }
