package record

import (
	"bytes"
	"fmt"
	"net/http"

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/wire"
)

// MaxResponse bounds what is read of a response, after decompression, in bytes. A token
// response takes a few kilobytes, a discovery document some tens.
const MaxResponse = 1 << 20

// A Response is what a server sent back, read as far as it can be.
type Response struct {
	wire.Response
	Header http.Header
	Body   []byte // at most MaxResponse of it
}

// readResponse reads JSON or a form, whatever the content type says.
func readResponse(resp *http.Response, body []byte) *Response {
	r := &Response{Header: resp.Header, Body: body}
	if len(body) > MaxResponse {
		r.Body = body[:MaxResponse]
		r.Response = wire.Response{Status: resp.StatusCode, Problem: fmt.Sprintf("the response is larger than %d bytes; the rest was not read", MaxResponse)}
		return r
	}
	r.Response = wire.Read(wire.Head{Status: resp.StatusCode, ContentType: r.Header.Get("Content-Type"), ContentEncoding: r.Header.Get("Content-Encoding")}, body)
	return r
}

// Redirect is where a redirect leads; empty if the response is none.
func (r *Response) Redirect() string {
	if r.Status < 300 || r.Status > 399 {
		return ""
	}
	return r.Header.Get("Location")
}

// shownHeaders are the headers of a response that say something about the flow.
var shownHeaders = []string{"Content-Type", "Cache-Control", "WWW-Authenticate", "Location", "Retry-After", "Date"}

// params are the response's parameters, and those headers.
func (r *Response) params() []Param {
	in := "form"
	if r.Object {
		in = "json"
	}
	params := ParamsOf(in, r.Params)
	for _, name := range shownHeaders {
		if v := r.Header.Get(name); v != "" {
			params = append(params, Param{In: "header", Name: name, Value: v})
		}
	}
	if len(r.Params) == 0 && r.oneWord() {
		params = append(params, Param{In: "body", Name: "text", Secret: safe.Secret(r.Body)})
	}
	return params
}

// marked gives the parameters, each checked by mark, which may be nil.
func (r *Response) marked(mark func(*Param)) func() []Param {
	return func() []Param {
		params := r.params()
		for i := range params {
			if mark != nil {
				mark(&params[i])
			}
		}
		MarkRepeated(params)
		return params
	}
}

// oneWord reports whether the body is one long word: a bare token, as likely as not.
func (r *Response) oneWord() bool {
	return len(r.Body) >= 16 && !bytes.ContainsAny(bytes.TrimSpace(r.Body), " \t\r\n<")
}
