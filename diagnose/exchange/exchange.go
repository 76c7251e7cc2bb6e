// Package exchange has one HTTP request with its response as data, from every recorder:
// the walk, a browser, a proxy, a tool's transcript or a log. It also has what is said in
// words beside the requests. It reads bodies and knows by what a request carries which
// kind of request it is. It compares nothing and judges nothing: packages evidence and
// diagnose do.
package exchange

import (
	"io"
	"mime/multipart"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/wire"
)

// Exchange is one HTTP request with its response. Zero values mean "not recorded".
type Exchange struct {
	Kind       Kind // Unknown: what the request carries tells, see [Exchange.Classify]
	Request    Request
	Response   Response
	SentAt     time.Time // when the request left
	ReceivedAt time.Time // when the response was complete
	From       Place     // where it was recorded
}

// Request is an HTTP request. Nothing in it is cleaned, and its values may be secrets.
type Request struct {
	Method        string
	URL           *url.URL     // nil: not recorded
	Query         []wire.Param // of the URL
	Form          []wire.Param // of the body: a form, or the members of a JSON object
	Media         string       // the body's media type, in lower case and without parameters
	Length        string       // the Content-Length header
	Recorded      int          // bytes of the body as it was recorded
	Authorization string       // the header
	Basic         []wire.Param // the parts of a Basic Authorization header, where the header was not recorded
	Cookie        bool         // a cookie was sent
	Stripped      bool         // who recorded it leaves out headers that hold secrets
	Body          Extent
}

// Extent is how much of a body was recorded.
type Extent int

// Whole is a body that was recorded, or was not there.
const (
	Whole   Extent = iota
	Missing        // there was a body, or may have been one
	Partly         // part of the request is there: what is not there may have been sent
)

// Response is an HTTP response. Nothing in it is cleaned, and its values may be secrets.
type Response struct {
	Status   int
	Location string // the header
	Date     string // the header
	Media    string // the Content-Type header
	Encoding string // the Content-Encoding header
	Body     string // cut

	// Params and ErrorResponse are what was read of the body by who recorded it, where the body
	// itself was not kept. Nil: see the body.
	Params        []wire.Param
	ErrorResponse *wire.ErrorResponse
}

// Bounds on what is kept of a request, in bytes and parameters.
const (
	MaxURL    = 32 << 10
	maxFields = 100
)

// Params are the parameters of the query and of the body, in this order.
func (r *Request) Params() []wire.Param {
	if len(r.Query) == 0 {
		return r.Form
	}
	return append(r.Query[:len(r.Query):len(r.Query)], r.Form...)
}

// Get is the value of the first parameter of that name; empty if there is none.
func (r *Request) Get(name string) string { return Value(r.Params(), name) }

// Has reports whether there is a parameter of that name.
func (r *Request) Has(name string) bool { return Has(r.Params(), name) }

// Value is the value of the first parameter of that name; empty if there is none.
func Value(params []wire.Param, name string) string {
	for _, p := range params {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}

// Has reports whether there is a parameter of that name.
func Has(params []wire.Param, name string) bool {
	return slices.ContainsFunc(params, func(p wire.Param) bool { return p.Name == name })
}

// Endpoint is the URL without query, fragment and user.
func Endpoint(u *url.URL) safe.Endpoint {
	if u == nil {
		return ""
	}
	bare := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}
	return safe.Endpoint(safe.Cut(bare.String(), MaxURL))
}

// SetURL takes the URL of the request. One that cannot be parsed is kept as a path.
func (r *Request) SetURL(raw string) {
	raw = withoutHashes(raw)
	u, err := url.Parse(raw)
	if err != nil {
		before, after, _ := strings.Cut(raw, "?")
		u = &url.URL{Path: before, RawQuery: after}
	}
	r.URL, r.Query = u, wire.Form(u.RawQuery)
}

// withoutHashes is a URL in which no mask of hashes begins a fragment, as in state=###&scope=…
func withoutHashes(raw string) string {
	_, query, _ := strings.Cut(raw, "?")
	if !strings.Contains(query, "##") && !strings.Contains(query, "=#&") {
		return raw
	}
	return raw[:len(raw)-len(query)] + strings.ReplaceAll(query, "#", "%23")
}

// SetHeader takes a header of the request. It passes over those that tell nothing.
func (r *Request) SetHeader(name, value string) {
	switch strings.ToLower(name) {
	case "authorization":
		r.Authorization = value
	case "cookie":
		r.Cookie = true
	case "content-type":
		r.Media = value
	case "content-length":
		r.Length = strings.TrimSpace(value)
	}
}

// SetBody reads the body of the request: a form or JSON, whatever its media type is.
func (r *Request) SetBody(media, text string) {
	r.Media, _, _ = strings.Cut(strings.ToLower(media), ";")
	r.Media = strings.TrimSpace(r.Media)
	trimmed := strings.TrimSpace(text)
	r.Recorded = len(text)
	if strings.HasPrefix(trimmed, "{") {
		r.Form = wire.Read(wire.Head{}, []byte(trimmed)).Params
		if r.Media == "" {
			r.Media = "application/json"
		}
		return
	}
	if r.Media == "multipart/form-data" && strings.HasPrefix(trimmed, "--") {
		r.Form = multipartForm(trimmed)
		return
	}
	if strings.Contains(text, "=") && !strings.HasPrefix(trimmed, "<") && !strings.HasPrefix(trimmed, "--") {
		r.Form = wire.Form(strings.Trim(text, "\r\n"))
	}
}

// NoBody is for a request of which no body was recorded. Only a request that says so
// had none: curl -v never prints it, and captures leave it out.
func (r *Request) NoBody() {
	if (r.Method == "POST" || r.Method == "PUT") && r.Length != "0" && r.Body == Whole {
		r.Body = Missing
	}
}

// multipartForm reads what JavaScript's FormData is sent as (RFC 7578). A token endpoint
// need not take it.
func multipartForm(body string) []wire.Param {
	boundary, _, _ := strings.Cut(body[2:], "\n")
	r := multipart.NewReader(strings.NewReader(body), strings.TrimSpace(boundary))
	var form []wire.Param
	for len(form) < maxFields {
		part, err := r.NextRawPart()
		if err != nil {
			break
		}
		value, _ := io.ReadAll(part) // what there is of it
		form = append(form, wire.Param{Name: part.FormName(), Value: string(value)})
	}
	return form
}

// SetHeader takes a header of the response. It passes over those that tell nothing.
func (r *Response) SetHeader(name, value string) {
	switch strings.ToLower(name) {
	case "location":
		r.Location = value
	case "date":
		r.Date = value
	case "content-type":
		r.Media = value
	case "content-encoding":
		r.Encoding = value
	}
}

// Read reads the body, as far as it can be read.
func (r *Response) Read() wire.Response {
	if r.Params != nil {
		return wire.Response{Status: r.Status, Params: r.Params}
	}
	return wire.Read(wire.Head{Status: r.Status, ContentType: r.Media, ContentEncoding: r.Encoding}, []byte(r.Body))
}

// Members is the text of a response of which only the parameters were kept, a line each.
// Some servers say what they mean in others than RFC 6749's: a hint, a reason.
func Members(params []wire.Param) string {
	var lines []string
	for _, p := range params {
		lines = append(lines, p.Name+": "+p.Value)
	}
	return strings.Join(lines, "\n")
}

// Error is the error of the response (RFC 6749 §5.2), in whichever shape it came; ok is
// false if there is none.
func (r *Response) Error() (e wire.ErrorResponse, ok bool) {
	if r.ErrorResponse != nil {
		return *r.ErrorResponse, true
	}
	return r.Read().ErrorResponse()
}

// SetError gives an error to the last exchange whose response rejects a request for
// tokens, or a pushed request. It is for who has read the error from the whole response:
// what is kept of a response does not always tell.
func SetError(exchanges []Exchange, said *wire.ErrorResponse) {
	for i := len(exchanges) - 1; said != nil && i >= 0; i-- {
		if x := &exchanges[i]; (x.Kind == Token || x.Kind == Pushed) && x.Response.Status != 0 {
			if _, rejected := x.Response.Error(); rejected {
				x.Response.ErrorResponse = said
			}
			return
		}
	}
}

// Time is the server's clock: the Date header (RFC 9110 §6.6.1). It is zero if there is
// none.
func (r *Response) Time() time.Time {
	at, err := time.Parse(httpDate, r.Date)
	if err != nil {
		return time.Time{}
	}
	return at
}

// httpDate is the form of the Date header (RFC 9110 §5.6.7).
const httpDate = "Mon, 02 Jan 2006 15:04:05 GMT"

// IsAuthorizationResponse reports whether the parameters are an authorization response:
// they hold a code or an error.
func IsAuthorizationResponse(params []wire.Param) bool {
	return Has(params, "code") || Has(params, "error")
}
