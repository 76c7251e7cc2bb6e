package flow

import (
	"net/url"
	"strings"
	"unicode"

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/wire"
)

// walkParameters are the authorization parameters that a walk sets itself, each
// with the setting that changes it, if there is one.
var walkParameters = map[string]Field{
	"client_id":             FieldClientID,
	"redirect_uri":          FieldRedirectURI,
	"scope":                 FieldScope,
	"code_challenge":        FieldPKCE,
	"code_challenge_method": FieldPKCE,
	"response_type":         "",
	"state":                 "",
	"nonce":                 "",
}

// endpointParameters are the other parameters that no endpoint's own query may
// have, each with the setting to use instead, if there is one.
var endpointParameters = map[string]Field{
	// RFC 9101 §6.3 and RFC 9126 §2: a request object or its reference takes the
	// place of every other parameter.
	"request":       FieldParam,
	"request_uri":   FieldParam,
	"response_mode": FieldParam,
	"resource":      FieldParam, // RFC 8707 §2
	// Token requests (RFC 6749 §4.1.3, §6; RFC 7521 §4.2) and revocation requests
	// (RFC 7009 §2.1). Userinfo requests have the access token (RFC 6750 §2).
	"grant_type":            "",
	"code":                  "",
	"code_verifier":         "",
	"client_secret":         FieldClientSecret,
	"refresh_token":         "",
	"client_assertion":      "",
	"client_assertion_type": "",
	"token":                 "",
	"token_type_hint":       "",
	"access_token":          "",
}

// canonical is the name by which a server may know a parameter. Some servers
// ignore case. PHP drops blanks before a name, reads "." and " " as "_", and
// reads "[" as the start of an index.
func canonical(name string) string {
	name, _, _ = strings.Cut(name, "[")
	return indexed(name)
}

// indexed is the same with the index, by which PHP and Rails tell the members of
// a list apart.
func indexed(name string) string {
	name = strings.TrimFunc(name, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) })
	return strings.NewReplacer(".", "_", " ", "_").Replace(strings.ToLower(name))
}

// queryNames are the canonical names in a query. Some servers read ";" as "&".
func queryNames(query string) []string {
	var names []string
	for _, pair := range strings.FieldsFunc(query, func(r rune) bool { return r == '&' || r == ';' }) {
		name, _, _ := strings.Cut(pair, "=")
		names = append(names, canonical(wire.Unescape(name)))
	}
	return names
}

// overridden returns the parameter that an endpoint's own query shares with the
// requests to it, which have further too. An endpoint may have a query, and it
// stays (RFC 6749 §3.1, §3.2). But no parameter may be included more than once,
// because a server that reads the endpoint's instead of ours takes another
// state, redirect URI or code challenge than the walk made.
func overridden(endpoint string, further []Pair) (name string, instead Field, found bool) {
	u, err := url.Parse(endpoint)
	if err != nil {
		return "", "", false // not reached: checkURL has parsed it
	}
	for _, name := range queryNames(u.RawQuery) {
		for _, own := range []map[string]Field{walkParameters, endpointParameters} {
			if instead, found = own[name]; found {
				return name, instead, true
			}
		}
		for _, p := range further {
			if canonical(p.Name) == name {
				return name, FieldParam, true
			}
		}
	}
	return "", "", false
}

// checkURL wants https, or http on loopback: RFC 6749 §3.1 and §3.2 demand TLS.
func (c Config) checkURL(setting Field, raw string) *Problem {
	bad := func(code Code, args ...string) *Problem {
		return &Problem{Field: setting, Value: safe.Endpoint(raw).String(), Code: code, Args: args}
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return bad(CodeNotURL, parseProblem(err))
	case u.Scheme != "https" && u.Scheme != "http" || u.Host == "":
		return bad(CodeNotHTTP)
	case strings.Contains(raw, "#"):
		return bad(CodeFragment)
	case u.User != nil:
		return bad(CodeUser)
	case u.Scheme == "http" && !isLoopbackHost(u.Hostname()) && !c.Insecure:
		return bad(CodeClearText)
	}
	return nil
}

// checkIssuer also wants what RFC 8414 §2 says of an issuer.
func (c Config) checkIssuer() *Problem {
	if strings.ContainsAny(c.Issuer, "?#") {
		return &Problem{Field: FieldIssuer, Value: safe.Endpoint(c.Issuer).String(), Code: CodeQueryOfIssuer}
	}
	return c.checkURL(FieldIssuer, c.Issuer)
}

// checkEndpoint checks an endpoint that the user gave; further are the
// parameters of its requests that the user gave.
func (c Config) checkEndpoint(setting Field, raw string, further []Pair) *Problem {
	if bad := c.checkURL(setting, raw); bad != nil {
		return bad
	}
	if name, instead, found := overridden(raw, further); found {
		return &Problem{Field: setting, Value: safe.Endpoint(raw).String(), Code: CodeOverrides, Args: []string{safe.Quote(name, 100)}, Instead: instead}
	}
	return nil
}

// checkMetadata finds what is wrong with the endpoints in the metadata; nil: nothing.
func (c Config) checkMetadata(m *Metadata) *Problem {
	for _, e := range m.endpoints() {
		if *e.url == "" {
			continue
		}
		within := c.checkDiscovered(m.Issuer, e)
		if within != nil {
			within.Value = ""
			return &Problem{Field: FieldIssuer, Code: CodeBadEndpoint, Args: []string{e.name, safe.Endpoint(*e.url).String()}, Within: within}
		}
	}
	return nil
}

// checkDiscovered finds what is wrong with one endpoint in the metadata.
func (c Config) checkDiscovered(issuer string, e endpoint) *Problem {
	// A server that publishes an https issuer has promised TLS, and an http endpoint,
	// even on loopback, would hand secrets to whatever listens there.
	if schemeOf(issuer) == "https" && schemeOf(*e.url) == "http" {
		return &Problem{Field: FieldIssuer, Code: CodeUnderHTTPS}
	}
	if bad := c.checkURL(FieldIssuer, *e.url); bad != nil || !e.params {
		return bad
	}
	var further []Pair
	if e.further {
		further = c.Params
	}
	if name, _, found := overridden(*e.url, further); found {
		return &Problem{Field: FieldIssuer, Code: CodeOverrides, Args: []string{safe.Quote(name, 100)}}
	}
	return nil
}

// schemeOf is the scheme of a URL; empty if it has none.
func schemeOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return u.Scheme
}
