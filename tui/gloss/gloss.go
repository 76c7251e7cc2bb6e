// Package gloss explains the messages of the flow and their parameters in a
// sentence or two, each with the section it comes from. It is all text: the
// walk's screen and its plain lines print the same.
package gloss

import "strings"

// A Note explains one thing.
type Note struct {
	For  string // a few words: what it is for
	Text string // a sentence or two more
	Cite string // "RFC 6749 §4.1.1"
}

// Param explains a parameter, member, header or claim; ok is false for one that
// no specification named here has.
func Param(in, name string) (n Note, ok bool) {
	if in == "claim" {
		if n, ok = claims[name]; ok {
			return n, true
		}
	}
	if in == "json" {
		if n, ok = answers[name]; ok {
			return n, true
		}
	}
	if in == "header" {
		n, ok = headers[strings.ToLower(name)]
		return n, ok
	}
	n, ok = params[name]
	return n, ok
}

// Message explains a message by its name in the transcript.
func Message(name string) (n Note, ok bool) {
	n, ok = messages[name]
	return n, ok
}

var params = map[string]Note{
	"response_type":         {"asks for a code", "Asks the server to return a code instead of a token, because anything in a redirect URL can leak.", "RFC 6749 §4.1.1"},
	"client_id":             {"which client sends it", "The ID under which the client is registered at the server. It is public.", "RFC 6749 §2.2"},
	"redirect_uri":          {"where the response goes", "It must be registered. The token request must name the same redirect URI, character by character.", "RFC 6749 §3.1.2"},
	"scope":                 {"which access is requested", "A list separated by spaces. The server may grant less, and says so in its response.", "RFC 6749 §3.3"},
	"state":                 {"ties the response to this login", "A random value. If a response does not carry it, this walk did not start that login, and grantwalk rejects the response.", "RFC 6749 §10.12"},
	"nonce":                 {"ties the ID token to this login", "The ID token repeats it, so that an ID token of another login is noticed.", "OpenID Connect Core §3.1.2.1"},
	"code_challenge":        {"made from the code_verifier", "To exchange the code, the client must send the code_verifier that belongs to this value. Only this client knows the code_verifier.", "RFC 7636 §4.3"},
	"code_challenge_method": {"how the challenge is made", "S256 sends a hash. With plain, the code_verifier itself is in the URL.", "RFC 7636 §4.3"},
	"code_verifier":         {"proves who started this login", "The server compares it with the code_challenge. Without the code_verifier, a stolen code cannot be exchanged.", "RFC 7636 §4.5"},
	"code":                  {"the authorization code: one use", "Short-lived, for one use, bound to this client and this redirect URI. If a code is used twice, the server may revoke the tokens of the first use.", "RFC 6749 §4.1.2"},
	"iss":                   {"which server responded", "It must be the issuer that you asked. This prevents a mix-up of two servers.", "RFC 9207 §2"},
	"grant_type":            {"what is exchanged for tokens", "authorization_code for a code, refresh_token for a refresh token.", "RFC 6749 §4.1.3"},
	"client_secret":         {"proves which client it is", "The password of the client. It goes from the client to the server directly, never through a browser.", "RFC 6749 §2.3.1"},
	"access_token":          {"gives access to the API", "Anyone who has it can use it until it expires. It is for the API; the client does not read it.", "RFC 6749 §1.4"},
	"token_type":            {"how to use the token", "Bearer: send it in the Authorization header.", "RFC 6749 §7.1"},
	"expires_in":            {"seconds until it expires", "Counted from the response. The server may revoke the token earlier.", "RFC 6749 §5.1"},
	"refresh_token":         {"gets new access tokens", "The client keeps it secret and sends it to the token endpoint only. Many servers return a new one at each use and reject the old one.", "RFC 6749 §1.5"},
	"id_token":              {"says who logged in", "A signed statement for this client. It is not an access token, so an API should reject it.", "OpenID Connect Core §2"},
	"error":                 {"why it was rejected", "A code from a fixed list, but some servers add their own codes.", "RFC 6749 §5.2"},
	"error_description":     {"the server's own words", "For developers, not for users. It may change with every release of the server.", "RFC 6749 §5.2"},
	"error_uri":             {"a page about the error", "", "RFC 6749 §5.2"},
	"prompt":                {"what the user must see", "none, login, consent or select_account.", "OpenID Connect Core §3.1.2.1"},
	"response_mode":         {"how the response is sent", "query: in the redirect URL. form_post: as a form that the browser posts.", "OAuth 2.0 Multiple Response Types §2.1"},
	"login_hint":            {"who is likely to log in", "", "OpenID Connect Core §3.1.2.1"},
	"request_uri":           {"refers to pushed parameters", "The parameters were sent to the server before. The URL carries only this reference.", "RFC 9126 §2.2"},
	"token":                 {"the token to revoke", "", "RFC 7009 §2.1"},
	"token_type_hint":       {"which kind of token it is", "", "RFC 7009 §2.1"},

	"issuer":                                         {"the server's name", "It must be exactly the issuer that you asked. ID tokens repeat it.", "RFC 8414 §2"},
	"authorization_endpoint":                         {"where the browser goes", "The user logs in there and allows or denies access.", "RFC 6749 §3.1"},
	"token_endpoint":                                 {"exchanges codes for tokens", "The client sends requests to it directly, never through the browser.", "RFC 6749 §3.2"},
	"jwks_uri":                                       {"the server's public keys", "ID tokens are verified with them.", "RFC 8414 §2"},
	"userinfo_endpoint":                              {"returns claims about the user", "The request carries the access token.", "OpenID Connect Core §5.3"},
	"revocation_endpoint":                            {"revokes tokens", "", "RFC 7009 §2"},
	"introspection_endpoint":                         {"tells APIs about a token", "", "RFC 7662 §2"},
	"pushed_authorization_request_endpoint":          {"receives parameters in advance", "", "RFC 9126 §2"},
	"scopes_supported":                               {"scopes that you can request", "", "RFC 8414 §2"},
	"response_types_supported":                       {"the kinds of response", "code is the one that this walk uses.", "RFC 8414 §2"},
	"response_modes_supported":                       {"how responses can be sent", "", "RFC 8414 §2"},
	"grant_types_supported":                          {"which grants it supports", "", "RFC 8414 §2"},
	"code_challenge_methods_supported":               {"which PKCE methods it supports", "If S256 is missing, the server may ignore PKCE without saying so.", "RFC 8414 §2"},
	"token_endpoint_auth_methods_supported":          {"how clients can authenticate", "grantwalk uses Basic if it is listed, and never tries a second method, because that would use up the code.", "RFC 8414 §2"},
	"id_token_signing_alg_values_supported":          {"how ID tokens are signed", "", "OpenID Connect Discovery §3"},
	"authorization_response_iss_parameter_supported": {"whether responses carry iss", "If so, a response without it is rejected.", "RFC 9207 §3"},
	"subject_types_supported":                        {"how users are identified", "public: the same sub for every client. pairwise: a different sub for each client.", "OpenID Connect Core §8"},
	"claims_supported":                               {"which claims it can return", "", "OpenID Connect Discovery §3"},

	"keys":           {"the public keys", "The header of an ID token names one of them by kid.", "RFC 7517 §5"},
	"sub":            {"which user", "Stable and unique at this issuer. It must be the same as in the ID token.", "OpenID Connect Core §5.3.2"},
	"name":           {"the user's name", "", "OpenID Connect Core §5.1"},
	"email":          {"the user's email address", "Another user may get this address later, so identify users by iss and sub.", "OpenID Connect Core §5.7"},
	"email_verified": {"whether the email was checked", "", "OpenID Connect Core §5.1"},
}

var claims = map[string]Note{
	"iss":       {"who issued it", "It must be the issuer that you asked.", "OpenID Connect Core §3.1.3.7"},
	"sub":       {"which user", "Stable and unique at this issuer. Store it together with iss.", "OpenID Connect Core §2"},
	"aud":       {"which client it is for", "It must contain your client_id. Otherwise the ID token was made for another client.", "OpenID Connect Core §3.1.3.7"},
	"azp":       {"which client asked for it", "", "OpenID Connect Core §2"},
	"exp":       {"when it expires", "Seconds since 1970.", "OpenID Connect Core §2"},
	"iat":       {"when it was made", "Seconds since 1970.", "OpenID Connect Core §2"},
	"nbf":       {"when it becomes valid", "Seconds since 1970.", "RFC 7519 §4.1.5"},
	"auth_time": {"when the user logged in", "Seconds since 1970. Earlier than iat if the user was logged in already.", "OpenID Connect Core §2"},
	"nonce":     {"ties it to this login", "It must be the nonce of the authorization request.", "OpenID Connect Core §3.1.3.7"},
	"at_hash":   {"ties it to the access token", "Half of the access token's hash.", "OpenID Connect Core §3.1.3.6"},
	"acr":       {"how strongly the user logged in", "", "OpenID Connect Core §2"},
	"amr":       {"by which means the user logged in", "", "OpenID Connect Core §2"},
}

// answers are members that mean something else there than as a parameter.
var answers = map[string]Note{
	"scope": {"what was granted", "A list separated by spaces. It may be less than was requested. If it is missing, it is the same.", "RFC 6749 §5.1"},
}

// headers are those of HTTP messages and of JWTs.
var headers = map[string]Note{
	"alg":              {"how it is signed", "It must be an algorithm that the server announced, and never none.", "RFC 7515 §4.1.1"},
	"kid":              {"which key signed it", "The key is in the key set at jwks_uri.", "RFC 7515 §4.1.4"},
	"typ":              {"what kind of JWT it is", "", "RFC 7515 §4.1.9"},
	"authorization":    {"the credentials of the request", "Basic: client_id and client_secret, each form-encoded, joined by a colon, in base64. Bearer: the access token.", "RFC 6749 §2.3.1"},
	"content-type":     {"what the content is", "A token request is form-encoded. Its response is JSON.", "RFC 6749 §4.1.3"},
	"accept":           {"what the client can read", "", "RFC 9110 §12.5.1"},
	"cache-control":    {"who may keep a copy", "no-store: nobody, because the response contains tokens.", "RFC 6749 §5.1"},
	"www-authenticate": {"which authentication it wants", "Sent with 401 to a client that used the Authorization header.", "RFC 6749 §5.2"},
	"location":         {"where it points", "Not followed, because credentials must not be sent to another place.", "RFC 9110 §10.2.2"},
	"retry-after":      {"when to come back", "", "RFC 9110 §10.2.3"},
	"date":             {"the server's clock", "If it differs much from the client's clock, the times in tokens look wrong.", "RFC 9110 §6.6.1"},
}

var messages = map[string]Note{
	"metadata request":                      {"asks for the metadata", "The client asks the server for its endpoints and what it supports, so that nobody has to type them.", "RFC 8414 §3"},
	"metadata response":                     {"the server's metadata", "It contains everything that the walk needs. The issuer must be the one that you asked.", "RFC 8414 §3.2"},
	"authorization request":                 {"opens the login page", "This URL is for the browser. It carries no secret: the user can see and change everything in it.", "RFC 6749 §4.1.1"},
	"pushed authorization request":          {"sends parameters in advance", "The server receives the parameters directly and returns a reference for the browser.", "RFC 9126 §2.1"},
	"authorization request, by the browser": {"the browser opens the URL", "The user goes to the server's own pages, so the client never sees the password.", "RFC 6749 §4.1"},
	"the user decides":                      {"logs in, allows or denies", "Only the server and the user take part. The client does not see what happens there.", "RFC 6749 §4.1"},
	"authorization response":                {"redirects the browser back", "The server responds with a redirect, so the browser carries the code to the client.", "RFC 6749 §4.1.2"},
	"callback":                              {"the response arrives", "The browser carries the code, so its history, its extensions and a proxy may have seen it. That is why a code alone is not enough: the token request must also prove which client sends it.", "RFC 6749 §4.1.2"},
	"token request":                         {"exchanges the code for tokens", "Sent directly, not through the browser. The client authenticates, and sends the code_verifier that belongs to the code_challenge.", "RFC 6749 §4.1.3"},
	"token response":                        {"tokens or an error", "At most servers the code is used up now, even if the request was rejected.", "RFC 6749 §4.1.4"},
	"key set request":                       {"asks for the public keys", "Needed once to verify the ID token's signature.", "RFC 7517 §5"},
	"key set response":                      {"the public keys", "One of these keys verifies the ID token's signature.", "RFC 7517 §5"},
	"ID token":                              {"who logged in", "Read from the ID token itself. The client checks each value before it uses any of them.", "OpenID Connect Core §3.1.3.7"},
	"userinfo request":                      {"asks who the user is", "The Authorization header carries the access token. This is its first use.", "OpenID Connect Core §5.3.1"},
	"userinfo response":                     {"claims about the user", "The sub must be the same as in the ID token.", "OpenID Connect Core §5.3.2"},
	"refresh request":                       {"asks for a new access token", "No browser and no user: the refresh token is enough, because the user allowed access before.", "RFC 6749 §6"},
	"refresh response":                      {"new tokens or an error", "If the response contains a new refresh token, the old one must not be used again.", "RFC 6749 §6"},
	"revocation request":                    {"revokes the tokens", "After that, nobody can use the tokens.", "RFC 7009 §2.1"},
	"revocation response":                   {"whether it worked", "The status is 200 whether or not the server knew the token.", "RFC 7009 §2.2"},
}
