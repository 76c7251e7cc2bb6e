package practice

import (
	"crypto/subtle"
	"net/http"
	"net/url"
	"strings"

	"example.com/grantwalk/diagnose/safe"
)

// The two registered clients. The secret is public on purpose: it is in this
// source, on the index page and in every tutorial that uses the server.
const (
	ConfidentialClient = "demo-app" // authenticates with client_secret_basic or client_secret_post
	ClientSecret       = "demo-secret-not-a-real-one"
	PublicClient       = "demo-public" // has no secret, and must use PKCE
)

type client struct {
	id     string
	secret string // "" for a public client
	name   string // as the consent page calls it
}

var clients = map[string]*client{
	ConfidentialClient: {ConfidentialClient, ClientSecret, "Demo App"},
	PublicClient:       {PublicClient, "", "Demo App (public)"},
}

func (c *client) public() bool { return c.secret == "" }

const basicChallenge = `Basic realm="grantwalk practice server", charset="UTF-8"`

// authenticate finds out which client sent a form (RFC 6749 §2.3.1, §3.2.1).
func authenticate(w *reply, r *http.Request, form url.Values) (*client, *refusal) {
	id, secret := form.Get("client_id"), form.Get("client_secret")
	w.clientID = id
	header := r.Header.Get("Authorization")
	if header != "" {
		w.challenge = basicChallenge // RFC 6749 §5.2: only for who used the header
		basicID, basicSecret, no := basicCredentials(r)
		if no != nil {
			return nil, no
		}
		w.clientID = basicID
		if secret != "" { // RFC 6749 §2.3: "MUST NOT use more than one authentication method in each request"
			return nil, twoAuthMethods.because("the secret is in the Authorization header and in the body: send one of them")
		}
		if id != "" && id != basicID {
			return nil, twoAuthMethods.because("the Authorization header is of client '%s', the body of client '%s'", safe.Identifier(basicID), safe.Identifier(id))
		}
		id, secret = basicID, basicSecret
	}
	return check(id, secret, form)
}

func basicCredentials(r *http.Request) (id, secret string, no *refusal) {
	id, secret, ok := r.BasicAuth()
	if !ok {
		scheme, _, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		if !strings.EqualFold(scheme, "Basic") {
			return "", "", authMethod.because("the Authorization header is not of the scheme Basic")
		}
		return "", "", badCredentials.because("the Authorization header is no base64 of id:secret")
	}
	// RFC 6749 §2.3.1: both were form-encoded before they were joined.
	id, errID := url.QueryUnescape(id)
	secret, errSecret := url.QueryUnescape(secret)
	if errID != nil || errSecret != nil {
		return "", "", badCredentials.because("the id or secret in the Authorization header has a %% that was not form-encoded first (RFC 6749 section 2.3.1)")
	}
	return id, secret, nil
}

func check(id, secret string, form url.Values) (*client, *refusal) {
	c, known := clients[id]
	switch {
	case form.Has("client_assertion") || form.Has("client_assertion_type"):
		return nil, authMethod.because("a client assertion is not supported: use client_secret_basic or client_secret_post")
	case id == "":
		return nil, clientMissing.because("no client_id, neither in the body nor in an Authorization header")
	case !known:
		return nil, clientUnknown.because("no client is named '%s': there are %s and %s", safe.Identifier(id), ConfidentialClient, PublicClient)
	case c.public() && secret != "":
		return nil, secretNeedless.because("%s is a public client, it has no secret: leave client_secret out", id)
	case !c.public() && secret == "":
		return nil, secretMissing.because("%s is a confidential client and sent no client_secret", id)
	case subtle.ConstantTimeCompare([]byte(secret), []byte(c.secret)) != 1:
		return nil, secretWrong.because("the client_secret of %s is wrong", id)
	}
	return c, nil
}
