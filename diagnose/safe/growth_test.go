package safe_test

import (
	"testing"

	"example.com/grantwalk/diagnose/growth"
	"example.com/grantwalk/diagnose/safe"
)

func TestQuotingTakesLinearTime(t *testing.T) {
	for _, shape := range growth.Texts {
		growth.Linear(t, shape, 4<<10, 1<<20, func(text string) {
			safe.Quote(text, len(text))
			safe.Text(text, len(text))
			_ = safe.RedirectURI(text).String() + safe.Endpoint(text).String() + safe.Identifier(text).String() + safe.Scope(text).String()
		})
	}
}
