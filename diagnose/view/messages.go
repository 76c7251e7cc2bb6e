package view

import (
	"cmp"
	"strconv"
	"strings"

	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/safe"
)

// credential is what a request wants to trade for tokens.
func credential(r evidence.TokenRequest) safe.Secret { return cmp.Or(r.Code, r.RefreshToken) }

// refusesClient: the answer is about the client and not about the grant. Servers
// that do not say invalid_client say something like incorrect_client_credentials;
// unauthorized_client is of a client that is known (RFC 6749 §5.2), but for its 401.
func refusesClient(r evidence.TokenResponse) bool {
	return strings.Contains(r.Error.Raw(), "client") && r.Error != "unauthorized_client" || r.Status == 401 && r.Error != "invalid_grant"
}

// inShort is an answer in a few words.
func inShort(r evidence.TokenResponse) string {
	switch {
	case r.Granted() && !r.Unseen:
		return "tokens"
	case r.Error != "":
		return r.Error.String()
	case r.Status != 0:
		return "status " + strconv.Itoa(r.Status)
	}
	return "no answer seen"
}
