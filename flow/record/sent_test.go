package record

import (
	"slices"
	"strings"
	"testing"
)

func TestARequestsParametersAreKeptAsTheyWereSentButNotTheSecrets(t *testing.T) {
	var known secrets
	known.add("known-secret")
	for sent, want := range map[string][]string{
		"":                                  nil,
		"a=b&c=d":                           {"a=b", "c=d"},
		"a=%7e%2F+~&b&=c&d=&=":              {"a=%7e%2F+~", "b", "=c", "d=", "="},
		"&&a=b&&&c=d&&":                     {"&&a=b", "&&c=d&&"},
		"a=%zz&b=%00&%ff=x":                 {"a=%zz", "b=%00", "%ff=x"},
		"code=abc&x%24(id)token=1&b=2":      {"code=", "x%24(id)token=", "b=2"},
		"code=%zz&state=a%00b":              {"", ""}, // what nobody could put in again
		"a=known-secret&b=a+known-secret+b": {"a=", "b="},
		"a=k%6eown-secret":                  {""}, // nor spell as it was
		"known-secret=a&k%6eown-secret":     {"", ""},
	} {
		var got []string
		for _, p := range SentParams("query", sent) {
			got = append(got, known.encoded(p, p.Secret == ""))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", sent, got, want)
		}
	}
}

func TestARequestOfManyParametersSaysHowManyAreLeftOut(t *testing.T) {
	params := SentParams("query", strings.Repeat("a=b&", maxSent+7))
	if last := params[len(params)-1]; len(params) != maxSent+1 || last.Value != "and 7 more" || last.Encoded != "" {
		t.Errorf("%d parameters, the last is %+v", len(params), last)
	}
}
