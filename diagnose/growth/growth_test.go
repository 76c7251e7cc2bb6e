package growth

import "testing"

var sum int

// spend uses the processor for so many steps.
func spend(steps int) {
	for i := range steps {
		sum = sum*31 + i
	}
}

func TestLinearTimeIsToldFromQuadraticTime(t *testing.T) {
	letters := Repeated("letters", "a")
	if times, linear := grows(t, letters, 1<<10, func(s string) { spend(1000 * len(s)) }); !linear {
		t.Errorf("linear time counts as growing: %v", times)
	}
	if times, linear := grows(t, letters, 1<<10, func(s string) { spend(8 * len(s) * len(s)) }); linear {
		t.Errorf("quadratic time counts as linear: %v", times)
	}
}

func TestAStepIsNoGrowth(t *testing.T) {
	Linear(t, Repeated("letters", "a"), 1<<10, 1<<20, func(s string) {
		spend(1000 * len(s))
		if len(s) > 4000 {
			spend(20_000_000)
		}
	})
}

// 16 KB is the least that a reader of the program takes in one piece.
func TestAQuadraticReaderFailsAtTheShortestBound(t *testing.T) {
	if times, n := growth(t, Repeated("letters", "a"), 1<<10, 16<<10, func(s string) { spend(len(s) * len(s)) }); n == 0 {
		t.Errorf("quadratic time passes: %v", times)
	}
}

func TestGrowthThatNobodyWaitsForIsNoFailure(t *testing.T) {
	if times, n := growth(t, Repeated("letters", "a"), 1<<10, 16<<10, func(s string) { spend(len(s) * len(s) / 100) }); n > 0 {
		t.Errorf("a few milliseconds fail: %v for %d bytes", times, n)
	}
}
