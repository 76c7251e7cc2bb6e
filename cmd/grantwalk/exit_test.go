package main

import (
	"testing"

	"example.com/grantwalk/flow"
)

// docs/json.md has this table for users.
func TestAWalkEndsWithTheCodeOfItsOutcome(t *testing.T) {
	for kind, want := range map[flow.Kind]int{flow.Refused: 1, flow.StateMismatch: 1, flow.NoAnswer: 3, flow.Denied: 4, flow.Interrupted: 130} {
		if got := exitCode(ended{kind}); got != want {
			t.Errorf("%s ends with %d, want %d", kind, got, want)
		}
	}
	if got := exitCode(nil); got != 0 {
		t.Errorf("a walk with tokens ends with %d", got)
	}
}
