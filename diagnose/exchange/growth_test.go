package exchange

import (
	"testing"

	"example.com/grantwalk/diagnose/growth"
)

func TestAPageTakesLinearTime(t *testing.T) {
	for _, shape := range growth.Texts {
		growth.Linear(t, shape, 8<<10, 4<<20, func(page string) {
			postedForm(page)
			PageText(page)
		})
	}
}
