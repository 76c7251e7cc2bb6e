package exchange

import "example.com/grantwalk/diagnose/internal/lazy"

// errorCodes are the error codes of the RFCs and of well-known servers, as texts have
// them: RFC 6749 §4.1.2.1 and §5.2, RFC 6750 §3.1, RFC 7009 §2.2.1,
// RFC 8628 §3.5, RFC 8693 §2.2.2, RFC 9101 §6.3, OpenID Connect Core §3.1.2.6.
var errorCodes = lazy.Regexp(`\b(?:invalid_(?:grant|client(?:_id|_secret|_credentials)?|request(?:_uri|_object)?|scope|token|target|redirect_uri|code|auth_code|refresh_token|authorization_code|credentials|dpop_proof|resource|audience|user|account|assertion)` +
	`|unauthorized_client|unsupported_(?:grant_type|response_type|token_type)|access_denied|consent_required|interaction_required|login_required|account_selection_required` +
	`|server_error|temporarily_unavailable|insufficient_scope|expired_token|redirect_uri_mismatch|bad_verification_code|incorrect_client_credentials|unverified_user_email|bad_refresh_token|bad_client_secret|bad_redirect_uri` +
	`|code_already_used|code_expired|org_internal|admin_policy_enforced|disallowed_useragent|origin_mismatch|deleted_client|slow_down|authorization_pending|mfa_required|password_expired|invalid_mfa|application_not_assigned|user_cancelled_(?:login|authorize)|user_denied|missing_refresh_token|token_expired|token_revoked|rapt_required|mismatching_state|missing_token)\b`)

// ErrorCode is the first error code in the text; empty if there is none.
func ErrorCode(text string) string { return errorCodes().FindString(text) }

// HasErrorCode reports whether there is an error code in the text.
func HasErrorCode(text string) bool { return errorCodes().MatchString(text) }
