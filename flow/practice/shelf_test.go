package practice

import (
	"fmt"
	"testing"
)

func TestAFullShelfForgetsItsOldest(t *testing.T) {
	s := newShelf[int](10)
	for i := range 12 {
		s.put(fmt.Sprint(i), i)
	}
	s.remove("5")
	for key, want := range map[string]bool{"0": false, "1": false, "2": true, "5": false, "11": true} {
		if _, ok := s.get(key); ok != want {
			t.Errorf("%s is there: %t", key, ok)
		}
	}
	if len(s.values) != 9 || len(s.order) != 10 {
		t.Errorf("%d values, %d keys", len(s.values), len(s.order))
	}
}
