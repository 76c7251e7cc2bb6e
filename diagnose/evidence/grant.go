package evidence

import (
	"slices"
	"strings"
)

// The grant types (RFC 6749 §4, RFC 7523 §2.1, RFC 8628 §3.4), and the short names that people
// and --grant use.
const (
	GrantCode              = "authorization_code"
	GrantRefresh           = "refresh_token"
	GrantJWT               = "jwt_bearer"
	GrantPassword          = "password"
	GrantClientCredentials = "client_credentials"
	GrantDevice            = "device_code"
)

// Grants are the short names.
var Grants = []string{GrantCode, GrantRefresh, GrantJWT, GrantPassword, GrantClientCredentials, GrantDevice}

// ParseGrant is the one of [Grants] that a grant_type means; ok is false for any
// other. An assertion's is a URN (RFC 7523 §2.1, RFC 7522 §2.1), whose colons may
// still be percent-encoded in what people paste.
func ParseGrant(grantType string) (g string, ok bool) {
	name := strings.NewReplacer("%3A", ":", "%3a", ":").Replace(grantType)
	name = strings.ReplaceAll(name[strings.LastIndexByte(name, ':')+1:], "-", "_")
	name = strings.ReplaceAll(name, "saml2", "jwt")
	return name, slices.Contains(Grants, name)
}

// Grant is the short name of the grant that the request asks for. Without a grant_type,
// what the request carries tells.
func (r *TokenRequest) Grant() string {
	switch {
	case r.GrantType != "":
		return ShortGrant(r.GrantType.Raw())
	case r.Hides("grant_type"):
		return ""
	case r.Code != "" || r.Hides("code"):
		return GrantCode
	case r.RefreshToken != "" || r.Hides("refresh_token"):
		return GrantRefresh
	case r.Assertion != "" || r.Hides("assertion"):
		return GrantJWT
	}
	return ""
}

// ShortGrant is the short name of a grant_type. It leaves a name alone that it does not
// know.
func ShortGrant(grantType string) string {
	if g, ok := ParseGrant(grantType); ok {
		return g
	}
	return grantType
}
