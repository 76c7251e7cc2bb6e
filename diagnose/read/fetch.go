package read

import (
	"strings"

	"example.com/grantwalk/diagnose/exchange"
)

// fetch reads fetch(url, {method, headers, body}), as browsers copy it and people write
// it. A page's own URL has no host: a script in a page is no request that was sent.
func (s *script) fetch(_, named int) (sent []exchange.Exchange, end int) {
	args, end := s.arguments(named + len("("))
	d := &draft{address: absolute(args.at(0))}
	if d.address == "" {
		return nil, end
	}
	options := args.at(1)
	d.request.Method = options.get("method").text
	d.headers(options.get("headers"))
	d.body(options.get("body"))
	if options.cut || args.cut || options.kind == scalar {
		d.request.Body = exchange.Partly
	}
	return d.exchanges(), end
}

// absolute is the value as a URL with a scheme; empty if it is none.
func absolute(v value) string {
	if v.kind != scalar || !strings.Contains(v.text, "://") {
		return ""
	}
	return v.text
}

// python reads requests.post(url, data=…, auth=…), and the same of httpx.
func (s *script) python(begin, named int) (sent []exchange.Exchange, end int) {
	args, end := s.arguments(named + len("("))
	_, method, _ := strings.Cut(s.text[begin:named], ".")
	first := 0
	if method == "request" {
		method, first = args.at(0).text, 1
	}
	d := &draft{address: absolute(args.at(first))}
	if d.address == "" {
		if d.address = absolute(args.get("url")); d.address == "" {
			return nil, end
		}
	}
	d.request.Method = method
	d.headers(args.get("headers"))
	d.query(args.get("params").encoded())
	data := args.get("data")
	if data.kind == nothing && first == 0 && !strings.EqualFold(method, "get") {
		data = args.at(1)
	}
	d.body(data)
	if doc := args.get("json"); doc.kind != nothing {
		doc.media = "application/json"
		d.body(doc)
	}
	if auth := args.get("auth"); len(auth.items) == 2 {
		d.basic(auth.at(0).text, auth.at(1).text)
	} else if auth.kind != nothing {
		d.request.Body = exchange.Partly // what the client proves itself with is not in the text
	}
	if args.cut {
		d.request.Body = exchange.Partly
	}
	return d.exchanges(), end
}
