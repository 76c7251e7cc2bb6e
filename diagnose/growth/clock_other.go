//go:build !linux || race

package growth

import (
	"testing"
	"time"
)

func processorTime(t testing.TB) time.Duration {
	t.Skip("the processor time of a thread is measured on Linux only, and not under the race detector")
	return 0
}
