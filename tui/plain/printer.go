package plain

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/charmbracelet/lipgloss"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/flow/record"
	"example.com/grantwalk/tui/gloss"
	"example.com/grantwalk/tui/report"
	"example.com/grantwalk/tui/session"
	"example.com/grantwalk/tui/ui"
)

// A printer writes a walk as lines. Its first write error is kept, and nothing
// is written after it.
type printer struct {
	out    io.Writer
	glyphs ui.Glyphs
	reveal bool // secrets
	err    error

	messages int           // printed so far
	changes  []flow.Change // what the twist changed in the request of its step
	oddities map[int]int   // by index: how many of each have been told
}

func (p *printer) printf(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if p.err == nil {
		_, p.err = io.WriteString(p.out, p.glyphs.SpellOut(text))
	}
}

func (p *printer) heading(c flow.Config, practice bool) {
	name := c.Name()
	if practice {
		name = "practice server"
	}
	p.printf("grantwalk: %s, client %s\n", name, safe.Identifier(c.ClientID))
}

func (p *printer) step(s flow.Step) {
	p.printf("\n%d of %d  %s\n", int(s)+1, len(flow.Steps), s.Title())
}

// authorizationURL prints the authorization URL on a line of its own, never wrapped:
// people copy it, and programs look for it. The built-in user needs no copy, so there
// the URL hides what the other lines hide, unless secrets are revealed.
func (p *printer) authorizationURL(r *flow.Request, sent record.Message, b session.Browser) {
	url := r.URL
	if builtIn := b == session.Approve || b == session.Deny; builtIn && !p.reveal {
		url = hidden(url, sent)
	}
	switch b {
	case session.Approve:
		p.printf("   the built-in user opens this URL and allows access:\n")
	case session.Deny:
		p.printf("   the built-in user opens this URL and denies access:\n")
	case session.None:
		p.printf("   log in at this URL:\n")
	default:
		p.printf("   log in at this URL (a browser should open by itself):\n")
	}
	p.printf("\n%s\n\n", url)
	switch {
	case b == session.Approve || b == session.Deny:
	case r.Redirect.Paste != "":
		p.printf("   grantwalk cannot receive the response here: %s.\n   When the browser has arrived there, paste its URL here and press Enter.\n", r.Redirect.Paste)
	default:
		p.printf("   If the browser runs on another machine, paste the URL that it ends on here and press Enter.\n")
	}
}

// hidden is the URL of a request without the values that the request's parameters hide.
func hidden(url string, sent record.Message) string {
	endpoint, query, _ := strings.Cut(url, "?")
	pairs := strings.Split(query, "&")
	for i, pair := range pairs {
		name, _, _ := strings.Cut(pair, "=")
		if p, ok := sent.Param(name); !ok || !p.Whole() {
			pairs[i] = name + "=…"
		}
	}
	return endpoint + "?" + strings.Join(pairs, "&")
}

// news prints what passed until a step and was not printed yet.
func (p *printer) news(t *record.Transcript, until flow.Step) {
	for _, m := range t.Messages()[p.messages:] {
		if m.Step > until {
			break
		}
		p.message(m)
		p.messages++
	}
	if p.oddities == nil {
		p.oddities = map[int]int{}
	}
	for i, o := range t.Unexpected() {
		if p.oddities[i] == 0 { // that it came again is told in the summary
			p.printf("   unexpected: %s\n", o.What)
		}
		p.oddities[i] = o.Count
	}
}

func (p *printer) message(m record.Message) {
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
			if _, ok := flow.ChangeIn(p.changes, m, param); ok {
				param.Note = "changed on purpose"
			}
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
func (p *printer) param(param record.Param, width int) {
	note := param.Note
	switch {
	case param.Mark == record.Good:
		note = p.glyphs.Done + " " + note
	case param.Mark == record.Bad:
		note = strings.TrimSpace(p.glyphs.Bad + " " + note)
	case note == "":
		n, _ := gloss.Param(param.In, param.Name)
		note = n.For
	}
	line := fmt.Sprintf("        %s  %s", ui.Pad(param.Name, max(width, lipgloss.Width(param.Name)), ""), param.Show(p.reveal))
	if note != "" {
		line = ui.Pad(line, max(72, lipgloss.Width(line)), "") + "  " + note
	}
	p.printf("%s\n", line)
}

// cost is what a round trip took, and where the time went.
func cost(t record.Timing) string {
	var parts []string
	add := func(name string, took time.Duration) {
		if took > 0 {
			parts = append(parts, name+" "+diagnose.Duration(took))
		}
	}
	if t.Reused {
		parts = append(parts, "connection reused")
	}
	add("DNS", t.DNS)
	add("connect", t.Conn)
	add("TLS", t.TLS)
	add("server", t.FirstByte-t.Wrote)
	return diagnose.Duration(t.Total) + " (" + strings.Join(parts, ", ") + ")"
}

// found says what a step found beyond its messages.
func (p *printer) found(step flow.Step, w *flow.Walk) {
	switch {
	case step == flow.StepCallback && w.Callback != nil && w.Callback.Code != "":
		p.printf("      the code's clock runs from here: it is good for one use%s\n", lifetime(", within ", w.Config.CodeLifetime))
	case step == flow.StepExchange && w.Exchange != nil:
		p.printf("      code sent after %s%s\n", diagnose.Duration(w.Exchange.CodeAge), lifetime("; its lifetime is ", w.Config.CodeLifetime))
	case step == flow.StepTokens && w.Tokens != nil && w.Tokens.ID == "":
		p.printf("      no ID token came: scope openid asks for one\n")
	}
	// Not of the callback's twist: the exchange may be under way then, and writes the result.
	if w.Twist != nil && step == w.Twist.Step && step >= flow.StepExchange {
		if t := w.TwistResult(); t.Result != flow.TwistRejected {
			p.printf("      %s\n", gloss.Twist(t))
		}
	}
}

// lifetime is the code's, where it is known.
func lifetime(lead string, life time.Duration) string {
	if life == 0 {
		return ""
	}
	return lead + ui.Seconds(life)
}

// summary is the result of the walk.
func (p *printer) summary(w *flow.Walk, o flow.Outcome) {
	p.printf("\n")
	p.verdict(gloss.VerdictOf(o, w.TwistResult()))
	if id := w.IDToken; id != nil && !id.Verified {
		p.printf("  %s The ID token is not verified: %s\n", p.glyphs.Bad, id.Why)
	}
	if o.Kind.HasCauses() {
		p.evidence(w)
	}
	if o.Kind == flow.Refused { // who was denied knows why
		p.diagnosis(w.Evidence())
	}
	p.costs(w.Transcript.Messages())
}

func (p *printer) verdict(v gloss.Verdict) {
	mark := p.glyphs.Bad
	if v.Good {
		mark = p.glyphs.Done
	}
	p.printf("%s %s\n", mark, v.Head)
	for _, text := range v.Texts {
		p.printf("  %s\n", text)
	}
}

// reportWidth is where the diagnosis is wrapped: for the usual terminal, and never
// wider for a wider terminal, so that two runs can be compared.
const reportWidth = 80

// diagnosis is what the evidence says about the cause, where it says something.
func (p *printer) diagnosis(e diagnose.Evidence) {
	d := diagnose.Diagnose(e)
	if len(d.Causes) == 0 {
		return
	}
	p.printf("\nDiagnosis\n\n")
	for _, line := range (report.Layout{Glyphs: p.glyphs, Width: reportWidth}).Lines(d, false) {
		p.printf("%s\n", strings.TrimRight(line, " "))
	}
}

// costs are a line for each round trip that was made from here.
func (p *printer) costs(messages []record.Message) {
	var request record.Message
	var sum time.Duration
	for _, m := range messages {
		if m.From == record.App && m.Method != "" {
			request = m
		}
		if m.Timing == nil {
			continue
		}
		if sum == 0 {
			p.printf("\nRound trips\n")
		}
		sum += diagnose.Rounded(m.Timing.Total)
		p.printf("  %s %s %10s\n", ui.Pad(strings.TrimSuffix(request.Name, " request"), 20, ""), ui.Pad(request.Label, 26, p.glyphs.Ellipsis), diagnose.Duration(m.Timing.Total))
	}
	if sum > 0 {
		p.printf("  %s %s %10s\n", ui.Pad("in all", 20, ""), ui.Pad("", 26, ""), diagnose.Duration(sum))
	}
}

func (p *printer) evidence(w *flow.Walk) {
	p.printf("\nWhat was seen\n")
	for _, f := range diagnose.Facts(w.Evidence()) {
		mark := ""
		switch f.Fits {
		case diagnose.Right:
			mark = p.glyphs.Done
		case diagnose.Wrong:
			mark = p.glyphs.Bad
		}
		p.printf("  %s  %-2s  %s\n", ui.Pad(f.Name, 27, ""), mark, f.Value)
	}
	for _, o := range w.Transcript.Unexpected() {
		p.printf("  unexpected, %d %s: %s\n", o.Count, p.glyphs.Times, o.What)
	}
}
