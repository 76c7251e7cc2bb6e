// Package background knows whether the terminal's background is light or dark, and how
// to ask the terminal. It leaves sending the question and waiting for the response to
// the screens: a command that prints lines never asks.
//
// Bubble Tea v1 asks the terminal in an init function and waits up to 5 s for the
// response, in every command and before any signal is handled. It does not ask if Lip
// Gloss has been told the background already. Go initializes packages in the order of
// their import paths, once their imports are initialized. So this package imports Lip
// Gloss and not Bubble Tea, and its path sorts before github.com.
package background

import (
	"strconv"
	"strings"

	"github.com/charmbracelet/lipgloss"
)

func init() { lipgloss.SetHasDarkBackground(true) }

// Background is what is known of the terminal's background.
type Background int

// Unknown is the background until the terminal has responded.
const (
	Unknown Background = iota
	Light
	Dark
)

// Query asks the terminal for its background color (OSC 11, xterm's control sequences).
// The response has the same form, with a color in place of the question mark.
const Query = "\x1b]11;?\x1b\\"

// Answers reports whether a terminal of this kind can respond to the query. One that
// cannot may show the query as text.
func Answers(term string) bool {
	return term != "" && term != "dumb" && term != "linux" && !strings.HasPrefix(term, "vt")
}

// FromVariable reads COLORFGBG, which rxvt, Konsole and iTerm set: two or three numbers
// of colors, the background last. 7 and 9 to 15 are light in the 16 colors that every
// such terminal begins with.
func FromVariable(colorfgbg string) Background {
	_, last, _ := strings.Cut(colorfgbg, ";")
	if _, third, more := strings.Cut(last, ";"); more {
		last = third
	}
	n, err := strconv.Atoi(last)
	switch {
	case err != nil, n < 0, n > 15:
		return Unknown
	case n == 7, n > 8:
		return Light
	}
	return Dark
}

// FromResponse reads the text of a response to Query, without its first and last
// control sequence: "11;rgb:ffff/ffff/ffff", with one to four hexadecimal digits for
// each part, or rgba with a fourth part.
func FromResponse(text string) Background {
	color, ok := strings.CutPrefix(text, "11;rgb")
	if !ok {
		return Unknown
	}
	parts := strings.Split(strings.TrimPrefix(strings.TrimPrefix(color, "a"), ":"), "/")
	if len(parts) != 3 && len(parts) != 4 {
		return Unknown
	}
	var light float64
	for i, weight := range []float64{0.299, 0.587, 0.114} { // of luma (ITU-R BT.601)
		n, err := strconv.ParseUint(parts[i], 16, 16)
		if err != nil {
			return Unknown
		}
		light += weight * float64(n) / float64(uint(1)<<(4*len(parts[i]))-1)
	}
	if light > 0.5 {
		return Light
	}
	return Dark
}
