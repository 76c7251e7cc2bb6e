// Package growth measures how the processor time of a reader grows with the length
// of its input. It is for tests.
//
// People paste text that a server, a logger or an attacker wrote. If a reader's time
// is quadratic in the length of one line, a file of a few kilobytes stops the program.
// The tests fail on growth and never on speed, because a slow machine slows n and 4n
// alike.
package growth

import (
	"runtime"
	"testing"
	"time"
)

// A Shape makes inputs that differ only in their length.
type Shape struct {
	Name string
	Make func(n int) string // about n bytes
}

const (
	// most is the largest growth from n to 4n that passes. Linear time grows by a factor
	// of 4, n·log n by less than 5, quadratic time by 16.
	most = 7.0

	// leastTime is the time for n bytes from which the growth can be measured. Below it,
	// fixed costs hide growth, and a garbage collection that only 4n needs looks like it.
	leastTime = 2 * time.Millisecond

	// rounds is how often a shape is measured before it fails. Noise only adds time, so
	// the shortest time of each length counts.
	rounds = 8
)

// Linear fails the test if the processor time of read grows faster than the input
// from n over 2n to 4n bytes. n is at least from. It is larger where read is so fast
// that nothing could be measured, but 4n never exceeds to, the longest input that read
// takes in one piece.
func Linear(t *testing.T, shape Shape, from, to int, read func(input string)) {
	t.Helper()
	if testing.Short() {
		t.Skip("measuring takes its time")
	}
	runtime.LockOSThread() // processorTime is the thread's
	defer runtime.UnlockOSThread()

	n := from
	read(shape.Make(n)) // compiles what is compiled once
	for 8*n <= to && once(t, shape.Make(n), read) < leastTime {
		n *= 2
	}
	inputs := [3]string{shape.Make(n), shape.Make(2 * n), shape.Make(4 * n)}
	var best [3]time.Duration
	for range rounds {
		for i, input := range inputs {
			if took := once(t, input, read); best[i] == 0 || took < best[i] {
				best[i] = took
			}
		}
		if float64(best[2]) <= most*float64(best[0]) {
			return
		}
	}
	t.Errorf("%s: the time grows faster than the input: %v for %d bytes, %v for %d, %v for %d",
		shape.Name, best[0], len(inputs[0]), best[1], len(inputs[1]), best[2], len(inputs[2]))
}

// once is the processor time of one call, the mean of several where one is too short.
func once(t testing.TB, input string, read func(string)) time.Duration {
	start := processorTime(t)
	for calls := time.Duration(1); ; calls++ {
		read(input)
		if took := processorTime(t) - start; took >= leastTime || calls == 100 {
			return took / calls
		}
	}
}
