package safetest

import (
	"regexp"
	"strings"
)

// masks are ours, with digits that a secret may hold too.
var masks = regexp.MustCompile(`… \(\d+ characters?\)`)

// leastLeak is how many characters of a secret in a row are taken for a leak: fewer
// are in any text by chance.
const leastLeak = 4

// Leak returns a part of the secret that is in the output and comes from nowhere
// else; empty: there is none. Where the output repeats its surroundings, their
// own text does not count.
func Leak(output, surroundings, secret string) string {
	surroundings += " characters bytes in all"
	output = masks.ReplaceAllString(output, "…")
	for i := 0; i+leastLeak <= len(secret); i++ {
		if part := secret[i : i+leastLeak]; strings.Contains(output, part) && !strings.Contains(surroundings, part) {
			return part
		}
	}
	return ""
}
