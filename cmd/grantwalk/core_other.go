//go:build !unix

package main

// noCoreDump has nothing to do where a crash writes no memory by default.
func noCoreDump() {}
