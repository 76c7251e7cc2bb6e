package walk

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/lipgloss"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/flow/record"
	"example.com/grantwalk/tui/ui"
)

// Below this width only short words fit. From wideFrom on the message stands beside the
// diagram; from tallFrom on there is room for the waterfall and the parameters together.
const (
	narrow   = 60
	wideFrom = 110
	tallFrom = 32
)

func (m *Model) wide() bool { return m.ui.Width >= wideFrom }
func (m *Model) tall() bool { return m.ui.Height >= tallFrom }

// Head names the provider and the client, and where in the walk the user stands.
func (m *Model) Head() (subject, place string) {
	config := m.config
	if config.ClientID == "" {
		config = m.in.Options.Config
	}
	if m.in.Options.Practice {
		subject = "practice server"
	} else {
		subject = config.Name()
	}
	if config.ClientID != "" {
		subject += " " + m.ui.Glyphs.Dot + " client " + config.ClientID
	}
	return subject, fmt.Sprintf("step %d of %d", int(m.current())+1, len(flow.Steps))
}

// current is the step where the user stands: the one being taken, or else the
// last one taken.
func (m *Model) current() flow.Step {
	if m.state == ready && m.step > flow.StepSetUp {
		return m.step - 1
	}
	return m.step
}

// View draws the state.
func (m *Model) View() string {
	m.scrollMax = 0
	switch {
	case m.state == failed:
		return m.failedView()
	case m.over == curlOverlay:
		return m.overlaid(m.curlView())
	case m.over == oddOverlay:
		return m.overlaid(m.oddView())
	case m.over == twistOverlay:
		return m.overlaid(m.twistView())
	case len(m.messages) == 0 && m.state == ready:
		return m.unaskedView()
	case len(m.messages) == 0:
		return m.openingView()
	}
	top := []string{m.stepsLine(), m.ageLine()}
	rest := m.ui.Body() - len(top)
	switch {
	case m.wide() && m.showsAddress():
		top = append(top, m.aboveAddress(rest)...)
	case m.wide():
		top = append(top, m.beside(rest, m.pageView)...)
	default:
		top = append(top, m.stacked(rest)...)
	}
	return strings.Join(top, "\n")
}

func (m *Model) overlaid(lines []string) string {
	return strings.Join(m.window(lines, m.ui.Body()), "\n")
}

// stacked sets the message below the last arrows of the diagram.
func (m *Model) stacked(height int) []string {
	arrows := 5
	switch {
	case height < 14:
		arrows = 0
	case height < 18:
		arrows = 3
	case m.tall():
		arrows = 10
	}
	// The address, and what ended a walk, must be seen whole.
	msg, reading := m.message()
	if reading && !m.tall() && m.tellsTwist(msg) && m.twisted.Result == flow.TwistAccepted { // a finding needs the room
		arrows = 0
	}
	if m.showsAddress() || !reading {
		arrows = max(0, min(arrows, height-3-len(m.pageView(m.ui.Width, 0))))
	}
	var lines []string
	if arrows > 1 { // one tells nothing
		lines = append(m.diagram(m.ui.Width, arrows), "")
	}
	return append(lines, m.pageView(m.ui.Width, height-len(lines))...)
}

// beside sets the page to the right of the diagram.
func (m *Model) beside(height int, page func(width, height int) []string) []string {
	left := max(62, min(80, m.ui.Width*48/100))
	right := m.ui.Width - left - 3
	diagram, text := m.diagram(left, height-1), page(right, height)
	bar := m.ui.Styles.Rule.Render(m.ui.Glyphs.Bar)
	lines := make([]string, height)
	for i := range lines {
		lines[i] = ui.Pad(line(diagram, i), left, "") + " " + bar + " " + line(text, i)
	}
	return lines
}

// aboveAddress keeps the address on lines of its own, so that it can be marked
// with the mouse; above it stands what is in it.
func (m *Model) aboveAddress(height int) []string {
	address := m.waitingView(m.ui.Width, 0)
	rule := m.ui.Styles.Rule.Render(strings.Repeat(m.ui.Glyphs.Rule, m.ui.Width))
	room := height - len(address) - 2
	if room < 6 {
		return m.stacked(height)
	}
	lines := m.beside(room, func(width, height int) []string {
		request, _ := m.authorizationRequest()
		return m.messageView(request, width, height)
	})
	return append(append(lines, rule), address...)
}

// authorizationRequest is the message whose address is shown.
func (m *Model) authorizationRequest() (record.Message, bool) {
	for i := len(m.messages) - 1; i >= 0; i-- {
		if m.messages[i].Kind == exchange.Authorization {
			return m.messages[i], true
		}
	}
	return record.Message{}, false
}

// window cuts lines to n and tells that there are more; PgUp and PgDn move it.
func (m *Model) window(lines []string, n int) []string {
	if len(lines) <= n || n < 2 {
		return lines[:max(0, min(n, len(lines)))]
	}
	m.scrollMax, m.scrollPage = len(lines)-(n-1), n-1
	at := min(m.scroll, m.scrollMax)
	more := fmt.Sprintf("   lines %d to %d of %d, pgup/pgdn", at+1, at+n-1, len(lines))
	return append(slices.Clone(lines[at:at+n-1]), m.ui.Styles.Hint.Render(more))
}

func line(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return ""
}

// pageView is the message, the waiting, or the summary.
func (m *Model) pageView(width, height int) []string {
	if m.showsAddress() {
		return m.waitingView(width, height)
	}
	msg, ok := m.message()
	if !ok {
		return m.summaryView(width, height)
	}
	return m.messageView(msg, width, height)
}

// showsAddress: while the callback is waited for, unless an earlier message is re-read.
func (m *Model) showsAddress() bool { return m.waiting() && m.page >= len(m.messages)-1 }

// stepsLine names the steps. Where there is no room for that, the others are marks around
// the current one.
func (m *Model) stepsLine() string {
	var parts, marks []string
	for _, s := range flow.Steps {
		parts = append(parts, m.stepMark(s))
		switch {
		case s < m.current():
			marks = append(marks, m.ui.Styles.Good.Render(m.ui.Glyphs.Done))
		case s > m.current():
			marks = append(marks, m.ui.Styles.Hint.Render(m.ui.Glyphs.Dot))
		default:
			marks = append(marks, m.stepMark(s))
		}
	}
	for _, line := range []string{" " + strings.Join(parts, "   "), " " + strings.Join(parts, " ")} {
		if lipgloss.Width(line) <= m.ui.Width {
			return line
		}
	}
	return " " + strings.Join(marks, " ")
}

func (m *Model) stepMark(s flow.Step) string {
	st, g := m.ui.Styles, m.ui.Glyphs
	here := s == m.current()
	switch {
	case here && m.state == ended && m.outcome.Kind == flow.GotTokens && !m.refreshed():
		return st.Hint.Render(s.Title() + " " + g.Dot) // there was no refresh token
	case here && m.state == ended && m.outcome.Kind == flow.GotTokens:
		return st.Plain.Render(s.Title()) + " " + st.Good.Render(g.Done)
	case here && m.state == ended, here && m.state == failed:
		return st.Problem.Render(s.Title() + " " + g.Bad)
	case here && m.state == ready:
		return st.Accent.Render(g.Here+s.Title()) + " " + st.Good.Render(g.Done)
	case here:
		return st.Accent.Render(g.Here + s.Title())
	case s < m.current():
		return st.Plain.Render(s.Title()) + " " + st.Good.Render(g.Done)
	}
	return st.Hint.Render(s.Title())
}

// refreshed reports whether the step of the refresh sent a request.
func (m *Model) refreshed() bool {
	return slices.ContainsFunc(m.messages, func(msg record.Message) bool { return msg.Step == flow.StepRefresh && msg.Kind == exchange.Token })
}

// ageLine has what is being done, and the code's age as soon as there is a code:
// the clock that the exchange runs against. Words go before the bar, and what became of
// a twist, and how long a code is still held, before the age.
func (m *Model) ageLine() string {
	doing, age := m.doing(), ""
	for _, age = range m.ages() {
		if lipgloss.Width(doing)+1+lipgloss.Width(age) <= m.ui.Width {
			return m.ui.Spread(doing, age)
		}
	}
	if m.toldTwist() != "" || m.holding() {
		age = ""
	}
	return m.ui.Spread(doing, age)
}

// doingNames are for steps that wait for a server.
var doingNames = map[flow.Step]string{
	flow.StepSetUp: "asking for the metadata", flow.StepAuthorize: "building the request", flow.StepExchange: "exchanging the code",
	flow.StepTokens: "checking the tokens", flow.StepRefresh: "refreshing the tokens",
}

func (m *Model) doing() string {
	name, ok := doingNames[m.step]
	switch {
	case m.revoking:
		name = "revoking the tokens"
	case m.armed() != "":
		return m.armed()
	case m.toldTwist() != "":
		return m.toldTwist()
	case m.holding():
		return " " + m.ui.Styles.Accent.Render(m.holdingText())
	case m.state != running || !ok:
		return ""
	}
	return " " + m.ui.Styles.Accent.Render(name+m.ui.Glyphs.Ellipsis) + " " + m.ui.Styles.Hint.Render(ui.Seconds(m.ui.Now.Sub(m.since)))
}

// ages say how old the code is, the longest first.
func (m *Model) ages() []string {
	st, life := m.ui.Styles, m.config.CodeLifetime
	if m.codeAt.IsZero() || m.outcome.Error != nil && m.exchange == nil {
		return nil
	}
	if t := m.exchange; t != nil {
		return []string{st.Hint.Render("code sent after "+diagnose.Duration(t.CodeAge)) + " "}
	}
	age := max(0, m.ui.Now.Sub(m.codeAt)) // the time is of the last message
	text := "the code is " + ui.Seconds(age) + " old"
	if life == 0 { // RFC 6749 §4.1.2 advises ten minutes at most
		return []string{st.Plain.Render(text+"; the usual limit is 10 min") + " ", st.Plain.Render(text) + " "}
	}
	style := st.Plain
	switch {
	case age > life:
		style = st.Problem
	case age > life*3/4:
		style = st.Warning
	}
	whole := style.Render(text+", of "+ui.Seconds(life)) + " "
	return []string{whole + m.gauge(age, life, 16, style) + " ", whole, style.Render("code "+ui.Seconds(age)+" of "+ui.Seconds(life)) + " "}
}

// gauge fills as the part of whole grows.
func (m *Model) gauge(part, whole time.Duration, width int, style lipgloss.Style) string {
	full := int(min(float64(width), float64(width)*part.Seconds()/whole.Seconds()))
	g := m.ui.Glyphs
	return style.Render(strings.Repeat(g.Full, full)) + m.ui.Styles.Rule.Render(strings.Repeat(g.Rule, width-full))
}

func (m *Model) openingView() string {
	what := "starting the practice server"
	if !m.in.Options.Practice {
		what = "asking " + m.in.Options.Config.Name() + " for its metadata"
	}
	return "\n " + what + m.ui.Glyphs.Ellipsis + " " + m.ui.Styles.Hint.Render(ui.Seconds(m.ui.Now.Sub(m.since)))
}

// unaskedView is step 1 of a walk that asks no server for anything.
func (m *Model) unaskedView() string {
	lines := []string{m.stepsLine(), m.ageLine(), ""}
	lines = append(lines, paragraph("Both endpoints were given, so grantwalk does not ask for the server's metadata (RFC 8414).", m.ui.Width)...)
	lines = append(lines, "")
	for _, e := range []struct{ name, url string }{{"authorization", m.config.AuthURL}, {"token", m.config.TokenURL}} {
		lines = append(lines, ui.Hang(" "+ui.Pad(e.name, 15, ""), e.url, m.ui.Width)...)
	}
	return strings.Join(lines, "\n")
}

func (m *Model) curlView() []string {
	lines := []string{"", " " + m.ui.Styles.Strong.Render("The request as curl"), ""}
	if m.noCurl != nil {
		return append(lines, paragraph("No curl command can send this request: "+m.noCurl.Error()+".", m.ui.Width)...)
	}
	about := "Copied, for bash, zsh and fish. If your terminal blocks that, select the text here." + m.curl.setFirst() + m.curlBroken
	for _, l := range ui.Wrap(about, m.ui.Width-2) {
		lines = append(lines, " "+m.ui.Styles.Hint.Render(l))
	}
	lines = append(lines, "")
	return append(lines, ui.ShellLines(m.curl.String(), m.ui.Width)...)
}

func (m *Model) oddView() []string {
	lines := []string{"", " " + m.ui.Styles.Strong.Render("Unexpected events"), "",
		m.ui.Styles.Hint.Render(" None of these had any effect on the walk."), ""}
	for _, o := range m.oddities {
		for i, l := range ui.Wrap(o.What, m.ui.Width-8) {
			count := "    "
			if i == 0 {
				count = fmt.Sprintf("%3d×", o.Count)
			}
			lines = append(lines, " "+m.ui.Styles.Accent.Render(count)+"  "+l)
		}
	}
	return lines
}
