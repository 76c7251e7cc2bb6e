package practice

import (
	"fmt"
	"net/http"
	"strings"

	"grantwalk/diagnose/safe"
)

// A fault is one thing that can be wrong with a request, and the error code
// that the RFC has for it: many faults share one code, and only the fault says
// which it was.
type fault struct {
	id     string // for the log
	code   string // the error parameter
	status int    // of a reply that is no redirect
}

// A refusal is a fault with this request's own particulars.
type refusal struct {
	fault       fault
	description string
	challenge   string // WWW-Authenticate, if the reply needs one
}

// because words a refusal.
func (f fault) because(format string, args ...any) *refusal {
	return &refusal{fault: f, description: describe(fmt.Sprintf(format, args...))}
}

// describe keeps a description within the characters that RFC 6749 §5.2 allows
// in error_description: printable ASCII without the double quote and the
// backslash.
func describe(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '"':
			return '\''
		case r == '\\':
			return '/'
		case r < ' ' || r > '~':
			return '?'
		}
		return r
	}, safe.Text(s, 600))
}

// quote shows a value of the client's, which is never one of its secrets.
func quote(s string) string { return "'" + safe.Text(s, 200) + "'" }

// The request as such.
var (
	foreignHost    = fault{"foreign_host", "invalid_request", http.StatusMisdirectedRequest}
	wrongMethod    = fault{"wrong_method", "invalid_request", http.StatusMethodNotAllowed}
	notFound       = fault{"not_found", "invalid_request", http.StatusNotFound}
	bodyTooLarge   = fault{"body_too_large", "invalid_request", http.StatusRequestEntityTooLarge}
	notAForm       = fault{"not_a_form", "invalid_request", http.StatusBadRequest}
	inTheAddress   = fault{"parameters_in_address", "invalid_request", http.StatusBadRequest} // RFC 6749 §2.3.1
	parameterTwice = fault{"parameter_twice", "invalid_request", http.StatusBadRequest}       // RFC 6749 §3.1, §3.2
	parameterLost  = fault{"parameter_missing", "invalid_request", http.StatusBadRequest}
	serverFailed   = fault{"server_failed", "server_error", http.StatusInternalServerError}
)

// Who asks (RFC 6749 §2.3, §5.2).
var (
	twoAuthMethods = fault{"two_auth_methods", "invalid_request", http.StatusBadRequest}
	clientMissing  = fault{"client_missing", "invalid_client", http.StatusUnauthorized}
	clientUnknown  = fault{"client_unknown", "invalid_client", http.StatusUnauthorized}
	badCredentials = fault{"credentials_unreadable", "invalid_client", http.StatusUnauthorized}
	authMethod     = fault{"auth_method_unsupported", "invalid_client", http.StatusUnauthorized}
	secretMissing  = fault{"secret_missing", "invalid_client", http.StatusUnauthorized}
	secretWrong    = fault{"secret_wrong", "invalid_client", http.StatusUnauthorized}
	secretNeedless = fault{"secret_needless", "invalid_client", http.StatusUnauthorized}
	clientIsPublic = fault{"client_is_public", "invalid_client", http.StatusUnauthorized}
)

// The authorization request, where the user must not be sent back, for there is
// no telling to whom (RFC 6749 §4.1.2.1).
var (
	authorizeClientMissing = fault{"client_missing", "invalid_request", http.StatusBadRequest}
	authorizeClientUnknown = fault{"client_unknown", "unauthorized_client", http.StatusBadRequest}
	redirectURIMissing     = fault{"redirect_uri_missing", "invalid_request", http.StatusBadRequest}
	redirectURIBad         = fault{"redirect_uri_invalid", "invalid_request", http.StatusBadRequest}
	redirectURIForeign     = fault{"redirect_uri_unregistered", "invalid_request", http.StatusBadRequest}
	requestURIUnknown      = fault{"request_uri_unknown", "invalid_request_uri", http.StatusBadRequest}
	requestURIExpired      = fault{"request_uri_expired", "invalid_request_uri", http.StatusBadRequest}
	consentUnknown         = fault{"consent_unknown", "invalid_request", http.StatusBadRequest}
	consentForeign         = fault{"consent_of_another_browser", "invalid_request", http.StatusForbidden}
	consentAnswered        = fault{"consent_answered", "invalid_request", http.StatusConflict}
	consentUnreadable      = fault{"consent_unreadable", "invalid_request", http.StatusBadRequest}
)

// The authorization request, where the client is told on its redirect URI.
var (
	responseType      = fault{"response_type", "unsupported_response_type", http.StatusBadRequest}
	responseModeBad   = fault{"response_mode", "invalid_request", http.StatusBadRequest}
	scopeUnknown      = fault{"scope_unknown", "invalid_scope", http.StatusBadRequest}
	challengeMissing  = fault{"code_challenge_missing", "invalid_request", http.StatusBadRequest} // RFC 7636 §4.4.1
	challengeBad      = fault{"code_challenge_malformed", "invalid_request", http.StatusBadRequest}
	challengeMethod   = fault{"code_challenge_method", "invalid_request", http.StatusBadRequest}
	promptBad         = fault{"prompt", "invalid_request", http.StatusBadRequest}
	maxAgeBad         = fault{"max_age", "invalid_request", http.StatusBadRequest}
	requestObject     = fault{"request_object", "request_not_supported", http.StatusBadRequest}    // OpenID Connect Core §6
	registrationGiven = fault{"registration", "registration_not_supported", http.StatusBadRequest} // OpenID Connect Core §7.2.1
	requestURIPushed  = fault{"request_uri_pushed", "invalid_request", http.StatusBadRequest}      // RFC 9126 §2.1
	loginRequired     = fault{"login_required", "login_required", http.StatusBadRequest}           // OpenID Connect Core §3.1.2.6
	consentRequired   = fault{"consent_required", "consent_required", http.StatusBadRequest}       // OpenID Connect Core §3.1.2.6
	userDenied        = fault{"user_denied", "access_denied", http.StatusForbidden}                // RFC 6749 §4.1.2.1
)

// The token request (RFC 6749 §4.1.3, §5.2, §6).
var (
	grantType         = fault{"grant_type", "unsupported_grant_type", http.StatusBadRequest}
	codeUnknown       = fault{"code_unknown", "invalid_grant", http.StatusBadRequest}
	codeNone          = fault{"code_is_something_else", "invalid_grant", http.StatusBadRequest}
	codeOfOther       = fault{"code_of_another_client", "invalid_grant", http.StatusBadRequest}
	codeUsed          = fault{"code_used", "invalid_grant", http.StatusBadRequest}
	codeExpired       = fault{"code_expired", "invalid_grant", http.StatusBadRequest}
	redirectURIAbsent = fault{"redirect_uri_absent", "invalid_grant", http.StatusBadRequest}
	redirectURIOther  = fault{"redirect_uri_differs", "invalid_grant", http.StatusBadRequest}
	verifierMissing   = fault{"code_verifier_missing", "invalid_grant", http.StatusBadRequest}
	verifierNeedless  = fault{"code_verifier_needless", "invalid_grant", http.StatusBadRequest} // RFC 9700 §4.8.2
	verifierBad       = fault{"code_verifier_malformed", "invalid_grant", http.StatusBadRequest}
	verifierWrong     = fault{"code_verifier_wrong", "invalid_grant", http.StatusBadRequest}
	refreshUnknown    = fault{"refresh_unknown", "invalid_grant", http.StatusBadRequest}
	refreshNone       = fault{"refresh_is_something_else", "invalid_grant", http.StatusBadRequest}
	refreshOfOther    = fault{"refresh_of_another_client", "invalid_grant", http.StatusBadRequest}
	refreshReused     = fault{"refresh_reused", "invalid_grant", http.StatusBadRequest}
	refreshRevoked    = fault{"refresh_revoked", "invalid_grant", http.StatusBadRequest}
	refreshExpired    = fault{"refresh_expired", "invalid_grant", http.StatusBadRequest}
	scopeWidened      = fault{"scope_widened", "invalid_scope", http.StatusBadRequest} // RFC 6749 §6
	tokenOfOther      = fault{"token_of_another_client", "invalid_grant", http.StatusBadRequest}
)

// The use of an access token (RFC 6750 §3.1).
var (
	tokenMissing   = fault{"token_missing", "invalid_request", http.StatusUnauthorized}
	tokenInvalid   = fault{"token_invalid", "invalid_token", http.StatusUnauthorized}
	scopeTooNarrow = fault{"scope_insufficient", "insufficient_scope", http.StatusForbidden}
)
