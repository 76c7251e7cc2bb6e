package evidence

import (
	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/internal/lazy"
	"example.com/grantwalk/diagnose/safe"
)

// page takes what lies between the request and its answer: login, consent,
// errors.
func (a *assembler) page(x *exchange.Exchange) {
	i := len(a.flows) - 1
	if i >= 0 && (a.flows[i].hosts[x.Request.URL.Host] || a.flows[i].expected == x.Request.URL.String()) {
		a.follow(i, x)
		return
	}
	if to, params := x.AuthorizationResponse(); exchange.IsAuthorizationResponse(params) {
		in := arrival{to: to, params: params, at: x.ReceivedAt}
		if i := a.waiting(in); i >= 0 {
			a.arrive(i, in)
		} else if exchange.Has(params, "state") {
			a.stray = append(a.stray, in)
		}
	}
}

// follow reads what the server answered to a page of the flow.
func (a *assembler) follow(i int, x *exchange.Exchange) {
	to, params := x.AuthorizationResponse()
	if exchange.IsAuthorizationResponse(params) {
		in := arrival{to: to, params: params, at: x.ReceivedAt}
		if j := a.waiting(in); j >= 0 {
			a.arrive(j, in)
			return
		}
	}
	f := &a.flows[i]
	if to != nil && x.Response.Location != "" {
		f.expected = to.String()
		if !a.at(i, to) {
			f.hosts[to.Host] = true
		}
		return
	}
	r := &a.e.Authorizations[i].Response
	if !x.Document() || r.Code != "" || r.Error != "" && !r.Page {
		return
	}
	if said := pageRefusal(x); x.Response.Status >= 400 || said.Error != "" || refusing().MatchString(said.Description.Raw()) {
		*r = AuthorizationResponse{ErrorResponse: said, Page: true, At: x.ReceivedAt, URI: safe.RedirectURI(exchange.Endpoint(x.Request.URL)), Count: r.Count}
	} else if x.HTML() && r.Page {
		*r = AuthorizationResponse{} // the server shows another page: the flow goes on
	}
}

// refusing: pages that are sent with status 200 say it in words alone.
var refusing = lazy.Regexp(`(?i)\b(?:invalid|unknown|unauthorized|unregistered|mismatch\w*|not (?:been )?(?:registered|allowed|match\w*|found|valid|whitelisted))\b[^.]{0,60}\b(?:client|redirect|scope|response.?type|application)|\b(?:client|redirect.?ur[il]|scope|response.?type|application)\b[^.]{0,60}\b(?:invalid|unknown|unauthorized|mismatch\w*|not (?:been )?(?:registered|allowed|match\w*|found|valid|whitelisted)|does not (?:exist|match))\b`)

// pageRefusal is what an error page says: in its address, to which some servers
// redirect with the error as a query, or in its text.
func pageRefusal(x *exchange.Exchange) ErrorResponse {
	said := ErrorResponse{Error: safe.Foreign(exchange.Value(x.Request.Query, "error")), Description: safe.Foreign(exchange.Value(x.Request.Query, "error_description"))}
	if said.Error == "" || x.Response.Status >= 400 && said.Description == "" {
		read := x.Response.Read()
		said, _ = read.ErrorResponse()
		if len(read.Params) == 0 {
			said.Description = safe.Foreign(exchange.PageText(x.Response.Body))
		}
	}
	r := kept(said, x.Response.Status)
	if r.Error == "" {
		r.Error = safe.Foreign(exchange.ErrorCode(said.Description.Raw()))
	}
	if r.Status < 400 {
		r.Status = 0
	}
	return r
}
