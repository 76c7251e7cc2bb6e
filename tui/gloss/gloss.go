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
	"client_id":             {"who is asking", "The name under which this application is registered at the server. It is public.", "RFC 6749 §2.2"},
	"redirect_uri":          {"where the answer goes", "Must be one of those registered, and the token request must name the very same one, character by character.", "RFC 6749 §3.1.2"},
	"scope":                 {"what is asked for", "A list separated by spaces. The server may grant less, and says so in its answer.", "RFC 6749 §3.3"},
	"state":                 {"ties the answer to our question", "A value nobody can guess. An answer that does not bring it back was not caused by this walk, so it is not taken.", "RFC 6749 §10.12"},
	"nonce":                 {"ties the ID token to our question", "Comes back inside the ID token, so that an ID token of another log-in cannot be slipped in.", "OpenID Connect Core §3.1.2.1"},
	"code_challenge":        {"a lock for the code", "The hash of a secret that only this program knows. To redeem the code, a client must show the secret itself.", "RFC 7636 §4.3"},
	"code_challenge_method": {"how the lock was made", "S256 sends a hash. With plain the secret itself passes through the browser.", "RFC 7636 §4.3"},
	"code_verifier":         {"the key to the lock", "The server hashes it and compares with the challenge. A stolen code is worthless without it.", "RFC 7636 §4.5"},
	"code":                  {"the authorization code: one use", "Short-lived, for one use, bound to this client and this redirect URI. Using it twice may revoke what the first use gave.", "RFC 6749 §4.1.2"},
	"iss":                   {"who answered", "Must be the issuer that was asked. It stops a mix-up between two servers.", "RFC 9207 §2"},
	"grant_type":            {"what is being traded in", "authorization_code for a code, refresh_token for a refresh token.", "RFC 6749 §4.1.3"},
	"client_secret":         {"proves who is asking", "The password of the application. It travels from server to server only, never through a browser.", "RFC 6749 §2.3.1"},
	"access_token":          {"opens the API", "Anyone who has it can use it until it expires, like a key. It is meant for the API, not for us to read.", "RFC 6749 §1.4"},
	"token_type":            {"how to use the token", "Bearer: send it in the Authorization header.", "RFC 6749 §7.1"},
	"expires_in":            {"seconds the token lasts", "Counted from the answer. A hint, not a promise: the server may revoke it earlier.", "RFC 6749 §5.1"},
	"refresh_token":         {"buys new access tokens", "Kept safe by the client and shown to the token endpoint only. Many servers give a new one at each use and refuse the old.", "RFC 6749 §1.5"},
	"id_token":              {"says who logged in", "A signed statement for this client. It is no key: an API should not take it.", "OpenID Connect Core §2"},
	"error":                 {"why it was refused", "One word from a fixed list, though servers have words of their own too.", "RFC 6749 §5.2"},
	"error_description":     {"the server's own words", "For developers, not for users. It may change with every release of the server.", "RFC 6749 §5.2"},
	"error_uri":             {"a page about the error", "", "RFC 6749 §5.2"},
	"prompt":                {"what the user must see", "none, login, consent or select_account.", "OpenID Connect Core §3.1.2.1"},
	"response_mode":         {"how the answer travels", "query: in the redirect's address. form_post: as a form that the browser posts.", "OAuth 2.0 Multiple Response Types §2.1"},
	"login_hint":            {"who is likely to log in", "", "OpenID Connect Core §3.1.2.1"},
	"request_uri":           {"points to pushed parameters", "The parameters were sent ahead to the server; the browser carries only this reference.", "RFC 9126 §2.2"},
	"token":                 {"the token to give back", "", "RFC 7009 §2.1"},
	"token_type_hint":       {"which kind of token it is", "", "RFC 7009 §2.1"},

	"issuer":                                         {"the server's name", "Must be exactly the issuer that was asked for; ID tokens repeat it.", "RFC 8414 §2"},
	"authorization_endpoint":                         {"where the browser goes", "The user logs in and decides there.", "RFC 6749 §3.1"},
	"token_endpoint":                                 {"where the code is traded in", "Spoken to directly, never through the browser.", "RFC 6749 §3.2"},
	"jwks_uri":                                       {"the server's public keys", "ID tokens are verified with them.", "RFC 8414 §2"},
	"userinfo_endpoint":                              {"tells about the user", "Takes the access token, answers with claims.", "OpenID Connect Core §5.3"},
	"revocation_endpoint":                            {"takes tokens back", "", "RFC 7009 §2"},
	"introspection_endpoint":                         {"tells APIs about a token", "", "RFC 7662 §2"},
	"pushed_authorization_request_endpoint":          {"takes the request ahead", "", "RFC 9126 §2"},
	"scopes_supported":                               {"what can be asked for", "", "RFC 8414 §2"},
	"response_types_supported":                       {"the kinds of answer", "code is the one this walk uses.", "RFC 8414 §2"},
	"response_modes_supported":                       {"how answers travel", "", "RFC 8414 §2"},
	"grant_types_supported":                          {"what can be traded in", "", "RFC 8414 §2"},
	"code_challenge_methods_supported":               {"which PKCE it knows", "Where S256 is missing, the server may ignore PKCE silently.", "RFC 8414 §2"},
	"token_endpoint_auth_methods_supported":          {"how clients prove themselves", "grantwalk takes Basic if it is there, and never tries a second one: that would burn the code.", "RFC 8414 §2"},
	"id_token_signing_alg_values_supported":          {"how ID tokens are signed", "", "OpenID Connect Discovery §3"},
	"authorization_response_iss_parameter_supported": {"whether answers carry iss", "If so, an answer without it is refused.", "RFC 9207 §3"},
	"subject_types_supported":                        {"how users are numbered", "public: the same sub for every client. pairwise: another one for each.", "OpenID Connect Core §8"},
	"claims_supported":                               {"what it can tell of users", "", "OpenID Connect Discovery §3"},

	"keys":           {"the public keys", "The ID token's header names one of them by kid.", "RFC 7517 §5"},
	"sub":            {"which user", "Stable and unique at this issuer. Must be the same as in the ID token.", "OpenID Connect Core §5.3.2"},
	"name":           {"the user's name", "", "OpenID Connect Core §5.1"},
	"email":          {"the user's address", "May change hands: identify users by iss and sub.", "OpenID Connect Core §5.7"},
	"email_verified": {"whether the address was checked", "", "OpenID Connect Core §5.1"},
}

var claims = map[string]Note{
	"iss":       {"who issued it", "Must be the issuer that was asked.", "OpenID Connect Core §3.1.3.7"},
	"sub":       {"which user", "Stable and unique at this issuer: the one to store, together with iss.", "OpenID Connect Core §2"},
	"aud":       {"for whom it is", "Must contain our client id, or it was made for another client.", "OpenID Connect Core §3.1.3.7"},
	"azp":       {"which client asked for it", "", "OpenID Connect Core §2"},
	"exp":       {"when it ends", "Seconds since 1970.", "OpenID Connect Core §2"},
	"iat":       {"when it was made", "Seconds since 1970.", "OpenID Connect Core §2"},
	"nbf":       {"not to be used before", "Seconds since 1970.", "RFC 7519 §4.1.5"},
	"auth_time": {"when the user logged in", "Seconds since 1970. Older than iat where a session was used.", "OpenID Connect Core §2"},
	"nonce":     {"ties it to our question", "Must be the nonce of our authorization request.", "OpenID Connect Core §3.1.3.7"},
	"at_hash":   {"ties it to the access token", "Half of the access token's hash.", "OpenID Connect Core §3.1.3.6"},
	"acr":       {"how strongly the user logged in", "", "OpenID Connect Core §2"},
	"amr":       {"by which means the user logged in", "", "OpenID Connect Core §2"},
}

// answers are members that mean something else there than as a parameter.
var answers = map[string]Note{
	"scope": {"what was granted", "A list separated by spaces. It may be less than was asked for; where it is left out, it is the same.", "RFC 6749 §5.1"},
}

// headers are those of HTTP messages and of JWTs.
var headers = map[string]Note{
	"alg":              {"how it is signed", "Must be one that the server announced; never none.", "RFC 7515 §4.1.1"},
	"kid":              {"which key signed it", "Found among the keys at jwks_uri.", "RFC 7515 §4.1.4"},
	"typ":              {"what kind of JWT it is", "", "RFC 7515 §4.1.9"},
	"authorization":    {"proves who is asking", "Basic: client id and secret, each form-encoded, joined by a colon, in base64. Bearer: the access token.", "RFC 6749 §2.3.1"},
	"content-type":     {"what the content is", "A token request is form-encoded, its answer JSON.", "RFC 6749 §4.1.3"},
	"accept":           {"what we can read", "", "RFC 9110 §12.5.1"},
	"cache-control":    {"who may keep a copy", "no-store: nobody, for there are tokens in it.", "RFC 6749 §5.1"},
	"www-authenticate": {"which authentication it wants", "Sent with 401 to a client that used the Authorization header.", "RFC 6749 §5.2"},
	"location":         {"where it points", "Not followed: credentials must not travel on.", "RFC 9110 §10.2.2"},
	"retry-after":      {"when to come back", "", "RFC 9110 §10.2.3"},
	"date":             {"the server's clock", "If it differs much from ours, times in tokens will not fit.", "RFC 9110 §6.6.1"},
}

var messages = map[string]Note{
	"metadata request":                      {"what can you do?", "The client asks the server for its endpoints and abilities, so that nobody has to type them.", "RFC 8414 §3"},
	"metadata response":                     {"the server's card", "Everything the walk needs to know is in here. The issuer must be the one that was asked.", "RFC 8414 §3.2"},
	"authorization request":                 {"please ask the user", "This address is for the browser. It carries no secret: the user can see and change everything in it.", "RFC 6749 §4.1.1"},
	"pushed authorization request":          {"the request, sent ahead", "The server takes the parameters directly and gives back a reference for the browser.", "RFC 9126 §2.1"},
	"authorization request, by the browser": {"the browser asks", "The user leaves for the server's own pages: the application never sees the password.", "RFC 6749 §4.1"},
	"the user decides":                      {"log in, then allow or refuse", "Only the server and the user take part. What happens there is not ours to see.", "RFC 6749 §4.1"},
	"authorization response":                {"the browser is sent back", "The server answers with a redirect, so the browser carries the code to us.", "RFC 6749 §4.1.2"},
	"callback":                              {"the answer arrives", "The browser carries the code, so its history, its extensions and a proxy may have seen it. That is why a code alone buys nothing: the next request must also prove who is asking.", "RFC 6749 §4.1.2"},
	"token request":                         {"a code for tokens", "Sent directly, not through the browser. Now the client proves itself, and shows the key to the lock it sent along before.", "RFC 6749 §4.1.3"},
	"token response":                        {"tokens, or a refusal", "At most servers the code is spent now, whatever the answer was.", "RFC 6749 §4.1.4"},
	"key set request":                       {"your public keys, please", "Needed once to verify the ID token's signature.", "RFC 7517 §5"},
	"key set response":                      {"the public keys", "With one of them the ID token was signed.", "RFC 7517 §5"},
	"ID token":                              {"who logged in", "Read from the ID token itself. Each value is compared with what we know before any is believed.", "OpenID Connect Core §3.1.3.7"},
	"userinfo request":                      {"who is it?", "The access token is shown in the Authorization header: the first use of it.", "OpenID Connect Core §5.3.1"},
	"userinfo response":                     {"about the user", "The sub must be the ID token's.", "OpenID Connect Core §5.3.2"},
	"refresh request":                       {"a fresh access token, please", "No browser and no user: the refresh token stands for the consent that was given.", "RFC 6749 §6"},
	"refresh response":                      {"new tokens, or a refusal", "Look whether a new refresh token came with it: then the old one is spent.", "RFC 6749 §6"},
	"revocation request":                    {"we are done", "Gives the tokens back, so that nobody can use them later.", "RFC 7009 §2.1"},
	"revocation response":                   {"taken back", "200 whether or not the token was known.", "RFC 7009 §2.2"},
}
