package evidence

import (
	"testing"

	"example.com/grantwalk/diagnose/growth"
)

func TestTheWordsOfAPageTakeLinearTime(t *testing.T) {
	for _, shape := range growth.Texts {
		growth.Linear(t, shape, 8<<10, 4<<20, func(text string) { refusing().MatchString(text) })
	}
}
