package plain

import (
	"fmt"
	"io"
	"time"

	"github.com/charmbracelet/x/ansi"

	"example.com/grantwalk/flow"
	"example.com/grantwalk/tui/ui"
)

// progress tells that something is waited for, and for how long already. On a
// terminal it is one line that is written again every second; elsewhere a line
// of its own, ever more seldom.
type progress struct {
	out   io.Writer
	live  bool
	what  string
	since time.Time
	next  time.Duration // elsewhere: when the next line is due
	shown bool          // on a terminal: the line stands there
}

// first is when a reader of a log begins to wonder.
const first = 10 * time.Second

// waitingFor names what a step waits for.
func waitingFor(step flow.Step) string {
	if step == flow.StepCallback {
		return "waiting for the browser"
	}
	return "waiting for the server"
}

func (p *progress) begin(what string, now time.Time) {
	p.what, p.since, p.next = what, now, first
}

func (p *progress) tick(now time.Time) {
	waited := now.Sub(p.since)
	switch {
	case waited < time.Second:
	case p.live:
		fmt.Fprintf(p.out, "\r%s%s, %s", ansi.EraseLineRight, p.what, ui.Seconds(waited))
		p.shown = true
	case waited >= p.next:
		fmt.Fprintf(p.out, "%s, %s\n", p.what, ui.Seconds(waited))
		p.next = waited + min(2*p.next, time.Minute)
	}
}

// clear makes room for other lines; the next tick writes it again.
func (p *progress) clear() {
	if p.shown {
		fmt.Fprint(p.out, "\r"+ansi.EraseLineRight)
		p.shown = false
	}
}

func (p *progress) end() { p.clear() }
