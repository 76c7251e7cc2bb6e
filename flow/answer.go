package flow

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"mime"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"grantwalk/diagnose/safe"
)

// An answer is what a server sent back, read as far as it can be.
type answer struct {
	status  int
	header  http.Header
	media   string // media type of the content
	body    []byte // at most maxAnswer of it
	params  []Param
	raw     map[string]json.RawMessage // of JSON
	problem string                     // why it is not what an endpoint answers, if it is not
}

// readAnswer reads JSON or a form, whatever the content type says: GitHub and
// Facebook answer form-encoded, others send JSON as text/plain.
func readAnswer(resp *http.Response, body []byte) *answer {
	a := &answer{status: resp.StatusCode, header: resp.Header, body: body}
	a.media, _, _ = mime.ParseMediaType(resp.Header.Get("Content-Type"))
	trimmed := bytes.TrimSpace(withoutBOM(body))
	switch {
	case len(body) > maxAnswer:
		a.body = body[:maxAnswer]
		a.problem = fmt.Sprintf("the answer is larger than %d bytes; the rest was not read", maxAnswer)
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		a.problem = "the answer is a redirect; it is not followed, because the request carries credentials"
	case len(trimmed) == 0:
		a.problem = "the answer has no content"
	case trimmed[0] == '{' || trimmed[0] == '[' || strings.HasSuffix(a.media, "json"):
		a.readJSON(trimmed)
	case a.media == "text/html" || trimmed[0] == '<':
		a.problem = "the answer is " + describePage(body)
	case a.media == "application/x-www-form-urlencoded" || formEncoded.Match(trimmed):
		a.params = pairs("form", string(trimmed))
	case resp.Header.Get("Content-Encoding") != "":
		a.problem = "the answer is encoded as " + safe.Text(resp.Header.Get("Content-Encoding"), 40) + ", which was not asked for"
	case !utf8.Valid(body):
		a.problem = fmt.Sprintf("the answer is %d bytes that are no text", len(body))
	default:
		a.problem = fmt.Sprintf("the answer is neither JSON nor a form, but %d bytes of %s", len(body), a.mediaName())
	}
	return a
}

// withoutBOM takes the byte order mark off, which RFC 8259 §8.1 lets readers ignore.
func withoutBOM(body []byte) []byte { return bytes.TrimPrefix(body, []byte("\ufeff")) }

var formEncoded = regexp.MustCompile(`^[\w.~%+-]+=[^\s<>{}]*$`)

func (a *answer) mediaName() string {
	if a.media == "" {
		return "text without a content type"
	}
	return safe.Text(a.media, 60)
}

// readJSON keeps the members' order, because people compare with what they see elsewhere.
func (a *answer) readJSON(body []byte) {
	dec := json.NewDecoder(bytes.NewReader(body))
	var doc json.RawMessage
	if err := dec.Decode(&doc); err != nil {
		a.problem = "the answer is not JSON: " + jsonProblem(err)
		return
	}
	if doc[0] != '{' {
		a.problem = "the answer is JSON, but not an object"
		return
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		a.problem = "the answer has something behind its JSON document"
		return
	}
	a.raw = map[string]json.RawMessage{}
	for name, value := range members(doc) {
		a.raw[name] = value
		if len(a.params) < maxParams {
			a.params = append(a.params, newParam("json", name, jsonText(value)))
		}
	}
}

// members are those of a JSON object in their order, which encoding/json loses.
// The object is known to be well-formed.
func members(object json.RawMessage) iter.Seq2[string, json.RawMessage] {
	return func(yield func(string, json.RawMessage) bool) {
		depth, start, name := 0, 0, ""
		for i := 0; i < len(object); i++ {
			switch c := object[i]; {
			case c == '"':
				for i++; object[i] != '"'; i++ {
					if object[i] == '\\' {
						i++
					}
				}
			case c == '{' || c == '[':
				if depth++; depth == 1 {
					start = i + 1
				}
			case c == ':' && depth == 1:
				name, start = jsonText(bytes.TrimSpace(object[start:i])), i+1
			case c == ',' && depth == 1, c == '}' && depth == 1:
				value := bytes.TrimSpace(object[start:i])
				if len(value) > 0 && !yield(name, value) { // {} has none
					return
				}
				start = i + 1
			case c == '}' || c == ']':
				depth--
			}
		}
	}
}

func jsonProblem(err error) string {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "it ends too early"
	}
	return safe.Text(strings.TrimPrefix(err.Error(), "json: "), 200)
}

// jsonText is a member as text: a string without its quotes, anything else compact.
func jsonText(raw json.RawMessage) string {
	var s string
	var b bytes.Buffer
	switch {
	case len(raw) > 0 && raw[0] == '"', string(raw) == "null":
		_ = json.Unmarshal(raw, &s) // it was read as JSON before
		return s
	case json.Compact(&b, raw) != nil:
		return string(raw)
	}
	return b.String()
}

var pageTitle = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)

func describePage(body []byte) string {
	if m := pageTitle.FindSubmatch(body[:min(len(body), 64<<10)]); m != nil {
		if title := strings.TrimSpace(string(m[1])); title != "" {
			return "a web page with the title “" + safe.Text(title, 100) + "”"
		}
	}
	return "a web page"
}

// text is a parameter's value, a secret's too.
func (a *answer) text(name string) string {
	for _, p := range a.params {
		if p.Name == name {
			return p.Value + p.Secret.Reveal()
		}
	}
	return ""
}

// serverError reads the refusal out of the answer, in whichever shape it came;
// nil if there is none. The transcript hides secrets that the server repeats.
func (a *answer) serverError(t *Transcript) *ServerError {
	e := ServerError{Status: a.status}
	// The parameters as the server sent them: RFC 6749 §5.2.
	e.Code, e.Description, e.URI = a.text("error"), a.text("error_description"), a.text("error_uri")
	if obj, ok := a.raw["error"]; ok && len(obj) > 0 && obj[0] == '{' {
		e.Code, e.Description = errorObject(obj)
	}
	if e.Description == "" {
		// Twitch, Strava, Instagram and others: {"status":400,"message":"…"}.
		for _, name := range []string{"message", "error_message", "error_msg", "detail"} {
			if d := a.text(name); d != "" {
				e.Description = d
				break
			}
		}
	}
	// Slack: {"ok":false,"error":"…"} with status 200.
	if e.Code == "" && a.status >= 200 && a.status < 300 {
		return nil
	}
	e.Code, e.Description, e.URI = t.foreign(e.Code, 200), t.foreign(e.Description, 2000), t.foreign(e.URI, 500)
	return &e
}

// errorObject reads Facebook's form: {"error":{"message":…,"type":…,"code":…}}.
func errorObject(obj json.RawMessage) (code, description string) {
	var members map[string]json.RawMessage
	if json.Unmarshal(obj, &members) != nil {
		return "", ""
	}
	for _, name := range []string{"type", "status", "code"} {
		if v := jsonText(members[name]); v != "" && code == "" {
			code = v
		}
	}
	return code, jsonText(members["message"])
}

// Tokens is what the token endpoint granted (RFC 6749 §5.1).
type Tokens struct {
	Access    safe.Secret
	Refresh   safe.Secret
	ID        safe.Secret // OpenID Connect Core §3.1.3.3
	Type      string
	Scope     string
	ExpiresIn time.Duration // zero: not said
	At        time.Time     // when the answer was complete
}

// tokens reads the grant; ok is false when there is no access token in it.
func (a *answer) tokens(t *Transcript, at time.Time) (tokens *Tokens, ok bool) {
	tokens = &Tokens{
		Access:  safe.Secret(a.text("access_token")),
		Refresh: safe.Secret(a.text("refresh_token")),
		ID:      safe.Secret(a.text("id_token")),
		Type:    t.foreign(a.text("token_type"), 40),
		Scope:   t.foreign(a.text("scope"), 1000),
		At:      at,
	}
	// A number by the RFC, a string at PayPal, Entra v1 and others.
	if s, err := strconv.ParseFloat(a.text("expires_in"), 64); err == nil && s > 0 && s < 1e9 {
		tokens.ExpiresIn = time.Duration(s * float64(time.Second))
	}
	return tokens, tokens.Access != ""
}
