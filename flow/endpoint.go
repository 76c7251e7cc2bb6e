package flow

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/wire"
)

// walkParameters are the authorization parameters that a walk sets itself, each
// with the flag that changes it, if there is one.
var walkParameters = map[string]string{
	"client_id":             "--client-id",
	"redirect_uri":          "--redirect-uri",
	"scope":                 "--scope",
	"code_challenge":        "--pkce",
	"code_challenge_method": "--pkce",
	"response_type":         "",
	"state":                 "",
	"nonce":                 "",
}

// endpointParameters are the other parameters that no endpoint's own query may
// have, each with what to give instead, if anything.
var endpointParameters = map[string]string{
	// RFC 9101 §6.3 and RFC 9126 §2: a request object or its reference takes the
	// place of every other parameter.
	"request":       "--param request=…",
	"request_uri":   "--param request_uri=…",
	"response_mode": "--param response_mode=…",
	"resource":      "--param resource=…", // RFC 8707 §2
	// Token requests (RFC 6749 §4.1.3, §6; RFC 7521 §4.2) and revocation requests
	// (RFC 7009 §2.1). Userinfo requests have the access token (RFC 6750 §2).
	"grant_type":            "",
	"code":                  "",
	"code_verifier":         "",
	"client_secret":         "--client-secret-file",
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
func overridden(endpoint string, further []Pair) (name, instead string, found bool) {
	u, err := url.Parse(endpoint)
	if err != nil {
		return "", "", false // not reached: checkURL has parsed it
	}
	for _, name := range queryNames(u.RawQuery) {
		for _, own := range []map[string]string{walkParameters, endpointParameters} {
			if instead, found = own[name]; found {
				return name, instead, true
			}
		}
		for _, p := range further {
			if canonical(p.Name) == name {
				return name, "--param", true
			}
		}
	}
	return "", "", false
}

func overriding(name string) string {
	return fmt.Sprintf("its query has the parameter %q, which grantwalk's request has too (RFC 6749 §3.1 allows one)", name)
}

// checkURL wants https, or http on loopback: RFC 6749 §3.1 and §3.2 demand TLS.
func (c Config) checkURL(setting, raw string) error {
	bad := func(problem, remedy string) error {
		return &UsageError{setting, safe.Endpoint(raw).String(), problem, remedy}
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return bad("not a URL: "+parseProblem(err), "write it whole: https://as.example/path")
	case u.Scheme != "https" && u.Scheme != "http" || u.Host == "":
		return bad("not an http or https URL", "write it whole: https://as.example/path")
	case strings.Contains(raw, "#"):
		return bad("an endpoint has no fragment (RFC 6749 §3.1)", "leave out the # and what follows it")
	case u.User != nil:
		return bad("it has a user name or password", "leave it out; the client authenticates with --client-id")
	case u.Scheme == "http" && !isLoopbackHost(u.Hostname()) && !c.Insecure:
		return bad("http would send the secrets in clear text (RFC 6749 §3.2 demands TLS)",
			"use https, or add --insecure if this network is yours")
	}
	return nil
}

// checkIssuer also wants what RFC 8414 §2 says of an issuer.
func (c Config) checkIssuer() error {
	if strings.ContainsAny(c.Issuer, "?#") {
		return &UsageError{"issuer", safe.Endpoint(c.Issuer).String(), "an issuer has no query and no fragment (RFC 8414 §2)",
			"leave out the ? or # and what follows it, or give --auth-url and --token-url, which may have a query"}
	}
	return c.checkURL("issuer", c.Issuer)
}

// checkEndpoint checks an endpoint that the user gave; further are the
// parameters of its requests that the user gave.
func (c Config) checkEndpoint(setting, raw string, further []Pair) error {
	if err := c.checkURL(setting, raw); err != nil {
		return err
	}
	if name, instead, found := overridden(raw, further); found {
		remedy := "leave it out of the URL: grantwalk sets it"
		if instead != "" {
			remedy = "leave it out of the URL and use " + instead
		}
		return &UsageError{setting, safe.Endpoint(raw).String(), overriding(name), remedy}
	}
	return nil
}

// checkMetadata finds what is wrong with the endpoints in the metadata; problem
// is empty if nothing is.
func (c Config) checkMetadata(m *Metadata) (problem, remedy string) {
	const ask = "ask the provider to correct its metadata, or give --auth-url and --token-url"
	for _, e := range m.endpoints() {
		if *e.url == "" {
			continue
		}
		bad := func(problem, remedy string) (string, string) {
			return fmt.Sprintf("its %s %q: %s", e.name, safe.Endpoint(*e.url).String(), problem), remedy
		}
		// Whoever publishes an https issuer has promised TLS, and an http endpoint,
		// even on loopback, would hand secrets to whatever listens there.
		if schemeOf(m.Issuer) == "https" && schemeOf(*e.url) == "http" {
			return bad("http under an https issuer would send secrets in clear text (RFC 6749 §3.1, §3.2); --insecure does not allow that", ask)
		}
		if wrong := (*UsageError)(nil); errors.As(c.checkURL("issuer", *e.url), &wrong) {
			return bad(wrong.Problem, wrong.Remedy)
		}
		if !e.params {
			continue
		}
		var further []Pair
		if e.further {
			further = c.Params
		}
		if name, _, found := overridden(*e.url, further); found {
			return bad(overriding(name), ask)
		}
	}
	return "", ""
}

// schemeOf is the scheme of a URL; empty if it has none.
func schemeOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return u.Scheme
}
