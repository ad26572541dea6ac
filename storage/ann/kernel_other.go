//go:build !amd64

package ann

func allKernels() []kernels { return []kernels{plainKernels()} }
