package ui

import (
	"slices"
	"strings"
	"unicode"

	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
)

// Frame sets body between the header and the key line, which stay where they
// are whatever the body does.
func (c *Common) Frame(subject, place, body string, keys []key.Binding) string {
	rule := c.Styles.Rule.Render(strings.Repeat(c.Glyphs.Rule, c.Width))
	lines := []string{c.header(subject, place), rule}
	lines = append(lines, c.fill(body, c.Body())...)
	return c.Glyphs.Spell(strings.Map(undirected, strings.Join(append(lines, rule, c.keyLine(keys)), "\n")))
}

// undirected drops characters that change the direction of text or end a line.
// Fields accept them from a paste, and they would garble the rest of the frame.
func undirected(r rune) rune {
	if unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' {
		return -1
	}
	return r
}

func (c *Common) header(subject, place string) string {
	left := " " + c.Styles.Strong.Render("grantwalk")
	if subject != "" {
		left += "   " + c.Styles.Hint.Render(subject)
	}
	return c.Spread(left, c.Styles.Hint.Render(place)+" ")
}

// Spread sets left and right at the two ends of a line; left gives way.
func (c *Common) Spread(left, right string) string {
	return SpreadIn(c.Width, left, right, c.Glyphs.Ellipsis)
}

// fill makes body exactly n lines of at most the screen's width.
func (c *Common) fill(body string, n int) []string {
	lines := Fit(strings.Split(body, "\n"), n)
	for i, l := range lines {
		tail := c.Glyphs.Ellipsis
		if lipgloss.Width(strings.TrimRight(ansi.Strip(l), " ")) <= c.Width {
			tail = "" // only blanks are cut
		}
		lines[i] = ansi.Truncate(l, c.Width, tail)
	}
	return lines
}

// keyLine shows as many keys as fit, each of them whole, the most needed first.
func (c *Common) keyLine(keys []key.Binding) string {
	const gap = "  "
	var items []string
	var order []int // of the items, by need
	needs := map[int]int{}
	for _, k := range keys {
		if k.Enabled() && k.Help().Key != "" {
			needs[len(items)] = need(k, len(items))
			order = append(order, len(items))
			items = append(items, c.Styles.Key.Render(k.Help().Key)+" "+c.Styles.Hint.Render(k.Help().Desc))
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return needs[b] - needs[a] })
	shown, room := make([]string, len(items)), c.Width-1
	for n, i := range order {
		if w := lipgloss.Width(items[i]); n == 0 || w <= room { // the first is cut rather than left out
			shown[i] = items[i]
			room -= w + len(gap)
		}
	}
	shown = slices.DeleteFunc(shown, func(s string) bool { return s == "" })
	return ansi.Truncate(" "+strings.Join(shown, gap), c.Width, c.Glyphs.Ellipsis)
}

// need is how much a key is missed where it is not named: the help names the
// others, and ctrl+c is known.
func need(k key.Binding, place int) int {
	switch {
	case place == 0:
		return 5
	case slices.Contains(k.Keys(), "?"):
		return 4
	case slices.Contains(k.Keys(), "esc"):
		return 3
	case place == 1:
		return 2
	case slices.Contains(k.Keys(), "q"):
		return 1
	}
	return 0
}

// Help lists all keys, in two columns where one would be too long. What is
// still too long begins at the given line; rest tells how many lines it could
// be moved further.
func (c *Common) Help(keys []key.Binding, from int) (body string, rest int) {
	width := 0
	for _, k := range keys {
		width = max(width, lipgloss.Width(k.Help().Key))
	}
	var entries []string
	for _, k := range keys {
		if k.Enabled() && k.Help().Key != "" {
			pad := strings.Repeat(" ", width-lipgloss.Width(k.Help().Key))
			entries = append(entries, "   "+c.Styles.Key.Render(k.Help().Key)+pad+"   "+k.Help().Desc)
		}
	}
	head := []string{"", " " + c.Styles.Strong.Render("Keys"), ""}
	room := max(0, c.Body()-len(head))
	if len(entries) > room && c.Width >= 76 {
		half := (len(entries) + 1) / 2
		for i := range half {
			if i+half < len(entries) {
				entries[i] = Pad(entries[i], c.Width/2, c.Glyphs.Ellipsis) + entries[i+half]
			}
		}
		entries = entries[:half]
	}
	if len(entries) > room {
		rest = len(entries) - room
		head[1] += c.Styles.Hint.Render("   " + c.Glyphs.Updown + " for the others")
		entries = entries[min(max(0, from), rest):]
		entries = entries[:room]
	}
	return strings.Join(append(head, entries...), "\n"), rest
}
