// Package wire reads the responses of OAuth endpoints as they come: JSON or a
// form, whatever the content type says, and a refusal in each of the shapes that
// servers give it. It is pure, and decides nothing.
package wire

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"mime"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"example.com/grantwalk/diagnose/safe"
)

// A Param is one member of a response, or one parameter of a form. Nothing in it
// is cleaned, and it may be a secret.
type Param struct{ Name, Value string }

// Head is what a response's first lines say about its content.
type Head struct {
	Status          int
	ContentType     string
	ContentEncoding string
}

// A Response is a body, read as far as it can be.
type Response struct {
	Params  []Param // in the order of the wire
	Object  bool    // it is a JSON object, and the parameters are its members
	Problem string  // why it is not what an endpoint sends, cleaned; empty if it is
	Status  int

	raw []string // of an object: the members' values, as they came
}

// maxParams bounds the members that are kept of one response.
const maxParams = 200

var formEncoded = regexp.MustCompile(`^[\w.~%+-]+=[^\s<>{}]*$`)

// Read reads JSON or a form, whatever the content type says: GitHub and Facebook
// send forms, others send JSON as text/plain.
func Read(h Head, body []byte) Response {
	a := Response{Status: h.Status}
	media, _, _ := mime.ParseMediaType(h.ContentType)
	trimmed := bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\ufeff"))) // a byte order mark, which RFC 8259 §8.1 lets readers ignore
	switch {
	case h.Status == 101:
		a.Problem = "the response is 101 Switching Protocols, which was not asked for"
	case h.Status >= 300 && h.Status < 400:
		a.Problem = "the response is a redirect; it is not followed"
	case len(trimmed) == 0:
		a.Problem = "the response has no content"
	case trimmed[0] == '{' || trimmed[0] == '[' || strings.HasSuffix(media, "json"):
		a.readJSON(trimmed)
	case media == "text/html" || trimmed[0] == '<':
		a.Problem = "the response is " + describePage(body)
	case media == "application/x-www-form-urlencoded" || formEncoded.Match(trimmed):
		if a.Params = Form(string(trimmed)); len(a.Params) == 0 {
			a.Problem = "the response is a form without parameters"
		}
	case h.ContentEncoding != "":
		a.Problem = "the response is encoded as " + safe.Quote(h.ContentEncoding, 40) + ", which was not asked for"
	case !utf8.Valid(body):
		a.Problem = fmt.Sprintf("the response is %d bytes that are no text", len(body))
	default:
		a.Problem = fmt.Sprintf("the response is neither JSON nor a form, but %d bytes of %s", len(body), mediaName(media))
	}
	return a
}

func mediaName(media string) string {
	if media == "" {
		return "text without a content type"
	}
	return safe.Quote(media, 60)
}

// readJSON keeps the members' order, because people compare with what they see elsewhere.
func (a *Response) readJSON(doc []byte) {
	switch {
	case !json.Valid(doc):
		a.Problem = notJSON(doc)
		return
	case doc[0] != '{':
		a.Problem = "the response is JSON, but not an object"
		return
	}
	a.Object = true
	for name, value := range members(string(doc)) {
		if len(a.Params) == maxParams {
			break
		}
		a.Params, a.raw = append(a.Params, Param{name, jsonText(value)}), append(a.raw, value)
	}
}

// Member is the value of the object's first member of that name; nil if there is
// none.
func (a Response) Member(name string) json.RawMessage {
	for i, value := range a.raw {
		if a.Params[i].Name == name {
			return json.RawMessage(value)
		}
	}
	return nil
}

// notJSON says why not: a document with something behind it is a kind of its own.
func notJSON(body []byte) string {
	var doc json.RawMessage
	if err := json.NewDecoder(bytes.NewReader(body)).Decode(&doc); err != nil {
		return "the response is not JSON: " + JSONProblem(err)
	}
	return "the response has something behind its JSON document"
}

// members are those of a JSON object in their order, which encoding/json loses.
// The object is known to be well-formed.
func members(object string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		depth, start, name := 0, 0, ""
		for i := 0; i < len(object); i++ {
			switch c := object[i]; {
			case c == '"':
				i = closingQuote(object, i)
			case c == '{' || c == '[':
				if depth++; depth == 1 {
					start = i + 1
				}
			case c == ':' && depth == 1:
				name, start = jsonText(strings.TrimSpace(object[start:i])), i+1
			case c == ',' && depth == 1, c == '}' && depth == 1:
				value := strings.TrimSpace(object[start:i])
				if value != "" && !yield(name, value) { // {} has none
					return
				}
				start = i + 1
			case c == '}' || c == ']':
				depth--
			}
		}
	}
}

// closingQuote is where the string ends whose first quote is at start. Tokens are
// long, so it leaps from quote to quote.
func closingQuote(text string, start int) int {
	for end := start + 1; ; end++ {
		end += strings.IndexByte(text[end:], '"')
		before := text[start+1 : end]
		backslashes := len(before) - len(strings.TrimRight(before, `\`))
		if backslashes%2 == 0 {
			return end
		}
	}
}

// JSONProblem says why a text is not the JSON it should be, cleaned.
func JSONProblem(err error) string {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "it ends too early"
	}
	return safe.Quote(strings.TrimPrefix(err.Error(), "json: "), 200)
}

// jsonText is a member as text: a string without its quotes, anything else compact.
// Most members need no work for that.
func jsonText(raw string) string {
	var text string
	var compact bytes.Buffer
	switch {
	case len(raw) > 1 && raw[0] == '"' && strings.IndexByte(raw, '\\') < 0 && utf8.ValidString(raw):
		return raw[1 : len(raw)-1]
	case raw != "" && raw[0] == '"', raw == "null":
		_ = json.Unmarshal([]byte(raw), &text) // it was read as JSON before
		return text
	case !strings.ContainsAny(raw, " \t\r\n"):
		return raw
	case json.Compact(&compact, []byte(raw)) != nil:
		return raw
	}
	return compact.String()
}

var pageTitle = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)

func describePage(body []byte) string {
	if m := pageTitle.FindSubmatch(body[:min(len(body), 64<<10)]); m != nil {
		if title := strings.TrimSpace(string(m[1])); title != "" {
			return "a web page with the title “" + safe.Quote(title, 100) + "”"
		}
	}
	return "a web page"
}

// Form reads a form or a query, in its order. What is not encoded rightly stays
// as it came.
func Form(text string) []Param {
	if strings.Contains(text, "&lt;") { // what a page escaped, such as code=&lt;code&gt;
		text = strings.NewReplacer("&lt;", "<", "&gt;", ">").Replace(text)
	}
	var params []Param
	for part := range strings.SplitSeq(text, "&") {
		if part == "" {
			continue
		}
		if len(params) == maxParams {
			break
		}
		name, value, _ := strings.Cut(part, "=")
		params = append(params, Param{Unescape(name), Unescape(value)})
	}
	return params
}

// Unescape undoes the form encoding once; what is not encoded rightly stays as it
// came.
func Unescape(s string) string {
	if u, err := url.QueryUnescape(s); err == nil {
		return u
	}
	return s
}

// Text is the value of the first parameter of that name; empty if there is none.
func (a Response) Text(name string) string {
	for _, p := range a.Params {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}

// Token is the value of the first parameter of that name, if it is a text that
// is not blank: {"access_token":false} grants nothing.
func (a Response) Token(name string) (value string, ok bool) {
	value = a.Text(name)
	if raw := a.Member(name); raw != nil && raw[0] != '"' {
		return value, false
	}
	return value, strings.TrimSpace(value) != ""
}

// An ErrorResponse is an error as a server puts it (RFC 6749 §4.1.2.1, §5.2).
type ErrorResponse struct {
	Error       safe.Foreign  `json:"error,omitempty"`
	Description safe.Foreign  `json:"error_description,omitempty"`
	URI         safe.Endpoint `json:"error_uri,omitempty"`
	Status      int           `json:"http_status,omitempty"` // 0: it came by the redirect, or is not known
}

// Says reports whether it tells that there was an error.
func (r ErrorResponse) Says() bool { return r.Error != "" || r.Description != "" || r.Status >= 400 }

// Bounds on what is kept of an error, in bytes.
const (
	maxErrorCode        = 200
	maxErrorDescription = 2000
	maxErrorURI         = 500
)

// Set takes a member of an error response, as much of it as is kept.
func (r *ErrorResponse) Set(name, value string) {
	switch name {
	case "error":
		r.Error = safe.Foreign(safe.Cut(value, maxErrorCode))
	case "error_description":
		r.Description = safe.Foreign(safe.Cut(value, maxErrorDescription))
	case "error_uri":
		r.URI = safe.Endpoint(safe.Cut(value, maxErrorURI))
	}
}

// Bounded is as much of it as is kept.
func (r ErrorResponse) Bounded() ErrorResponse {
	r.Error = safe.Foreign(safe.Cut(r.Error.Raw(), maxErrorCode))
	r.Description = safe.Foreign(safe.Cut(r.Description.Raw(), maxErrorDescription))
	r.URI = safe.Endpoint(safe.Cut(r.URI.Raw(), maxErrorURI))
	return r
}

// ErrorResponse reads the error out of the response, in whichever shape it came; ok is
// false if there is none.
func (a Response) ErrorResponse() (r ErrorResponse, ok bool) {
	// The parameters as the server sent them: RFC 6749 §5.2.
	r = ErrorResponse{safe.Foreign(a.Text("error")), safe.Foreign(a.Text("error_description")), safe.Endpoint(a.Text("error_uri")), a.Status}
	if obj := a.Member("error"); len(obj) > 0 && obj[0] == '{' {
		code, description := errorObject(string(obj))
		r.Error, r.Description = safe.Foreign(code), safe.Foreign(description)
	}
	if r.Description == "" {
		// Twitch, Strava, Instagram and others: {"status":400,"message":"…"}.
		for _, name := range []string{"message", "error_message", "error_msg", "detail"} {
			if d := a.Text(name); d != "" {
				r.Description = safe.Foreign(d)
				break
			}
		}
	}
	// Slack: {"ok":false,"error":"…"} with status 200. Others: {"error":false,"access_token":"…"}.
	if (r.Error == "" || r.Error == "false" || r.Error == "0") && a.Status >= 200 && a.Status < 300 {
		return ErrorResponse{}, false
	}
	return r, true
}

// errorObject reads Facebook's form: {"error":{"message":…,"type":…,"code":…}}.
func errorObject(object string) (code, description string) {
	parts := map[string]string{}
	for name, value := range members(object) {
		parts[name] = jsonText(value)
	}
	return cmp.Or(parts["type"], parts["status"], parts["code"]), parts["message"]
}

// JWT decodes the header and the claims of a signed token (RFC 7515 §7.1); ok is
// false for anything else. Nothing is verified.
func JWT(token string) (header, claims []byte, ok bool) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, nil, false
	}
	header, errHeader := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[0], "="))
	claims, errClaims := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if errHeader != nil || errClaims != nil {
		return nil, nil, false
	}
	return header, claims, true
}
