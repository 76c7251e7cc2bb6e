package practice

import (
	"fmt"
	"net/http"
	"strings"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/safe"
)

// A reason is one thing for which a request is refused, and the error code that
// the RFC has for it: many reasons share one code, and only the reason says which
// it was. Its cause is what the server knows and the client has to find out: it
// chooses the words of another server (words.go) and is never sent.
type reason struct {
	id     string // for the log
	code   string // the error parameter
	status int    // of a reply that is no redirect
	cause  diagnose.ID
}

// A refusal is a reason with this request's own particulars.
type refusal struct {
	reason      reason
	description string
	misnamed    bool // its error code is not what the RFC has, on purpose
}

// because words a refusal.
func (r reason) because(format string, args ...any) *refusal {
	return &refusal{reason: r, description: describe(fmt.Sprintf(format, args...))}
}

// describe keeps a description within the characters that RFC 6749 §5.2 allows
// in error_description: printable ASCII without the double quote and the
// backslash.
func describe(s string) string {
	s = strings.ReplaceAll(s, "…", "...") // of a quoted value
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

// The request as such.
var (
	foreignHost    = reason{"foreign_host", "invalid_request", http.StatusMisdirectedRequest, diagnose.Other}
	wrongMethod    = reason{"wrong_method", "invalid_request", http.StatusMethodNotAllowed, diagnose.Other}
	notFound       = reason{"not_found", "invalid_request", http.StatusNotFound, diagnose.Other}
	bodyTooLarge   = reason{"body_too_large", "invalid_request", http.StatusRequestEntityTooLarge, diagnose.Other}
	notAForm       = reason{"not_a_form", "invalid_request", http.StatusBadRequest, diagnose.Other}
	inTheAddress   = reason{"parameters_in_address", "invalid_request", http.StatusBadRequest, diagnose.Other} // RFC 6749 §2.3.1
	parameterTwice = reason{"parameter_twice", "invalid_request", http.StatusBadRequest, diagnose.Other}       // RFC 6749 §3.1, §3.2
	parameterLost  = reason{"parameter_missing", "invalid_request", http.StatusBadRequest, diagnose.Other}
	serverFailed   = reason{"server_failed", "server_error", http.StatusInternalServerError, diagnose.ServerState}
)

// Who asks (RFC 6749 §2.3, §5.2).
var (
	twoAuthMethods = reason{"two_auth_methods", "invalid_request", http.StatusBadRequest, diagnose.ClientCredentials}
	clientMissing  = reason{"client_missing", "invalid_client", http.StatusUnauthorized, diagnose.ClientCredentials}
	clientUnknown  = reason{"client_unknown", "invalid_client", http.StatusUnauthorized, diagnose.ClientCredentials}
	badCredentials = reason{"credentials_unreadable", "invalid_client", http.StatusUnauthorized, diagnose.ClientCredentials}
	authMethod     = reason{"auth_method_unsupported", "invalid_client", http.StatusUnauthorized, diagnose.ClientCredentials}
	secretMissing  = reason{"secret_missing", "invalid_client", http.StatusUnauthorized, diagnose.ClientCredentials}
	secretWrong    = reason{"secret_wrong", "invalid_client", http.StatusUnauthorized, diagnose.ClientCredentials}
	secretNeedless = reason{"secret_needless", "invalid_client", http.StatusUnauthorized, diagnose.ClientCredentials}
	clientIsPublic = reason{"client_is_public", "invalid_client", http.StatusUnauthorized, diagnose.ClientCredentials}
)

// The authorization request, where the user must not be sent back, for there is
// no telling to whom (RFC 6749 §4.1.2.1).
var (
	authorizeClientMissing = reason{"client_missing", "invalid_request", http.StatusBadRequest, diagnose.ClientCredentials}
	authorizeClientUnknown = reason{"client_unknown", "unauthorized_client", http.StatusBadRequest, diagnose.ClientCredentials}
	redirectURIMissing     = reason{"redirect_uri_missing", "invalid_request", http.StatusBadRequest, diagnose.RedirectURIMismatch}
	redirectURIBad         = reason{"redirect_uri_invalid", "invalid_request", http.StatusBadRequest, diagnose.RedirectURIMismatch}
	redirectURIForeign     = reason{"redirect_uri_unregistered", "invalid_request", http.StatusBadRequest, diagnose.RedirectURIMismatch}
	requestURIUnknown      = reason{"request_uri_unknown", "invalid_request_uri", http.StatusBadRequest, diagnose.Other}
	requestURIExpired      = reason{"request_uri_expired", "invalid_request_uri", http.StatusBadRequest, diagnose.CodeExpired}
	consentUnknown         = reason{"consent_unknown", "invalid_request", http.StatusBadRequest, diagnose.Other}
	consentForeign         = reason{"consent_of_another_browser", "invalid_request", http.StatusForbidden, diagnose.Other}
	consentAnswered        = reason{"consent_answered", "invalid_request", http.StatusConflict, diagnose.Other}
	consentUnreadable      = reason{"consent_unreadable", "invalid_request", http.StatusBadRequest, diagnose.Other}
)

// The authorization request, where the client is told on its redirect URI.
var (
	responseType      = reason{"response_type", "unsupported_response_type", http.StatusBadRequest, diagnose.Other}
	responseModeBad   = reason{"response_mode", "invalid_request", http.StatusBadRequest, diagnose.Other}
	scopeUnknown      = reason{"scope_unknown", "invalid_scope", http.StatusBadRequest, diagnose.Policy}
	challengeMissing  = reason{"code_challenge_missing", "invalid_request", http.StatusBadRequest, diagnose.PKCEMismatch} // RFC 7636 §4.4.1
	challengeBad      = reason{"code_challenge_malformed", "invalid_request", http.StatusBadRequest, diagnose.PKCEMismatch}
	challengeMethod   = reason{"code_challenge_method", "invalid_request", http.StatusBadRequest, diagnose.PKCEMismatch}
	promptBad         = reason{"prompt", "invalid_request", http.StatusBadRequest, diagnose.Other}
	maxAgeBad         = reason{"max_age", "invalid_request", http.StatusBadRequest, diagnose.Other}
	hintForeign       = reason{"id_token_hint", "invalid_request", http.StatusBadRequest, diagnose.Other}                 // OpenID Connect Core §3.1.2.2
	requestObject     = reason{"request_object", "request_not_supported", http.StatusBadRequest, diagnose.Other}          // OpenID Connect Core §6
	requestURIForeign = reason{"request_uri_foreign", "request_uri_not_supported", http.StatusBadRequest, diagnose.Other} // OpenID Connect Core §6.2
	registrationGiven = reason{"registration", "registration_not_supported", http.StatusBadRequest, diagnose.Other}       // OpenID Connect Core §7.2.1
	requestURIPushed  = reason{"request_uri_pushed", "invalid_request", http.StatusBadRequest, diagnose.Other}            // RFC 9126 §2.1
	loginRequired     = reason{"login_required", "login_required", http.StatusBadRequest, diagnose.Policy}                // OpenID Connect Core §3.1.2.6
	consentRequired   = reason{"consent_required", "consent_required", http.StatusBadRequest, diagnose.Policy}            // OpenID Connect Core §3.1.2.6
	userDenied        = reason{"user_denied", "access_denied", http.StatusForbidden, diagnose.UserDenied}                 // RFC 6749 §4.1.2.1
)

// The token request (RFC 6749 §4.1.3, §5.2, §6).
var (
	grantType         = reason{"grant_type", "unsupported_grant_type", http.StatusBadRequest, diagnose.Other}
	codeUnknown       = reason{"code_unknown", "invalid_grant", http.StatusBadRequest, diagnose.CodeMalformed}
	codeNone          = reason{"code_is_something_else", "invalid_grant", http.StatusBadRequest, diagnose.WrongToken}
	codeOfOther       = reason{"code_of_another_client", "invalid_grant", http.StatusBadRequest, diagnose.ClientMismatch}
	codeUsed          = reason{"code_used", "invalid_grant", http.StatusBadRequest, diagnose.CodeReused}
	codeExpired       = reason{"code_expired", "invalid_grant", http.StatusBadRequest, diagnose.CodeExpired}
	redirectURIAbsent = reason{"redirect_uri_absent", "invalid_grant", http.StatusBadRequest, diagnose.RedirectURIMismatch}
	redirectURIOther  = reason{"redirect_uri_differs", "invalid_grant", http.StatusBadRequest, diagnose.RedirectURIMismatch}
	verifierMissing   = reason{"code_verifier_missing", "invalid_grant", http.StatusBadRequest, diagnose.PKCEMismatch}
	verifierNeedless  = reason{"code_verifier_needless", "invalid_grant", http.StatusBadRequest, diagnose.PKCEMismatch} // RFC 9700 §4.8.2
	verifierBad       = reason{"code_verifier_malformed", "invalid_grant", http.StatusBadRequest, diagnose.PKCEMismatch}
	verifierWrong     = reason{"code_verifier_wrong", "invalid_grant", http.StatusBadRequest, diagnose.PKCEMismatch}
	refreshUnknown    = reason{"refresh_unknown", "invalid_grant", http.StatusBadRequest, diagnose.WrongToken}
	refreshNone       = reason{"refresh_is_something_else", "invalid_grant", http.StatusBadRequest, diagnose.WrongToken}
	refreshOfOther    = reason{"refresh_of_another_client", "invalid_grant", http.StatusBadRequest, diagnose.ClientMismatch}
	refreshReused     = reason{"refresh_reused", "invalid_grant", http.StatusBadRequest, diagnose.RefreshReused}
	refreshRevoked    = reason{"refresh_revoked", "invalid_grant", http.StatusBadRequest, diagnose.RefreshRevoked}
	refreshExpired    = reason{"refresh_expired", "invalid_grant", http.StatusBadRequest, diagnose.RefreshExpired}
	scopeWidened      = reason{"scope_widened", "invalid_scope", http.StatusBadRequest, diagnose.Policy} // RFC 6749 §6
	tokenOfOther      = reason{"token_of_another_client", "invalid_grant", http.StatusBadRequest, diagnose.ClientMismatch}
)

// What the server is told to get wrong (faults.go). A grant that is another
// client's or another tenant's, or was lost, is no more than unknown to a server.
var (
	adminDenied   = reason{"admin_denied", "access_denied", http.StatusForbidden, diagnose.UserDenied}
	otherClient   = reason{"grant_of_another_client", "invalid_grant", http.StatusBadRequest, diagnose.ClientMismatch}
	otherTenant   = reason{"grant_of_another_tenant", "invalid_grant", http.StatusBadRequest, diagnose.WrongEnvironment}
	policyForbids = reason{"policy", "invalid_grant", http.StatusBadRequest, diagnose.Policy}
	userLocked    = reason{"user_locked", "invalid_grant", http.StatusBadRequest, diagnose.UserCredentials}
	grantLost     = reason{"grant_lost", "invalid_grant", http.StatusBadRequest, diagnose.ServerState}
	secretChanged = reason{"secret_changed", "invalid_client", http.StatusUnauthorized, diagnose.ClientCredentials}
)

// What the control page is asked for.
var (
	crossSite    = reason{"cross_site", "invalid_request", http.StatusForbidden, diagnose.Other}
	notJSON      = reason{"not_json", "invalid_request", http.StatusUnsupportedMediaType, diagnose.Other}
	unreadable   = reason{"unreadable", "invalid_request", http.StatusBadRequest, diagnose.Other}
	faultUnknown = reason{"fault_unknown", "invalid_request", http.StatusBadRequest, diagnose.Other}
)

// The use of an access token (RFC 6750 §3.1).
var (
	tokenMissing   = reason{"token_missing", "invalid_request", http.StatusUnauthorized, diagnose.WrongToken}
	tokenInvalid   = reason{"token_invalid", "invalid_token", http.StatusUnauthorized, diagnose.WrongToken}
	scopeTooNarrow = reason{"scope_insufficient", "insufficient_scope", http.StatusForbidden, diagnose.Policy}
)
