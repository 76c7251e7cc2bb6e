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

// Duration is a time as people say it: "0.4 ms", "7.2 s", "2 min 5 s", "1 h 30 min". It has
// two units at most.
func Duration(d time.Duration) string {
	switch {
	case d == 0:
		return "0 s"
	case d < time.Millisecond:
		return strings.TrimSuffix(fmt.Sprintf("%.2f", float64(d.Microseconds())/1000), "0") + " ms"
	case d < time.Second:
		return tenths(float64(d.Microseconds())/1000) + " ms"
	case d < 10*time.Second && d%time.Second != 0:
		return tenths(d.Seconds()) + " s"
	}
	d = d.Round(time.Second)
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
