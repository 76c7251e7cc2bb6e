// Package ui is what all screens share: their size, styles, glyphs and keys,
// and the frame around them. It knows no screen.
package ui

import (
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// A Screen fills the frame between header and key line. It leaves by a message
// that holds the next screen's Input, and never imports another screen.
type Screen interface {
	Init() tea.Cmd
	Update(tea.Msg) (Screen, tea.Cmd)

	// Head is what stands in the header: what this is about, and where in it
	// the user stands.
	Head() (subject, place string)
	// View draws at most Common.Width columns and Common.Body lines.
	View() string
	// Keys are the keys that work now, the most needed first. Those that fit
	// make the key line; all of them the help.
	Keys() []key.Binding
	// Typing reports whether letters are text just now, not commands.
	Typing() bool
	// Close ends what the screen started. It is called once, off the event loop.
	Close()
}

// Common is read by every screen and changed only by the root.
type Common struct {
	Width, Height int
	Now           time.Time // of the last message; screens ask nothing else for the time
	Styles        Styles
	Glyphs        Glyphs
	Env           Env
}

// Env is what the terminal and the session are like.
type Env struct {
	SSH       bool   // the terminal is on another machine than this program
	Host      string // this machine's name, for the commands of an SSH user
	Hyperlink bool   // OSC 8 may be written
	Copy      func(string) tea.Cmd
}

// Lines that the frame takes: header, rule, rule, keys.
const frameLines = 4

// The smallest terminal in which a screen can be read.
const (
	MinWidth  = 40
	MinHeight = 12
)

// MaxPaste is more than anybody pastes into a terminal; explain FILE takes more.
const MaxPaste = 4 << 20

// TooLong says so.
const TooLong = "That is more than fits here: grantwalk explain FILE takes texts of any length."

// Body is the number of lines that a screen has for itself.
func (c *Common) Body() int { return max(1, c.Height-frameLines) }

// A TickMsg tells the time. The root sends them while a screen is shown.
type TickMsg time.Time
