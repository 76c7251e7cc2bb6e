package plain

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/charmbracelet/lipgloss"

	"example.com/grantwalk/diagnose/catalogue"
	"example.com/grantwalk/tui/ui"
)

// Catalogue is how the catalogue is printed.
type Catalogue struct {
	Out    io.Writer
	Glyphs ui.Glyphs
	Styles ui.Styles
	Width  int // columns
}

// List prints a line for each provider.
func (c Catalogue) List(providers []*catalogue.Provider) error {
	p := &printer{out: c.Out, glyphs: c.Glyphs}
	width := 0
	for _, v := range providers {
		width = max(width, lipgloss.Width(v.Name))
	}
	p.printf("%s\n", c.Styles.Hint.Render(ui.Pad("name", width, "")+"  "+ui.Pad("a code lives", 12, "")+"  wordings  "+"called"))
	for _, v := range providers {
		life := ""
		if v.CodeLifetime > 0 {
			life = ui.Seconds(time.Duration(v.CodeLifetime) * time.Second)
		}
		p.printf("%s  %s  %8d  %s\n", ui.Pad(v.Name, width, ""), ui.Pad(life, 12, ""), len(v.Wordings()), v.Title)
	}
	p.printf("\n%s\n", c.Styles.Hint.Render("grantwalk providers NAME shows what is known of one."))
	return p.err
}

// One prints what is known of a provider.
func (c Catalogue) One(v *catalogue.Provider) error {
	p := &printer{out: c.Out, glyphs: c.Glyphs}
	p.printf("%s\n", ui.SpreadIn(c.Width, c.Styles.Strong.Render(v.Title), c.Styles.Hint.Render(v.Name), c.Glyphs.Ellipsis))
	if len(v.Aliases) > 0 {
		c.row(p, "also called", strings.Join(v.Aliases, ", "))
	}
	if v.Base != "" {
		c.row(p, "built with", v.Base)
	}
	for _, group := range []struct {
		title string
		rows  [][2]string
	}{
		{"addresses", [][2]string{
			{"issuer", v.Endpoints.Issuer}, {"metadata", v.Endpoints.Discovery}, {"authorization", v.Endpoints.Authorization}, {"token", v.Endpoints.Token},
			{"token, sandbox", v.Endpoints.TokenSandbox}, {"revocation", v.Endpoints.Revocation}, {"userinfo", v.Endpoints.Userinfo},
		}},
		{"rules", [][2]string{
			{"a code lives", span(v.CodeLifetime)}, {"redirect URI", v.RedirectMatch}, {"at the token endpoint", v.RedirectAtToken}, {"loopback", v.Loopback},
			{"PKCE", v.PKCE}, {"client authentication", strings.Join(v.TokenAuth, ", ")}, {"no made-up code", v.NoProbe},
		}},
		{"refresh tokens", [][2]string{
			{"live", span(v.Refresh.Lifetime)}, {"unused", span(v.Refresh.Idle)}, {"rotation", v.Refresh.Rotation}, {"a second use", v.Refresh.Reuse},
			{"forgiven within", span(v.Refresh.Grace)}, {"", v.Refresh.Note},
		}},
		{"where", [][2]string{{"register", v.Register}, {"console", v.Console}, {"documentation", v.Docs}}},
	} {
		c.group(p, group.title, group.rows)
	}
	var quirks [][2]string
	for _, q := range v.Quirks {
		quirks = append(quirks, [2]string{c.Glyphs.Dot, q.Text})
	}
	c.group(p, "quirks", quirks)
	p.printf("\n%s\n", c.Styles.Hint.Render(fmt.Sprintf("%s known of its errors. Checked %s. Sources: %s", counted(len(v.Wordings())), v.Checked, strings.Join(v.Sources, "; "))))
	return p.err
}

// group prints the rows that say something, below their title.
func (c Catalogue) group(p *printer, title string, rows [][2]string) {
	first := true
	for _, r := range rows {
		if r[1] == "" {
			continue
		}
		if first {
			p.printf("\n%s\n", c.Styles.Strong.Render(title))
			first = false
		}
		c.row(p, r[0], r[1])
	}
}

func (c Catalogue) row(p *printer, label, text string) {
	const column = 22
	if label == c.Glyphs.Dot {
		p.lines(ui.Hang("  "+label+" ", text, c.Width))
		return
	}
	p.lines(ui.Hang("  "+c.Styles.Hint.Render(ui.Pad(label, column, ""))+" ", text, c.Width))
}

func (p *printer) lines(lines []string) {
	for _, l := range lines {
		p.printf("%s\n", l)
	}
}

func span(s int) string {
	if s == 0 {
		return ""
	}
	d := time.Duration(s) * time.Second
	if days := int(d.Hours() / 24); days >= 2 && d%(24*time.Hour) == 0 {
		return fmt.Sprintf("%d days", days)
	}
	return ui.Seconds(d)
}

// counted is how many wordings there are.
func counted(n int) string {
	if n == 1 {
		return "1 wording is"
	}
	return fmt.Sprintf("%d wordings are", n)
}
