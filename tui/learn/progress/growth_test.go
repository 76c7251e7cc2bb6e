package progress

import (
	"testing"

	"example.com/grantwalk/diagnose/growth"
)

func TestAFileIsReadInLinearTime(t *testing.T) {
	for _, shape := range []growth.Shape{
		growth.NumberedBetween("lessons", `{"version":1,"lessons":{`, `"a%":{"page":1},`, `"b":{}}}`),
		growth.NumberedBetween("answers", `{"version":1,"lessons":{"a":{"answers":{`, `"%":[1,2],`, `"0":[]}}}}`),
		growth.Between("cases", `{"version":1,"lessons":{"a":{"on_call":{"cases":[`, `{"cause":"policy","choices":["a","b"]},`, `{}]}}}}`),
		growth.Between("picks", `{"version":1,"lessons":{"a":{"on_call":{"picks":[`, `{"cause":"policy","picked":"a","seconds":1},`, `{}]}}}}`),
		growth.Between("a long name", `{"version":1,"lessons":{"`, `a\n`, `":{}}}`),
		growth.Nested("arrays", "[", "", "]"),
		growth.Repeated("no JSON", "a"),
	} {
		growth.Linear(t, shape, 16<<10, maxFile, func(body string) { _, _ = parse([]byte(body)) })
	}
}
