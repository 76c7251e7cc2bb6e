//go:build linux && !race

package growth

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// processorTime is the time that this thread has used the processor. Other programs
// and other goroutines do not count.
func processorTime(t testing.TB) time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts); err != nil {
		t.Skip("this system has no clock for the processor time of a thread: ", err)
	}
	return time.Duration(ts.Nano())
}
