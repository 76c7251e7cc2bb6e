package catalogue

import "strings"

func words(key string) int { return strings.Count(key, " ") + 1 }

// specific tells whether a folded text is long or odd enough to be no accident
// when it turns up in a longer one: five words, or four that are not all short,
// or a token that no prose has, such as KOE320.
func specific(key string) bool {
	n := words(key)
	if n >= 5 || n == 4 && len(key) >= 22 || n == 3 && len(key) >= 26 {
		return true
	}
	for token := range strings.SplitSeq(key, " ") {
		if len(token) >= 6 && odd(token) {
			return true
		}
	}
	return false
}

// odd tells whether a token is nobody's word and no name of a parameter.
func odd(token string) bool {
	if parameters[token] || standardErrors[token] {
		return false
	}
	digits, letters := false, false
	for _, r := range token {
		digits = digits || r >= '0' && r <= '9'
		letters = letters || r >= 'a' && r <= 'z'
	}
	return digits && letters || strings.Contains(token, "_")
}

// parameters stand in every request, and in every discussion of one.
var parameters = map[string]bool{
	"client_id": true, "client_secret": true, "redirect_uri": true, "grant_type": true, "response_type": true,
	"refresh_token": true, "access_token": true, "id_token": true, "code_verifier": true, "code_challenge": true,
	"code_challenge_method": true, "authorization_code": true, "client_credentials": true, "token_type": true,
	"expires_in": true, "client_assertion": true, "offline_access": true, "oauth2": true, "rfc6749": true,
	"error_reason": true, "error_code": true, "error_description": true,
}

var standardErrors = map[string]bool{
	"invalid_request": true, "invalid_client": true, "invalid_grant": true, "unauthorized_client": true,
	"unsupported_grant_type": true, "invalid_scope": true, "access_denied": true, "server_error": true,
	"unsupported_response_type": true, "temporarily_unavailable": true, "invalid_token": true, // RFC 6749, RFC 6750
	"login_required": true, "interaction_required": true, "consent_required": true, // OpenID Connect Core §3.1.2.6
	"authorization_pending": true, "slow_down": true, "expired_token": true, // RFC 8628 §3.5
}
