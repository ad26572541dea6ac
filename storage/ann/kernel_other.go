//go:build !amd64 && !arm64

package ann

func allKernels() []kernels { return []kernels{plainKernels()} }
