package read

import (
	"bufio"
	"encoding/base64"
	"net/url"
	"strings"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/internal/lazy"
	"example.com/grantwalk/diagnose/wire"
)

// A Postman collection (v2.1) holds requests in folders, each with the responses that were
// saved for it. A folder's authentication is that of the requests in it that have none.
var postmanStart = lazy.Regexp(`^\{\s*(?:"collection"\s*:\s*\{\s*)?"(?:info|item|auth|variable)"\s*:\s*[\{\[]`)
var postmanOwn = lazy.Regexp(`schema\.getpostman\.com|"_postman_\w+"\s*:|"_exporter_id"\s*:`)

var postmanFormat = format{
	kind:  KindHAR,
	marks: []string{`"info"`, `"item"`, `"auth"`, `"variable"`},
	is:    func(head []byte) bool { return postmanStart().Match(head) && postmanOwn().Match(head) },
	read:  readPostman,
	name:  "a Postman collection", instead: "Save the response of the token request as an example, and export the collection again. Or paste the request and its response from the Postman console.",
}

// Bounds on a collection.
const (
	maxFolders   = 20  // within each other
	maxResponses = 100 // of one request
)

func readPostman(r *bufio.Reader, k *keeper) error {
	s := newStream(r)
	c := collection{}
	err := s.members(func(name string) error {
		if name == "collection" { // as the Postman API gives it
			return c.read(s)
		}
		return c.member(s, name)
	})
	for _, x := range c.found {
		k.add(x.authenticated(c.auth))
	}
	return faultOf("the Postman collection", k.seen, err)
}

// A collection is the collection, or a folder in it.
type collection struct {
	depth int
	auth  *postmanAuth
	found []postmanExchange

	request   *postmanExchange // of an item that is no folder
	responses []postmanExchange
}

// A postmanExchange is a request as the collection has it. Its authentication may be that
// of a folder, which can come later in the document.
type postmanExchange struct {
	exchange.Exchange
	auth *postmanAuth
	body bool // there is a body
}

// postmanAuth is how a request is authenticated; no header: as by type noauth.
type postmanAuth struct{ header string }

// authenticated is the exchange with the authentication of the folder, if it has none itself.
func (x postmanExchange) authenticated(folder *postmanAuth) exchange.Exchange {
	if x.auth == nil {
		x.auth = folder
	}
	if x.auth != nil && x.Request.Authorization == "" {
		x.Request.Authorization = x.auth.header
	}
	return x.Exchange
}

func (c *collection) read(s *stream) error {
	return s.members(func(name string) error { return c.member(s, name) })
}

func (c *collection) member(s *stream, name string) (err error) {
	switch name {
	case "item":
		return s.elements(func() error { return c.item(s) })
	case "auth":
		c.auth, err = readAuth(s)
	case "request":
		c.request, err = readPostmanRequest(s)
	case "response":
		err = s.elements(func() error {
			x, err := readPostmanResponse(s)
			if len(c.responses) < maxResponses {
				c.responses = append(c.responses, x)
			}
			return err
		})
	default:
		err = s.skip()
	}
	return err
}

// item reads a request or a folder. What can be no part of a login is not kept.
func (c *collection) item(s *stream) error {
	if c.depth == maxFolders {
		return s.skip()
	}
	in := collection{depth: c.depth + 1}
	err := in.read(s)
	for _, x := range append(in.found, in.exchanges()...) {
		if x.auth == nil {
			x.auth = in.auth
		}
		if len(c.found) < maxMessages && x.Request.URL != nil && x.CanMatter() {
			c.found = append(c.found, x)
		}
	}
	return err
}

// exchanges ties the responses of an item to the requests that they answer: those saved
// with them, or else the item's own.
func (c *collection) exchanges() (all []postmanExchange) {
	if c.request == nil {
		return nil
	}
	for _, x := range c.responses {
		sent := *c.request
		if x.Request.URL != nil && (x.body || x.Request.URL.String() != sent.Request.URL.String()) {
			sent = x
		}
		sent.Response, sent.ReceivedAt = x.Response, x.ReceivedAt
		all = append(all, sent)
	}
	if len(all) == 0 {
		all = append(all, *c.request)
	}
	return all
}

func readPostmanRequest(s *stream) (*postmanExchange, error) {
	x := postmanExchange{Exchange: exchange.Exchange{Request: exchange.Request{Method: "GET"}}}
	var body postmanBody
	x.Request.URL = &url.URL{} // a request may be named without one
	err := s.members(func(name string) (err error) {
		var text string
		switch name {
		case "method":
			text, err = s.text(20)
			x.Request.Method = strings.ToUpper(text)
		case "url":
			text, err = readPostmanURL(s)
			x.Request.SetURL(text)
		case "header":
			err = readKeyed(s, x.Request.SetHeader)
		case "auth":
			x.auth, err = readAuth(s)
		case "body":
			body, err = readPostmanBody(s)
		default:
			err = s.skip()
		}
		return err
	})
	body.set(&x)
	return &x, err
}

// readPostmanURL reads a URL: a string, or its parts with the whole under "raw".
func readPostmanURL(s *stream) (string, error) {
	if c, err := s.next(); err != nil || c != '{' {
		text, err := s.text(exchange.MaxURL)
		return text, err
	}
	raw, protocol := "", "https"
	var host, path []string
	err := s.members(func(name string) (err error) {
		switch name {
		case "raw":
			raw, err = s.text(exchange.MaxURL)
		case "protocol":
			protocol, err = s.text(20)
		case "host":
			host, err = readTexts(s)
		case "path":
			path, err = readTexts(s)
		default:
			err = s.skip()
		}
		return err
	})
	if raw == "" && len(host) > 0 {
		raw = protocol + "://" + strings.Join(host, ".") + "/" + strings.Join(path, "/")
	}
	return raw, err
}

func readTexts(s *stream) (texts []string, err error) {
	err = s.oneOrMany(func() error {
		text, err := s.text(200)
		texts = bounded(texts, text)
		return err
	})
	return texts, err
}

// readKeyed reads a list of objects with key and value. Postman keeps those that are
// switched off.
func readKeyed(s *stream, each func(name, value string)) error {
	return s.elements(func() error {
		var key, value, disabled string
		err := s.members(func(member string) (err error) {
			switch member {
			case "key":
				key, err = s.text(200)
			case "value":
				value, err = s.text(maxContent)
			case "disabled":
				disabled, err = s.text(10)
			default:
				err = s.skip()
			}
			return err
		})
		if key != "" && disabled != "true" {
			each(key, value)
		}
		return err
	})
}

// postmanMedia is the media type that Postman sends a body with.
var postmanMedia = map[string]string{"urlencoded": "application/x-www-form-urlencoded", "formdata": "multipart/form-data"}

type postmanBody struct {
	mode, raw string
	params    []wire.Param
}

func readPostmanBody(s *stream) (b postmanBody, err error) {
	err = s.members(func(name string) (err error) {
		switch name {
		case "mode":
			b.mode, err = s.text(20)
		case "raw":
			b.raw, err = s.text(maxContent)
		case "urlencoded", "formdata":
			err = readKeyed(s, func(name, value string) {
				if len(b.params) < maxParams {
					b.params = append(b.params, wire.Param{Name: name, Value: value})
				}
			})
		default:
			err = s.skip()
		}
		return err
	})
	return b, err
}

// set gives the request the body. Postman knows what it sends, so that a request without a
// body has none.
func (b postmanBody) set(x *postmanExchange) {
	x.body = b.raw != "" || len(b.params) > 0
	media := postmanMedia[b.mode]
	if media == "" {
		media = x.Request.Media
	}
	x.Request.SetBody(media, b.raw)
	if len(b.params) > 0 {
		x.Request.Form = b.params
	}
}

func readPostmanResponse(s *stream) (x postmanExchange, err error) {
	err = s.members(func(name string) (err error) {
		switch name {
		case "originalRequest":
			var sent *postmanExchange
			sent, err = readPostmanRequest(s)
			x.Request, x.auth, x.body = sent.Request, sent.auth, sent.body
		case "code":
			var status float64
			status, err = s.number()
			x.Response.Status = int(status)
		case "header":
			err = readKeyed(s, x.Response.SetHeader)
		case "body":
			x.Response.Body, err = s.text(maxContent)
		default:
			err = s.skip()
		}
		return err
	})
	return x, err
}

// readAuth reads how a request is authenticated. Of the types only basic is a way for a
// client to authenticate at the token endpoint; the settings of oauth2 were sent in
// requests of Postman's own, which no collection has.
func readAuth(s *stream) (*postmanAuth, error) {
	kind, user, password := "", "", ""
	err := s.members(func(name string) (err error) {
		switch name {
		case "type":
			kind, err = s.text(20)
		case "basic":
			err = readKeyed(s, func(name, value string) {
				switch name {
				case "username":
					user = value
				case "password":
					password = value
				}
			})
		default:
			err = s.skip()
		}
		return err
	})
	switch kind {
	case "":
		return nil, err // null: that of the folder
	case "basic":
		return &postmanAuth{"Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))}, err
	}
	return &postmanAuth{}, err
}
