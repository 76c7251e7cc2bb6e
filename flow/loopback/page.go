package loopback

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"strconv"
	"strings"
)

// A Page is what the browser gets to see. Everything foreign in it is escaped by
// html/template.
type Page struct {
	Status int
	Tone   string // "good", "bad" or "plain": the colour of its mark
	Title  string
	Text   string
	Error  string // the server's own words, if it sent any
	Detail string

	Unexpected string // what was odd about the request; empty: nothing

	html []byte // if it was made ahead
}

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

var pageTemplate = template.Must(template.New("page").Parse(strings.Replace(pageHTML, "/*style*/", pageCSS, 1)))

// pagePolicy lets nothing load and nothing run but the page's own style, by its hash.
var pagePolicy = func() string {
	sum := sha256.Sum256([]byte(pageCSS))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}()

// Ahead is the page, made before it is needed: the first use of a template takes some
// 0.2 ms.
func (p Page) Ahead() Page {
	p.html = p.render()
	return p
}

// render is the page as the browser gets it. What is in a page is text, which the
// template always takes.
func (p Page) render() []byte {
	var html bytes.Buffer
	if err := pageTemplate.Execute(&html, p); err != nil {
		panic("loopback: " + err.Error())
	}
	return html.Bytes()
}

func (p Page) write(rw http.ResponseWriter) {
	html := p.html
	if html == nil {
		html = p.render()
	}
	h := rw.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(html)))
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("Referrer-Policy", "no-referrer") // the address has the code in it
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Connection", "close") // the port is freed soon
	rw.WriteHeader(p.Status)
	if _, err := rw.Write(html); err == nil {
		_ = http.NewResponseController(rw).Flush() // before the listener may close
	}
}
