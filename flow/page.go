package flow

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// A page is what the browser gets to see at the redirect URI. It never repeats
// the code, and everything foreign in it is escaped by html/template.
type page struct {
	Status int
	Tone   string // "good", "bad" or "plain": the colour of its mark
	Title  string
	Text   string
	Error  string // the server's own words, if it sent any
	Detail string

	odd  string // what to note in the transcript
	html []byte // if it was made ahead
}

// received is made when the listener is, and not when the answer comes: the first
// use of a template takes some 0.2 ms, and the code is being exchanged then.
var received = sync.OnceValue(func() page {
	p := page{Status: http.StatusOK, Tone: "good", Title: "Code received",
		Text: "The authorization server sent its code, and grantwalk has it. Go back to the terminal: you can close this page."}
	p.html = p.render()
	return p
})

func said(code, description string) page {
	p := page{Status: http.StatusOK, Tone: "bad", Title: "The server answered with an error", Error: code, Detail: description,
		Text: "No code was issued. Go back to the terminal: it shows what this means. You can close this page."}
	if code == "access_denied" {
		p.Title = "Access was denied"
	}
	return p
}

func wrongState(odd string) page {
	return page{Status: http.StatusBadRequest, Tone: "bad", Title: "This answer was not taken", odd: odd,
		Text: "Its state is not the one that grantwalk sent, so it belongs to another log-in, or somebody made it up. Go back to the terminal: it is still waiting for the right one."}
}

func unverified(odd, code, description string) page {
	return page{Status: http.StatusBadRequest, Tone: "bad", Title: "An error that grantwalk cannot verify", Error: code, Detail: description, odd: odd,
		Text: "This error response does not carry the state that grantwalk sent, so anybody could have sent it. If you came here from the authorization server, this is probably its error. Go back to the terminal: it is still waiting."}
}

// again is the page for a response that came after the one that was taken.
func again(cb, taken Callback) page {
	p := page{Status: http.StatusOK, Tone: "plain", Title: "Already received", odd: "the same answer once more: a reload, a second tab or a prefetch",
		Text: "This answer was taken before, and the code works only once. Go back to the terminal: you can close this page."}
	if cb.Code != taken.Code {
		p.odd = "a second answer with our state, but not with the same code: the user logged in twice, or somebody sent a code of theirs (RFC 9700 §4.5). It was not taken"
		p.Text = "grantwalk took another answer of this login before, and does not take this one. Go back to the terminal: you can close this page."
	}
	return p
}

func refuse(status int, odd string) page {
	return page{Status: status, Tone: "plain", Title: "Nothing to see here", odd: odd,
		Text: "grantwalk waits here for the answer of an authorization server, and this is not it. Go back to the terminal."}
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

// render is the page as the browser gets it. What is in a page is text, which the
// template always takes.
func (p page) render() []byte {
	var html bytes.Buffer
	if err := pageTemplate.Execute(&html, p); err != nil {
		panic("flow: " + err.Error())
	}
	return html.Bytes()
}

func (p page) write(rw http.ResponseWriter) {
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
