package ui

import (
	"fmt"
	"time"
)

// Seconds is d as people count it: "7 s", "2 min 5 s", "10 min".
func Seconds(d time.Duration) string {
	s := int(max(0, d).Seconds())
	switch {
	case s < 60:
		return fmt.Sprintf("%d s", s)
	case s%60 == 0:
		return fmt.Sprintf("%d min", s/60)
	}
	return fmt.Sprintf("%d min %d s", s/60, s%60)
}

// Shown is as much of d as [Short] shows. A sum that stands below its parts is the sum of these.
func Shown(d time.Duration) time.Duration {
	if tenths := d.Round(100 * time.Microsecond); tenths < time.Second {
		return tenths
	}
	if tenths := d.Round(100 * time.Millisecond); tenths < 10*time.Second {
		return tenths
	}
	return d.Round(time.Second)
}

// Short is d to a tenth, or to a second from 10 s on: "0.4 ms", "41.9 ms", "7.2 s", "2 min 5 s".
func Short(d time.Duration) string {
	d = Shown(d)
	switch {
	case d < 10*time.Second && d >= time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d >= time.Second:
		return Seconds(d)
	}
	return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
}
