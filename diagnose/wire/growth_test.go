package wire

import (
	"testing"

	"example.com/grantwalk/diagnose/growth"
)

// documents are shapes of JSON.
var documents = []growth.Shape{
	growth.NumberedBetween("members", `{`, `"a%":1,`, `"error":"invalid_grant"}`),
	growth.NumberedBetween("members of an error object", `{"error":{`, `"a%":1,`, `"message":"no"}}`),
	growth.Between("a string of escaped quotes", `{"error":"`, `\"`, `"}`),
	growth.Between("a string of backslashes", `{"error":"`, `\\`, `"}`),
	growth.Between("a string of escapes", `{"error":"`, `\u0022`, `"}`),
	growth.Between("an array of strings that end in a backslash", `{"a":[`, `"\\",`, `"\\"]}`),
	growth.Between("white space", `{"error":`, " \n", `1}`),
	growth.Between("an array", `{"error":[`, "1,", `1]}`),
	growth.Nested("objects in a member", `{"a":`, "1", "}"),
	growth.Between("something behind the document", `{}`, " {}", ""),
}

func TestReadingAResponseTakesLinearTime(t *testing.T) {
	for _, shape := range append(documents, growth.Texts...) {
		growth.Linear(t, shape, 64<<10, 4<<20, func(text string) {
			for _, media := range []string{"application/json", "application/x-www-form-urlencoded", "text/html", ""} {
				a := Read(Head{Status: 400, ContentType: media}, []byte(text))
				a.ErrorResponse()
				a.Token("access_token")
			}
			Form(text)
			JWT(text)
		})
	}
}
