package gloss

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode"

	"example.com/grantwalk/diagnose/cite"
)

// notes are all there are, by where they stand.
func notes() map[string]Note {
	all := map[string]Note{}
	for kind, of := range map[string]map[string]Note{"parameter ": params, "claim ": claims, "answer ": answers, "header ": headers, "message ": messages} {
		for name, n := range of {
			all[kind+name] = n
		}
	}
	return all
}

func TestEveryCitationIsOneSectionThatExists(t *testing.T) {
	for name, n := range notes() {
		refs := cite.In(n.Cite)
		if len(refs) != 1 || refs[0].String() != n.Cite {
			t.Errorf("%s cites %q", name, n.Cite)
			continue
		}
		if _, ok := refs[0].Title(); !ok {
			t.Errorf("%s cites %s, which there is not", name, n.Cite)
		}
	}
}

func TestNotesKeepTheirStyle(t *testing.T) {
	all := notes()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		n := all[name]
		if first := []rune(n.For)[0]; len(n.For) > 33 || strings.HasSuffix(n.For, ".") || unicode.IsUpper(first) && !strings.HasPrefix(n.For, "ID token") {
			t.Errorf("%s: %q is not a few words in lower case", name, n.For)
		}
		if n.Text != "" && (!strings.HasSuffix(n.Text, ".") || len(n.Text) > 240 || strings.Contains(n.Text, "  ")) {
			t.Errorf("%s: %q is not a sentence or two", name, n.Text)
		}
	}
}

func TestAClaimIsExplainedAsAClaim(t *testing.T) {
	claim, ok := Param("claim", "iss")
	param, ok2 := Param("query", "iss")
	if !ok || !ok2 || claim == param {
		t.Errorf("iss as a claim %+v, as a parameter %+v", claim, param)
	}
	if _, ok := Param("claim", "email"); !ok {
		t.Error("a claim that userinfo has too is not explained")
	}
}

func TestTheScopeOfAnAnswerIsWhatWasGranted(t *testing.T) {
	asked, _ := Param("query", "scope")
	granted, ok := Param("json", "scope")
	if !ok || granted.For != "what was granted" || asked.For != "which access is requested" {
		t.Errorf("asked %+v, granted %+v", asked, granted)
	}
}

func TestHeadersAreExplainedInAnyCase(t *testing.T) {
	for _, name := range []string{"Authorization", "authorization", "WWW-Authenticate"} {
		if _, ok := Param("header", name); !ok {
			t.Errorf("%s is not explained", name)
		}
	}
	if _, ok := Param("header", "scope"); ok {
		t.Error("a parameter's explanation was taken for a header")
	}
}

func TestWhatNoSpecificationHasIsNotExplained(t *testing.T) {
	if n, ok := Param("json", "their_own"); ok {
		t.Errorf("got %+v", n)
	}
}
