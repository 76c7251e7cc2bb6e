package record

import (
	"net/url"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/wire"
)

// request is a cleaned request as package diagnose reads it.
func (m Message) request() exchange.Request {
	r := exchange.Request{Method: m.Method, Authorization: m.secret("Authorization").Reveal()}
	if u, err := url.Parse(m.Endpoint.Raw()); err == nil {
		r.URL = u
	} else {
		r.URL = &url.URL{Path: m.Endpoint.Raw()}
	}
	for _, p := range m.Params {
		switch p.In {
		case "header":
		case "form":
			r.Form = append(r.Form, p.compared())
		default:
			r.Query = append(r.Query, p.compared())
		}
	}
	return r
}

// response is a cleaned response as package diagnose reads it.
func (m Message) response() exchange.Response {
	r := exchange.Response{Status: m.Status, Body: m.RawBody.Raw(), Date: m.value("Date"), Params: []wire.Param{}}
	var plain []wire.Param
	for _, p := range m.Params {
		if p.In == "header" {
			continue
		}
		r.Params = append(r.Params, p.compared())
		if p.In == "json" && p.Secret == "" {
			plain = append(plain, wire.Param{Name: p.Name, Value: p.Raw.Raw()})
		}
	}
	if r.Body == "" {
		r.Body = exchange.Members(plain)
	}
	return r
}

// compared is the parameter as package diagnose compares it. A secret where none belongs
// is not to be seen there either.
func (p Param) compared() wire.Param {
	value := p.Raw.Raw() + p.Secret.Reveal()
	if p.Secret != "" && !isSecret(p.Name) && p.Name != "code_challenge" { // which is the verifier, when it is plain
		value = p.Secret.String()
	}
	return wire.Param{Name: p.Name, Value: value}
}

func (m Message) value(name string) string {
	p, _ := m.Param(name)
	return p.Raw.Raw()
}

func (m Message) secret(name string) safe.Secret {
	p, _ := m.Param(name)
	return p.Secret
}
