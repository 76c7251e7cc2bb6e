package flow

import (
	"net/url"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/wire"
)

// Evidence is the walk as package diagnose judges it.
func (w *Walk) Evidence() diagnose.Evidence {
	e := evidence.Assemble(exchanges(w.Transcript, w.Last.Error))
	e.Provider, e.Issuer, e.CodeLifetime = safe.Foreign(w.Config.Name()), safe.Endpoint(w.Metadata.Issuer), int(w.Config.CodeLifetime.Seconds())
	return e
}

// kinds are the kinds of requests that are evidence, by the names of the messages.
var kinds = map[string]exchange.Kind{
	NamePushed:        exchange.Pushed,
	NameAuthorization: exchange.Authorization,
	NameCallback:      exchange.Callback,
	NameToken:         exchange.Token,
	NameRefresh:       exchange.Token,
	NameProbe:         exchange.Probe,
	NameRevocation:    exchange.Revocation,
}

// kind is the kind of the exchange that a request or response belongs to; Unknown if it
// is no evidence, as what the client did not see.
func (m Message) kind() exchange.Kind {
	if !m.Seen {
		return exchange.Unknown
	}
	for name, k := range kinds {
		if m.Name == name || m.Name == responseName(name) {
			return k
		}
	}
	return exchange.Unknown
}

// exchanges joins the requests and responses of the transcript; said is the error of the
// last response, if it has one.
func exchanges(t *Transcript, said *ErrorResponse) []exchange.Exchange {
	var all []exchange.Exchange
	for _, m := range t.Messages() {
		switch kind := m.kind(); {
		case kind == exchange.Unknown:
		case m.Status == 0:
			all = append(all, exchange.Exchange{Kind: kind, Request: m.request(), SentAt: m.At})
		default:
			last := &all[len(all)-1]
			last.Response, last.ReceivedAt = m.response(), m.At
		}
	}
	// The error as it was read, in whichever shape it came.
	if last := len(all) - 1; said != nil && last >= 0 && all[last].Response.Status != 0 {
		all[last].Response.ErrorResponse = said
	}
	return all
}

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
			r.Form = append(r.Form, p.evidence())
		default:
			r.Query = append(r.Query, p.evidence())
		}
	}
	return r
}

func (m Message) response() exchange.Response {
	r := exchange.Response{Status: m.Status, Body: m.RawBody.Raw(), Date: m.value("Date"), Params: []wire.Param{}}
	var plain []wire.Param
	for _, p := range m.Params {
		if p.In == "header" {
			continue
		}
		r.Params = append(r.Params, p.evidence())
		if p.In == "json" && p.Secret == "" {
			plain = append(plain, wire.Param{Name: p.Name, Value: p.Raw.Raw()})
		}
	}
	if r.Body == "" {
		r.Body = exchange.Members(plain)
	}
	return r
}

// evidence is the parameter as package diagnose compares it. A secret where none belongs
// is not to be seen there either.
func (p Param) evidence() wire.Param {
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
