package practice

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"

	"example.com/grantwalk/diagnose/safe"
)

// A User is a built-in user with a browser of their own, for walks that show
// nobody a page. It knows the practice server's pages and no others.
type User struct {
	Approve bool         // what to answer
	Client  *http.Client // goes about; one without a proxy and with a time limit if nil
}

// maxPage bounds what a User reads of a page.
const maxPage = 1 << 20

// Open goes to an authorization URL, answers the page there as Alice, or as
// whomever the request hints at, and follows the way back to the client until
// the client's page is read. What that page says is the client's business: an
// error means that the user did not get there.
func (u User) Open(ctx context.Context, authorizationURL string) error {
	start, err := url.Parse(authorizationURL)
	if err != nil {
		return fmt.Errorf("open the authorization URL: %w", err)
	}
	agent, err := u.agent()
	if err != nil {
		return err
	}
	page, err := visit(ctx, agent, http.MethodGet, start, nil)
	// At most two forms: the consent, and form_post's.
	for range 2 {
		if err != nil || page.at.Host != start.Host {
			return err
		}
		if page.form == nil {
			return fmt.Errorf("%s shows no form but says: %s", start.Host, page.says)
		}
		page, err = visit(ctx, agent, http.MethodPost, page.form.action, page.form.filled(u.Approve))
	}
	if err == nil && page.at.Host == start.Host {
		err = fmt.Errorf("%s does not lead back to the client: %s", start.Host, page.says)
	}
	return err
}

func (u User) agent() (*http.Client, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	agent := http.Client{
		Timeout:   30 * time.Second,
		Transport: &http.Transport{DisableKeepAlives: true}, // leaves nothing behind, asks no proxy
	}
	if u.Client != nil {
		agent = *u.Client
	}
	agent.Jar = jar // the consent belongs to a cookie
	return &agent, nil
}

// A webpage is what a User saw of one.
type webpage struct {
	at   *url.URL
	form *form  // its first
	says string // its error, or its headline
}

type form struct {
	action *url.URL
	fields url.Values
}

func (f *form) filled(approve bool) url.Values {
	if f.fields.Has("consent") {
		f.fields.Set("decision", "deny")
		if approve {
			f.fields.Set("decision", "approve")
		}
	}
	return f.fields
}

func visit(ctx context.Context, agent *http.Client, method string, to *url.URL, fields url.Values) (*webpage, error) {
	req, err := http.NewRequestWithContext(ctx, method, to.String(), strings.NewReader(fields.Encode()))
	if err != nil {
		return nil, err
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := agent.Do(req)
	if err != nil {
		return nil, withoutAddress(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxPage))
	if err != nil {
		return nil, fmt.Errorf("read the page at %s: %w", resp.Request.URL.Host, err)
	}
	at := resp.Request.URL
	if at.Host != to.Host {
		return &webpage{at: at}, nil // the client's page, which says nothing to this user
	}
	return readPage(at, string(body)), nil
}

// withoutAddress takes the URL out of an error: it may hold the code.
func withoutAddress(err error) error {
	if e := new(url.Error); errors.As(err, &e) {
		u, parseErr := url.Parse(e.URL)
		if parseErr != nil {
			return e.Err
		}
		return fmt.Errorf("%s %s://%s%s: %w", strings.ToLower(e.Op), u.Scheme, u.Host, u.Path, e.Err)
	}
	return err
}

// readPage finds the first form and the headline. The practice server's pages
// are well-formed XML.
func readPage(at *url.URL, body string) *webpage {
	page := &webpage{at: at}
	tokens := xml.NewDecoder(strings.NewReader(body))
	tokens.Strict = false
	tokens.AutoClose = xml.HTMLAutoClose
	tokens.Entity = xml.HTMLEntity
	inside := ""
	for {
		token, err := tokens.Token()
		if err != nil {
			return page
		}
		switch t := token.(type) {
		case xml.StartElement:
			inside = t.Name.Local
			page.element(t)
		case xml.CharData:
			if text := strings.TrimSpace(string(t)); text != "" && (inside == "h1" || inside == "dd") {
				page.says = safe.Text(text, 500)
			}
		}
	}
}

func (p *webpage) element(e xml.StartElement) {
	switch e.Name.Local {
	case "form":
		if action, err := p.at.Parse(attribute(e, "action")); err == nil && p.form == nil {
			p.form = &form{action: action, fields: url.Values{}}
		}
	case "input":
		kind := attribute(e, "type")
		if p.form != nil && (kind == "hidden" || kind == "radio" && attribute(e, "checked") != "") {
			p.form.fields.Set(attribute(e, "name"), attribute(e, "value"))
		}
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
