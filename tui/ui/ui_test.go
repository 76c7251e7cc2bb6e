package ui_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/lipgloss"
	"github.com/google/go-cmp/cmp"

	"example.com/grantwalk/tui/internal/golden"
	"example.com/grantwalk/tui/ui"
)

func TestTheFrameIsAsLargeAsTheTerminalWhateverIsInIt(t *testing.T) {
	long := strings.Repeat("words that are too long for the line ", 10)
	for _, body := range []string{"", "one line", long, strings.Repeat("line\n", 100), strings.Repeat(long+"\n", 100)} {
		for _, size := range [][2]int{{40, 12}, {80, 24}, {200, 60}} {
			c := golden.Common(size[0], size[1])
			golden.Fits(t, c, c.Frame("about what", "where", body, []key.Binding{ui.KeyHelp, ui.KeyQuit}), "frame")
			golden.Fits(t, c, c.Frame(long, long, body, nil), "frame with a long head")
		}
	}
}

func TestTheKeyLineKeepsTheKeysThatAreNeededMost(t *testing.T) {
	esc, quit := ui.Bind("esc", "back", "esc"), ui.Bind("ctrl+c", "quit", "ctrl+c")
	keys := []key.Binding{ui.Bind("enter", "go on", "enter")}
	for range 10 {
		keys = append(keys, ui.Bind("x", "something else", "x"))
	}
	long := ui.Bind("enter", "exchange the code for tokens", "enter")
	for _, tt := range []struct {
		keys []key.Binding
		want string
	}{
		{append(slices.Clone(keys), esc, ui.KeyHelp, ui.KeyQuit), " enter go on  esc back  ? keys  q quit"},
		{append(slices.Clone(keys), ui.Bind("ctrl+s", "begin", "ctrl+s"), esc, quit), " enter go on  x something else  esc back"},
		{[]key.Binding{long, esc, ui.KeyHelp, ui.KeyQuit}, " enter exchange the code for tokens"},
		{[]key.Binding{ui.Bind("enter", strings.Repeat("on and ", 9), "enter"), esc}, " enter on and on and on and on and on a…"},
		{[]key.Binding{ui.Bind("enter", "exchange the code", "enter"), esc, ui.KeyHelp, ui.KeyQuit}, " enter exchange the code  ? keys  q quit"},
	} {
		frame := golden.Common(40, 12).Frame("", "", "", tt.keys)
		if got := frame[strings.LastIndexByte(frame, '\n')+1:]; got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

func TestALineThatIsCutSaysSo(t *testing.T) {
	for body, want := range map[string]string{
		strings.Repeat("x", 41): strings.Repeat("x", 39) + "…", strings.Repeat("x", 40) + "   ": strings.Repeat("x", 40), "x" + strings.Repeat(" ", 50): "x" + strings.Repeat(" ", 39),
	} {
		frame := golden.Common(40, 12).Frame("", "", body, nil)
		if line := strings.Split(frame, "\n")[2]; line != want {
			t.Errorf("%q, want %q", line, want)
		}
	}
}

func TestTheHelpHasEveryKeyOnceItIsMoved(t *testing.T) {
	var keys []key.Binding
	for r := 'a'; r <= 'w'; r++ {
		keys = append(keys, ui.Bind(string(r), "does <"+string(r)+">", string(r)))
	}
	for _, size := range [][2]int{{40, 12}, {80, 24}, {80, 12}, {120, 40}} {
		c := golden.Common(size[0], size[1])
		_, rest := c.Help(keys, 0)
		seen := ""
		for from := 0; from <= rest; from++ {
			body, _ := c.Help(keys, from)
			golden.Fits(t, c, c.Frame("", "", body, nil), "help")
			seen += body
		}
		for _, k := range keys {
			if !strings.Contains(seen, k.Help().Desc) {
				t.Errorf("%v: %q is not to be seen", size, k.Help().Desc)
			}
		}
	}
}

func TestTheHelpNeedsNoRoomAtAll(t *testing.T) {
	keys := []key.Binding{ui.KeyHelp, ui.KeyQuit, ui.Bind("x", "something else", "x")}
	for height := -1; height < 20; height++ {
		for _, width := range []int{0, 1, 40, 76, 300} {
			c := golden.Common(width, height)
			for from := -2; from < 6; from++ {
				if _, rest := c.Help(keys, from); rest < 0 || rest > len(keys) {
					t.Errorf("%dx%d, from %d: %d lines more", width, height, from, rest)
				}
			}
		}
	}
}

func TestNothingInTheFrameChangesTheDirectionOfText(t *testing.T) {
	c := golden.Common(60, 12)
	got := c.Frame("a\u202eb", "c\u2066d", "e\u200ff\u2028g", []key.Binding{ui.Bind("h", "i\u202cj", "h")})
	if i := strings.IndexAny(got, "\u202e\u2066\u200f\u2028\u202c"); i >= 0 {
		t.Errorf("%q", got[i:])
	}
	golden.Fits(t, c, got, "frame")
}

func TestSpreadInFillsTheWidthAndLeftGivesWay(t *testing.T) {
	for _, tt := range []struct {
		width       int
		left, right string
		want        string
	}{
		{10, "ab", "cd", "ab      cd"},
		{10, "abcdefghij", "xyz", "abcde… xyz"},
		{4, "ab", "wider than that", "ab"},
		{4, "abcdef", "wider than that", "abc…"},
		{6, "", "cd", "    cd"},
	} {
		if got := ui.SpreadIn(tt.width, tt.left, tt.right, "…"); got != tt.want {
			t.Errorf("%q and %q in %d: %q, want %q", tt.left, tt.right, tt.width, got, tt.want)
		}
	}
}

func TestPadCountsColumnsNotBytes(t *testing.T) {
	styled := lipgloss.NewStyle().Bold(true).Render("abc")
	for s, want := range map[string]int{"": 5, "ab": 5, "日本": 5, "日本語文": 5, styled: 5, "é": 5} {
		if got := ui.Pad(s, 5, "…"); lipgloss.Width(got) != want {
			t.Errorf("%q has %d columns", got, lipgloss.Width(got))
		}
	}
	if got := ui.Pad("abcdefg", 5, "..."); got != "ab..." {
		t.Errorf("got %q", got)
	}
}

func TestWrapKeepsWordsAndBreaksWhatIsLonger(t *testing.T) {
	if diff := cmp.Diff([]string{"one two", "three"}, ui.Wrap("one two three", 8)); diff != "" {
		t.Error(diff)
	}
	for _, l := range ui.Wrap("a "+strings.Repeat("x", 50)+" b", 20) {
		if lipgloss.Width(l) > 20 {
			t.Errorf("%q is too wide", l)
		}
	}
	if got := ui.Wrap("word", 0); len(got) != 4 {
		t.Errorf("in no width at all: %q", got)
	}
}

func TestFitCutsAndFills(t *testing.T) {
	lines := []string{"a", "b", "c"}
	for n, want := range map[int][]string{2: {"a", "b"}, 3: {"a", "b", "c"}, 4: {"a", "b", "c", ""}, -1: {}} {
		if got := ui.Fit(slices.Clone(lines), n); !slices.Equal(got, want) {
			t.Errorf("in %d: %q", n, got)
		}
	}
}

func TestAnASCIILocaleGetsASCIIOnlyAndNothingMoves(t *testing.T) {
	c := golden.Common(60, 12)
	c.Glyphs = ui.ASCII
	got := c.Frame("§", "×", "“the code” is spent… RFC 6749 §4.1.2, 2×, it’s", nil)
	golden.OnlyASCII(t, got, "frame")
	golden.Fits(t, c, got, "frame")
}

func TestTheGlyphsFollowTheLocale(t *testing.T) {
	for _, tt := range []struct {
		env  map[string]string
		want ui.Glyphs
	}{
		{nil, ui.Unicode},
		{map[string]string{"LANG": "de_DE.UTF-8"}, ui.Unicode},
		{map[string]string{"LANG": "de_DE.UTF-8", "LC_ALL": "C"}, ui.ASCII},
		{map[string]string{"LANG": "C", "LC_CTYPE": "en_US.utf8"}, ui.Unicode},
		{map[string]string{"LANG": "de_DE.ISO-8859-1"}, ui.ASCII},
		{map[string]string{"LANG": "de_DE.UTF-8", "TERM": "linux"}, ui.ASCII},
		{map[string]string{"TERM": "dumb"}, ui.ASCII},
	} {
		if got := ui.ChooseGlyphs(func(name string) string { return tt.env[name] }); got != tt.want {
			t.Errorf("%v: not the glyphs expected", tt.env)
		}
	}
}

func TestAnArrowStandsBetweenItsLanes(t *testing.T) {
	c := golden.Common(60, 12)
	lanes := []ui.Lane{{X: 4, Name: "you"}, {X: 24, Name: "app"}, {X: 50, Name: "server"}}
	var got []string
	for _, a := range []ui.Arrow{{From: 0, To: 1, Label: "one"}, {From: 2, To: 0, Label: "two", Broken: true, Here: true}, {From: 1, To: 1, Label: "at home"}} {
		got = append(got, c.ArrowLine(lanes, a, 60))
	}
	want := []string{
		"    │────── one ───────▶│                         │",
		" ▸  │◀┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄ two ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄│",
		"    │                   │ at home                 │",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, l := range got {
		if !utf8.ValidString(l) {
			t.Errorf("%q was cut in a character", l)
		}
	}
}

func TestAStyleThatRunsOverSeveralLinesIsWholeOnEach(t *testing.T) {
	lines := ui.Wrap("plain \x1b[1mbold all the way\x1b[0m again", 10)
	for i, want := range []string{"plain \x1b[1mbold\x1b[0m", "\x1b[1mall the\x1b[0m", "\x1b[1mway\x1b[0m again"} {
		if i >= len(lines) || lines[i] != want {
			t.Errorf("%q", lines)
			break
		}
	}
}

func TestASentenceMayBeginWithAnySign(t *testing.T) {
	for given, want := range map[string]string{"": "", "a code": "A code.", "“code” is spent": "“code” is spent.", "état": "État.", "why?": "Why?", "\xff": "\xff."} {
		if got := ui.Sentence(given); got != want {
			t.Errorf("%q: %q, want %q", given, got, want)
		}
	}
}
