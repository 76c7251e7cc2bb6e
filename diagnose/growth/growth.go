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
	// fixed costs hide growth.
	leastTime = 2 * time.Millisecond

	// enoughTime is the time for 4n bytes from which a larger n tells nothing new.
	enoughTime = time.Second

	// harmlessTime is the time for the longest input up to which its growth does not
	// matter: nobody waits for it. Where a megabyte takes less than a millisecond, the
	// sizes of the processor's caches and other programs decide the growth.
	harmlessTime = 50 * time.Millisecond

	// shortTime is the time for 4n bytes up to which one disturbance can hide growth.
	shortTime = 20 * time.Millisecond

	// rounds is how often a length is measured before its growth counts. Noise only adds
	// time, so the shortest time counts.
	rounds = 5
)

// Linear fails the test if the processor time of read grows faster than the input
// from n over 2n to 4n bytes. n is at least from, and larger where read is so fast that
// nothing could be measured. 4n never exceeds to, the longest input that read takes in
// one piece.
//
// A step in the time, as where a regular expression is given to a slower engine or a
// garbage collection begins, is not yet growth. So the growth must hold for every
// larger n as well. If even the longest input takes a harmless time, the reader passes.
func Linear(t *testing.T, shape Shape, from, to int, read func(input string)) {
	t.Helper()
	if testing.Short() {
		t.Skip("measuring takes its time")
	}
	if times, n := growth(t, shape, from, to, read); n > 0 {
		t.Errorf("%s: the time grows faster than the input: %v for %d bytes, %v for %d, %v for %d", shape.Name, times[0], n, times[1], 2*n, times[2], 4*n)
	}
}

// growth is the length from which the time grows faster than the input, with the times
// for n, 2n and 4n bytes; 0: it does not.
func growth(t testing.TB, shape Shape, from, to int, read func(input string)) (times [3]time.Duration, n int) {
	n = from
	read(shape.Make(n)) // compiles what is compiled once
	for 8*n <= to && once(t, shape.Make(n), read) < leastTime {
		n *= 2
	}
	for ; ; n *= 2 {
		times, linear := grows(t, shape, n, read)
		switch {
		case linear, 8*n > to && times[2] < harmlessTime:
			return times, 0
		case 8*n > to || times[2] > enoughTime:
			return times, n
		}
	}
}

// grows measures n, 2n and 4n until the growth is linear; short times at least twice.
func grows(t testing.TB, shape Shape, n int, read func(string)) (best [3]time.Duration, linear bool) {
	inputs := [3]string{shape.Make(n), shape.Make(2 * n), shape.Make(4 * n)}
	for round := range rounds {
		for i, input := range inputs {
			if took := once(t, input, read); best[i] == 0 || took < best[i] {
				best[i] = took
			}
		}
		if round == 0 && best[2] < shortTime {
			continue
		}
		if float64(best[2]) <= most*float64(best[0]) {
			return best, true
		}
	}
	return best, false
}

// once is the processor time of one call, the mean of several where one is too short.
func once(t testing.TB, input string, read func(string)) time.Duration {
	runtime.LockOSThread() // processorTime is the thread's
	defer runtime.UnlockOSThread()
	start := processorTime(t)
	for calls := time.Duration(1); ; calls++ {
		read(input)
		if took := processorTime(t) - start; took >= leastTime || calls == 100 {
			return took / calls
		}
	}
}
