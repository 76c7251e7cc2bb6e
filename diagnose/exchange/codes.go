package exchange

import (
	"iter"
	"strings"
	"sync"
)

// errorCodes are the error codes of the RFCs and of well-known servers, as texts have
// them: RFC 6749 §4.1.2.1 and §5.2, RFC 6750 §3.1, RFC 7009 §2.2.1,
// RFC 8628 §3.5, RFC 8693 §2.2.2, RFC 9101 §6.3, OpenID Connect Core §3.1.2.6.
const errorCodes = `invalid_grant invalid_client invalid_client_id invalid_client_secret invalid_client_credentials
invalid_request invalid_request_uri invalid_request_object invalid_scope invalid_token invalid_target
invalid_redirect_uri invalid_code invalid_auth_code invalid_refresh_token invalid_authorization_code
invalid_credentials invalid_dpop_proof invalid_resource invalid_audience invalid_user invalid_account
invalid_assertion unauthorized_client unsupported_grant_type unsupported_response_type
unsupported_token_type access_denied consent_required interaction_required login_required
account_selection_required server_error temporarily_unavailable insufficient_scope expired_token
redirect_uri_mismatch bad_verification_code incorrect_client_credentials unverified_user_email
bad_refresh_token bad_client_secret bad_redirect_uri code_already_used code_expired org_internal
admin_policy_enforced disallowed_useragent origin_mismatch deleted_client slow_down
authorization_pending mfa_required password_expired invalid_mfa application_not_assigned
user_cancelled_login user_cancelled_authorize user_denied missing_refresh_token token_expired
token_revoked rapt_required mismatching_state missing_token`

var isErrorCode = sync.OnceValue(func() map[string]bool {
	codes := map[string]bool{}
	for code := range strings.FieldsSeq(errorCodes) {
		codes[code] = true
	}
	return codes
})

// ErrorCode is the first error code in the text; empty if there is none.
func ErrorCode(text string) string {
	for word := range words(text) {
		if isErrorCode()[word] {
			return word
		}
	}
	return ""
}

// HasErrorCode reports whether there is an error code in the text.
func HasErrorCode(text string) bool { return ErrorCode(text) != "" }

// words are the longest runs of letters, digits and underscores that have an underscore,
// as every error code has.
func words(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for {
			at := strings.IndexByte(text, '_')
			if at < 0 {
				return
			}
			from, to := at, at+1
			for from > 0 && inWord(text[from-1]) {
				from--
			}
			for to < len(text) && inWord(text[to]) {
				to++
			}
			if !yield(text[from:to]) {
				return
			}
			text = text[to:]
		}
	}
}

func inWord(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}
