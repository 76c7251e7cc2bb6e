package catalogue

import (
	"testing"

	"example.com/grantwalk/diagnose/growth"
)

func TestMatchingTakesLinearTime(t *testing.T) {
	for _, shape := range growth.Texts {
		growth.Linear(t, shape, 1<<10, maxWords, func(text string) {
			Match(Query{Error: "invalid_grant", Description: text, Words: text})
			Identify(text)
		})
		growth.Linear(t, shape, 16<<10, 1<<20, func(text string) {
			Vague(text)
			Find(text)
		})
	}
}
