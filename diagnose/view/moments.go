package view

import (
	"fmt"
	"strings"
	"time"
)

// clockTime is a moment as evidence shows it.
func clockTime(t time.Time) string {
	if t.IsZero() {
		return "at an unknown time"
	}
	return t.Format("15:04:05.000")
}

// apart is the time between two moments, as text; empty where it is not known.
func apart(from, to time.Time) string {
	if from.IsZero() || to.IsZero() || to.Before(from) {
		return ""
	}
	return ", " + Duration(to.Sub(from)) + " later"
}

// Rounded is as much of a time as [Duration] shows: a tenth of a millisecond or of a second
// below ten, otherwise whole ones. A sum that is shown below its parts is the sum of these.
func Rounded(d time.Duration) time.Duration {
	const least = time.Millisecond / 10
	if tenths := d.Round(least); tenths < 10*time.Millisecond {
		if d > 0 {
			return max(tenths, least) // something did pass
		}
		return tenths
	}
	if whole := d.Round(time.Millisecond); whole < time.Second {
		return whole
	}
	if tenths := d.Round(time.Second / 10); tenths < 10*time.Second {
		return tenths
	}
	return d.Round(time.Second)
}

// Duration is a time as people say it: "0.4 ms", "12 ms", "7.2 s", "2 min 5 s", "1 h 30 min".
// It has two units at most.
func Duration(d time.Duration) string {
	d = Rounded(d)
	switch {
	case d == 0:
		return "0 s"
	case d < time.Second:
		return tenths(float64(d.Microseconds())/1000) + " ms"
	case d < 10*time.Second:
		return tenths(d.Seconds()) + " s"
	}
	hours, minutes, seconds := int(d.Hours()), int(d.Minutes())%60, int(d.Seconds())%60
	switch {
	case hours > 0:
		return units(hours, "h", minutes, "min")
	case minutes > 0:
		return units(minutes, "min", seconds, "s")
	}
	return fmt.Sprintf("%d s", seconds)
}

func tenths(x float64) string { return strings.TrimSuffix(fmt.Sprintf("%.1f", x), ".0") }

func units(n int, one string, rest int, other string) string {
	if rest == 0 {
		return fmt.Sprintf("%d %s", n, one)
	}
	return fmt.Sprintf("%d %s %d %s", n, one, rest, other)
}
