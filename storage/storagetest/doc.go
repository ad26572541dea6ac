// Package storagetest answers one question: does a store keep what it
// promises? It opens throw-away stores for tests of rooms, and holds the
// contract that every store must pass.
package storagetest
