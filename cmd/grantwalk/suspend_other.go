//go:build !unix

package main

func unsuspended() (release func()) { return func() {} }
