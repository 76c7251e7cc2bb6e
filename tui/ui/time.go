package ui

import (
	"time"

	"example.com/grantwalk/diagnose"
)

// Seconds is the time that a running clock shows: whole seconds that are over, worded as
// [diagnose.Duration] words a time.
func Seconds(d time.Duration) string {
	return diagnose.Duration(max(0, d).Truncate(time.Second))
}
