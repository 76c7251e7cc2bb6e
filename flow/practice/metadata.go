package practice

import "net/http"

// metadata is what both well-known documents say: RFC 8414 §2, OpenID Connect
// Discovery §3, and the fields that later RFCs registered. It has many fields because each
// is a member of the document.
type metadata struct {
	Issuer               string   `json:"issuer"`
	Authorization        string   `json:"authorization_endpoint"`
	Token                string   `json:"token_endpoint"`
	UserInfo             string   `json:"userinfo_endpoint"`
	JWKS                 string   `json:"jwks_uri"`
	PushedAuthorization  string   `json:"pushed_authorization_request_endpoint"` // RFC 9126 §5
	RequirePushed        bool     `json:"require_pushed_authorization_requests"`
	Introspection        string   `json:"introspection_endpoint"`
	IntrospectionAuth    []string `json:"introspection_endpoint_auth_methods_supported"`
	Revocation           string   `json:"revocation_endpoint"`
	RevocationAuth       []string `json:"revocation_endpoint_auth_methods_supported"`
	TokenAuth            []string `json:"token_endpoint_auth_methods_supported"`
	Scopes               []string `json:"scopes_supported"`
	ResponseTypes        []string `json:"response_types_supported"`
	ResponseModes        []string `json:"response_modes_supported"`
	GrantTypes           []string `json:"grant_types_supported"`
	CodeChallengeMethods []string `json:"code_challenge_methods_supported"` // RFC 7636 §6.2
	SubjectTypes         []string `json:"subject_types_supported"`
	IDTokenAlgorithms    []string `json:"id_token_signing_alg_values_supported"`
	Claims               []string `json:"claims_supported"`
	Prompts              []string `json:"prompt_values_supported"`
	ClaimsParameter      bool     `json:"claims_parameter_supported"`
	RequestParameter     bool     `json:"request_parameter_supported"`
	RequestURIParameter  bool     `json:"request_uri_parameter_supported"`                // a pushed request's is another thing
	ResponseIssParameter bool     `json:"authorization_response_iss_parameter_supported"` // RFC 9207 §3
	ServiceDocumentation string   `json:"service_documentation"`
}

func (s *Server) metadata(w *reply, _ *http.Request) {
	basicAndPost := []string{"client_secret_basic", "client_secret_post"}
	w.decision = "metadata shown"
	w.json(http.StatusOK, metadata{
		Issuer:               s.issuer,
		Authorization:        s.issuer + "/authorize",
		Token:                s.issuer + "/token",
		UserInfo:             s.issuer + "/userinfo",
		JWKS:                 s.issuer + "/jwks",
		PushedAuthorization:  s.issuer + "/par",
		Introspection:        s.issuer + "/introspect",
		IntrospectionAuth:    basicAndPost, // not for public clients
		Revocation:           s.issuer + "/revoke",
		RevocationAuth:       append(basicAndPost, "none"),
		TokenAuth:            append(basicAndPost, "none"),
		Scopes:               scopeNames(),
		ResponseTypes:        []string{"code"},
		ResponseModes:        []string{"query", "form_post"},
		GrantTypes:           []string{"authorization_code", "refresh_token"},
		CodeChallengeMethods: []string{methodS256, methodPlain},
		SubjectTypes:         []string{"public"},
		IDTokenAlgorithms:    []string{string(s.keys.algorithm)},
		Claims: []string{"iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "at_hash",
			"name", "preferred_username", "email", "email_verified"},
		Prompts:              prompts,
		ResponseIssParameter: true,
		ServiceDocumentation: s.issuer + "/",
	})
}
