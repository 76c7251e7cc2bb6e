package read

import (
	"testing"

	"example.com/grantwalk/diagnose/exchange"
)

func TestAPageIsReadAsABrowserShowsIt(t *testing.T) {
	for page, want := range map[string]string{
		"no page":                                                 "no page",
		"<p>invalid <b>client</b></p>":                            "invalid client",
		"a<!-- b -->c<!---->d":                                    "a c d",
		"a<script>b</script>c<STYLE x>d</style >e":                "a c e",
		"<head><title>a</title></head>b":                          "b",
		"a<!-- b<script>c</script>d":                              "a<!-- b d",
		"a<script>b<!-- c --></script>d<!-- e --><script>f":       "a d f",
		"a<!-- b<!-- c<style>d</style>e<script>f</script>g<svg>h": "a h",
		"<scripted>a</scripted>":                                  "a",
	} {
		if got := exchange.PageText(page); got != want {
			t.Errorf("%q reads %q, want %q", page, got, want)
		}
	}
}
