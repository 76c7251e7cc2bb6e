package view

import (
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
	return ", " + short(to.Sub(from)) + " later"
}

// short is a duration to three digits or so: 10m, 1.1s, 0.31ms.
func short(d time.Duration) string {
	to := 10 * time.Microsecond
	switch {
	case d >= 10*time.Second:
		to = time.Second
	case d >= time.Second:
		to = 10 * time.Millisecond
	case d >= 10*time.Millisecond:
		to = time.Millisecond
	}
	s := d.Round(to).String()
	for _, nothing := range []string{"m0s", "h0m"} { // 1h0m0s, as Go writes an hour
		if strings.HasSuffix(s, nothing) {
			s = s[:len(s)-2]
		}
	}
	return s
}
