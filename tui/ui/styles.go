package ui

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
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

// NewStyles makes the styles for a renderer; colours follow its background and
// profile, so that NO_COLOR and dumb terminals get none.
func NewStyles(r *lipgloss.Renderer) Styles {
	colour := func(light, dark string) lipgloss.Style {
		return r.NewStyle().Foreground(lipgloss.AdaptiveColor{Light: light, Dark: dark})
	}
	return Styles{
		Plain:   r.NewStyle(),
		Strong:  r.NewStyle().Bold(true),
		Accent:  colour("#0a5ea8", "#79c0ff").Bold(true),
		Hint:    colour("#667080", "#8b95a3"),
		Rule:    colour("#c3c8cf", "#3b424c"),
		Good:    colour("#14713a", "#5fd38a"),
		Problem: colour("#b3261e", "#ff7b72"),
		Warning: colour("#8a5a00", "#e3b341"),
		Key:     colour("#0a5ea8", "#79c0ff"),
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

// typewriter has a sign of the same width for those that the texts use.
var typewriter = strings.NewReplacer("…", "~", "“", `"`, "”", `"`, "§", "s", "×", "x", "’", "'", "–", "-")

// Spell makes a frame fit for the locale.
func (g Glyphs) Spell(frame string) string {
	if g == ASCII {
		return typewriter.Replace(frame)
	}
	return frame
}
