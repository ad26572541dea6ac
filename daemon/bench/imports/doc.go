// Package imports answers one question: how much of what the cores can look at
// does an import look at?
package imports
