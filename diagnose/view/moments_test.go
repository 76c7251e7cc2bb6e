package view_test

import (
	"testing"
	"time"

	"example.com/grantwalk/diagnose/view"
)

func TestATimeHasOneFormEverywhere(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 s", 20 * time.Microsecond: "0.1 ms", 340 * time.Microsecond: "0.3 ms", 754 * time.Microsecond: "0.8 ms", 9960 * time.Microsecond: "10 ms",
		12400 * time.Microsecond: "12 ms", 999499 * time.Microsecond: "999 ms", 999960 * time.Microsecond: "1 s",
		1449 * time.Millisecond: "1.4 s", 9960 * time.Millisecond: "10 s", 61 * time.Second: "1 min 1 s", 125400 * time.Millisecond: "2 min 5 s",
		10 * time.Minute: "10 min", 59*time.Minute + 59600*time.Millisecond: "1 h", 90 * time.Minute: "1 h 30 min",
	} {
		if got := view.Duration(d); got != want {
			t.Errorf("%s is shown as %q, want %q", d, got, want)
		}
	}
}

func TestTimesThatAreShownAddUp(t *testing.T) {
	sum := view.Rounded(754*time.Microsecond) + view.Rounded(253*time.Microsecond)
	if got := view.Duration(sum); got != "1.1 ms" {
		t.Errorf("0.8 ms and 0.3 ms are %q", got)
	}
}
