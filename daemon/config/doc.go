// Package config answers one question: how does this installation want the
// daemon to run?
//
// Every setting has a default that is right for most, a name in a file, and an
// environment form that wins over the file: storage.minFreeMB is
// ROSTOD_STORAGE_MIN_FREE_MB. The commented rostod.yml in this folder is the
// reference; a test holds it against the code. A name that is not known is
// refused, and every mistake is reported at once.
package config
