package ui

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/lipgloss"

	"example.com/grantwalk/tui/ui/background"
)

// Styles are named by what they mean. There is one accent; red is only for what
// is wrong, green only for what was checked and found right.
type Styles struct {
	Plain   lipgloss.Style
	Strong  lipgloss.Style // what the eye should find first
	Accent  lipgloss.Style // where the user stands
	Hint    lipgloss.Style // what can wait
	Rule    lipgloss.Style
	Good    lipgloss.Style
	Problem lipgloss.Style
	Warning lipgloss.Style // time is running out
	Key     lipgloss.Style
}

// A StylesMsg says that the root changed Common.Styles. It is for a screen that gave
// styles to a widget.
type StylesMsg struct{}

// NewStyles makes the styles for a renderer and a background. Colors follow the
// renderer's profile, so that NO_COLOR and dumb terminals get none. The colors for an
// unknown background have a contrast of at least 4.4 to 1 on black and on white.
func NewStyles(r *lipgloss.Renderer, on background.Background) Styles {
	color := func(light, dark, both string) lipgloss.Style {
		hex := map[background.Background]string{background.Light: light, background.Dark: dark, background.Unknown: both}[on]
		return r.NewStyle().Foreground(lipgloss.Color(hex))
	}
	return Styles{
		Plain:   r.NewStyle(),
		Strong:  r.NewStyle().Bold(true),
		Accent:  color("#0a5ea8", "#79c0ff", "#2178c4").Bold(true),
		Hint:    color("#667080", "#8b95a3", "#767676"),
		Rule:    color("#c3c8cf", "#3b424c", "#808080"),
		Good:    color("#14713a", "#5fd38a", "#198745"),
		Problem: color("#b3261e", "#ff7b72", "#d8382e"),
		Warning: color("#8a5a00", "#e3b341", "#9a6b00"),
		Key:     color("#0a5ea8", "#79c0ff", "#2178c4"),
	}
}

// Glyphs are the signs that not every locale can show.
type Glyphs struct {
	Rule, Bar, Dot, Done, Bad, Here, Back, Ellipsis, Unseen string
	Right, Left, Line                                       string // arrows: heads and shaft
	Full, Start, Eighths                                    string // of the waterfall
	Arrows                                                  string // the arrow keys, in the key line
	Updown                                                  string
	Certain, Likely, Possible, Under, Times                 string // of a diagnosis: its strengths, what differs, how often
}

// Unicode is for terminals that can show it.
var Unicode = Glyphs{
	Rule: "─", Bar: "│", Dot: "·", Done: "✓", Bad: "✗", Here: "▸", Back: "◂", Ellipsis: "…", Unseen: "┄",
	Right: "▶", Left: "◀", Line: "─", Full: "█", Start: "▏", Eighths: "▏▎▍▌▋▊▉█", Arrows: "←/→", Updown: "↑/↓",
	Certain: "●", Likely: "◐", Possible: "○", Under: "▔", Times: "×",
}

// ASCII is for all others.
var ASCII = Glyphs{
	Rule: "-", Bar: "|", Dot: "-", Done: "ok", Bad: "!!", Here: ">", Back: "<", Ellipsis: "...", Unseen: ".",
	Right: ">", Left: "<", Line: "-", Full: "#", Start: "|", Eighths: "|#", Arrows: "left/right", Updown: "up/down",
	Certain: "(!)", Likely: "(+)", Possible: "( )", Under: "^", Times: "x",
}

// typewriter has what an old locale writes for the signs that our texts use; in a
// frame one of the same width, so that nothing moves.
var typewriter = []struct{ sign, framed, spelt string }{
	{"…", "~", "..."}, {"§", "s", "section "}, {"“", `"`, `"`}, {"”", `"`, `"`}, {"’", "'", "'"}, {"×", "x", "x"}, {"–", "-", "-"}, {"µ", "u", "u"},
}

var framed, spelt = func() (framed, spelt *strings.Replacer) {
	var f, s []string
	for _, t := range typewriter {
		f, s = append(f, t.sign, t.framed), append(s, t.sign, t.spelt)
	}
	return strings.NewReplacer(f...), strings.NewReplacer(s...)
}()

// Spell makes a frame fit for the locale. Every line keeps its width.
func (g Glyphs) Spell(frame string) string {
	if g == ASCII {
		return framed.Replace(frame)
	}
	return frame
}

// SpellOut makes running text fit for the locale. Where that has ASCII only,
// other people's characters come out as Go escapes them.
func (g Glyphs) SpellOut(text string) string {
	if g != ASCII {
		return text
	}
	var b strings.Builder
	for _, r := range spelt.Replace(text) {
		if r < utf8.RuneSelf {
			b.WriteRune(r)
			continue
		}
		quoted := strconv.QuoteRuneToASCII(r)
		b.WriteString(quoted[1 : len(quoted)-1])
	}
	return b.String()
}
