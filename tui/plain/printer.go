package plain

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/charmbracelet/lipgloss"

	"grantwalk/diagnose"
	"grantwalk/flow"
	"grantwalk/tui/gloss"
	"grantwalk/tui/session"
	"grantwalk/tui/ui"
)

// A printer writes a walk as lines. Its first write error is kept, and nothing
// is written after it.
type printer struct {
	out    io.Writer
	glyphs ui.Glyphs
	err    error

	messages int         // printed so far
	oddities map[int]int // by index: how many of each have been told
}

func (p *printer) printf(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if p.glyphs == ui.ASCII {
		text = inASCII(text)
	}
	if p.err == nil {
		_, p.err = io.WriteString(p.out, text)
	}
}

// typewriter is how our own words look where the locale has ASCII only.
var typewriter = strings.NewReplacer("…", "...", "“", `"`, "”", `"`, "’", "'", "§", "section ", "×", "x", "–", "-")

// inASCII shows what is left, which is other people's, as Go would escape it.
func inASCII(text string) string {
	var b strings.Builder
	for _, r := range typewriter.Replace(text) {
		if r < utf8.RuneSelf {
			b.WriteRune(r)
		} else {
			quoted := strconv.QuoteRuneToASCII(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		}
	}
	return b.String()
}

func (p *printer) heading(c flow.Config, practice bool) {
	name := c.Name()
	if practice {
		name = "practice server"
	}
	p.printf("grantwalk: %s, client %s\n", name, c.ClientID)
}

func (p *printer) step(s flow.Step) {
	p.printf("\n%d of %d  %s\n", int(s)+1, len(flow.Steps), s.Title())
}

// address prints the authorization address on a line of its own, never wrapped:
// people copy it, and programs look for it.
func (p *printer) address(r *flow.Request, b session.Browser) {
	switch {
	case b == session.Approve:
		p.printf("   the built-in user goes to this address and allows:\n")
	case b == session.Deny:
		p.printf("   the built-in user goes to this address and refuses:\n")
	case b == session.None:
		p.printf("   log in at this address:\n")
	default:
		p.printf("   log in at this address (a browser should open by itself):\n")
	}
	p.printf("\n%s\n\n", r.URL)
	switch {
	case b == session.Approve || b == session.Deny:
	case r.Redirect.Paste != "":
		p.printf("   The answer cannot be caught here: %s.\n   When the browser has arrived there, paste its address here and press Enter.\n", r.Redirect.Paste)
	default:
		p.printf("   If the browser runs on another machine, paste the address that it ends on here and press Enter.\n")
	}
}

// news prints what the transcript has and was not printed yet.
func (p *printer) news(t *flow.Transcript) {
	messages := t.Messages()
	for _, m := range messages[p.messages:] {
		p.message(m)
	}
	p.messages = len(messages)
	if p.oddities == nil {
		p.oddities = map[int]int{}
	}
	for i, o := range t.Oddities() {
		if p.oddities[i] == 0 { // that it came again is told in the summary
			p.printf("   also noted: %s\n", o.What)
		}
		p.oddities[i] = o.Count
	}
}

func (p *printer) message(m flow.Message) {
	what := m.Label
	if m.Method != "" && m.URL != "" {
		what = m.Method + " " + m.URL
	}
	if m.Timing != nil {
		what += ", " + cost(*m.Timing)
	}
	p.printf("  %2d  %s: %s\n", m.N, m.Name, what)
	if m.Seen { // what was not seen is the same again, as far as it is known
		width := 0
		for _, param := range m.Params {
			width = max(width, min(24, lipgloss.Width(param.Name)))
		}
		for _, param := range m.Params {
			p.param(param, width)
		}
	}
	if m.Body != "" {
		p.printf("        %s\n", m.Body)
	}
	if m.Note != "" {
		p.printf("      %s\n", m.Note)
	}
}

// param prints name and value, and what was found or else what it is for.
func (p *printer) param(param flow.Param, width int) {
	note := param.Note
	switch {
	case param.Mark == flow.Good:
		note = p.glyphs.Done + " " + note
	case param.Mark == flow.Bad:
		note = strings.TrimSpace(p.glyphs.Bad + " " + note)
	case note == "":
		n, _ := gloss.Param(param.In, param.Name)
		note = n.For
	}
	line := fmt.Sprintf("        %s  %s", ui.Pad(param.Name, max(width, lipgloss.Width(param.Name)), ""), param.Show(false))
	if note != "" {
		line = ui.Pad(line, max(72, lipgloss.Width(line)), "") + "  " + note
	}
	p.printf("%s\n", line)
}

// cost is what a round trip took, and where the time went.
func cost(t flow.Timing) string {
	var parts []string
	add := func(name string, took time.Duration) {
		if took > 0 {
			parts = append(parts, name+" "+ui.Short(took))
		}
	}
	if t.Reused {
		parts = append(parts, "connection reused")
	}
	add("DNS", t.DNS)
	add("connect", t.Conn)
	add("TLS", t.TLS)
	add("server", t.FirstByte-t.Wrote)
	return ui.Short(t.Total) + " (" + strings.Join(parts, ", ") + ")"
}

// found says what a step found beyond its messages.
func (p *printer) found(step flow.Step, w *flow.Walk) {
	if t := w.Exchange; step == flow.StepExchange && t != nil {
		age := "the code was " + ui.Short(t.CodeAge) + " old when it was sent"
		if life := w.Config.CodeLifetime; life > 0 {
			age += ", of " + ui.Seconds(life)
		}
		p.printf("      %s\n", age)
	}
}

// summary is what the walk came to.
func (p *printer) summary(w *flow.Walk, o flow.Outcome) {
	mark := p.glyphs.Bad
	if o.Kind == flow.GotTokens {
		mark = p.glyphs.Done
	}
	p.printf("\n%s %s", mark, gloss.Verdict(string(o.Kind)))
	if e := o.Error; e != nil {
		if e.Code != "" {
			p.printf(": %s", e.Code)
		}
		if e.Status != 0 {
			p.printf(" (HTTP %d)", e.Status)
		}
		p.printf("\n")
		for _, text := range []string{e.Description, e.URI} {
			if text != "" {
				p.printf("  %s\n", text)
			}
		}
	} else {
		p.printf("\n")
	}
	if o.Why != "" {
		p.printf("  %s\n", o.Why)
	}
	switch o.Kind {
	case flow.Refused, flow.StateMismatch, flow.Denied:
		p.evidence(w)
	}
}

func (p *printer) evidence(w *flow.Walk) {
	p.printf("\nWhat was seen\n")
	for _, f := range w.Evidence().Facts() {
		mark := ""
		switch f.Fits {
		case diagnose.Right:
			mark = p.glyphs.Done
		case diagnose.Wrong:
			mark = p.glyphs.Bad
		}
		p.printf("  %s  %-2s  %s\n", ui.Pad(f.Name, 27, ""), mark, f.Value)
	}
	for _, o := range w.Transcript.Oddities() {
		p.printf("  also, %d times: %s\n", o.Count, o.What)
	}
}
