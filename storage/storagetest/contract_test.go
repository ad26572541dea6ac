package storagetest_test

import (
	"testing"

	"github.com/rostod/rostod/storage/storagetest"
)

func TestContract(t *testing.T) { storagetest.Contract(t, storagetest.OpenWith) }
