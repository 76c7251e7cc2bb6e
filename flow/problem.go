package flow

import (
	"fmt"
	"strings"

	"example.com/grantwalk/diagnose/safe"
)

// A Problem is a setting that cannot be used: which, what it says, and what is wrong with
// it. How the setting is called where it is made, and what to do, is for the package that
// shows the problem.
type Problem struct {
	Field   Field
	Value   string // what the setting says, as far as it may be shown; empty: nothing
	Code    Code
	Args    []string // details, see the codes; as far as they may be shown
	Instead Field    // the setting to use in its place; empty: none
	Within  *Problem // of an endpoint in the metadata: what is wrong with it
}

// Field names a setting of [Config].
type Field string

// The fields.
const (
	FieldIssuer       Field = "issuer"
	FieldAuthURL      Field = "auth_url"
	FieldTokenURL     Field = "token_url"
	FieldClientID     Field = "client_id"
	FieldClientSecret Field = "client_secret"
	FieldClientAuth   Field = "client_auth"
	FieldRedirectURI  Field = "redirect_uri"
	FieldScope        Field = "scope"
	FieldPKCE         Field = "pkce"
	FieldTimeout      Field = "timeout"
	FieldParam        Field = "param"

	FieldOtherClientID Field = "other_client_id"
)

// Code is what is wrong with a setting.
type Code string

// The codes, each with its arguments.
const (
	CodeMissing  Code = "missing"
	CodeUnknown  Code = "unknown"  // the values that there are
	CodeNegative Code = "negative" // a duration
	CodePort     Code = "port"     // why nothing can listen there, what to do; see package loopback

	CodeNoServer           Code = "no_server"
	CodeIssuerAndEndpoints Code = "issuer_and_endpoints"
	CodeOneEndpoint        Code = "one_endpoint"

	CodeNeedsSecret  Code = "needs_secret"
	CodeUnusedSecret Code = "unused_secret"

	CodeNoName    Code = "no_name"
	CodeTwice     Code = "twice"      // RFC 6749 §3.1
	CodeWalkSets  Code = "walk_sets"  // another setting sets the parameter
	CodeWalkMakes Code = "walk_makes" // the walk makes the parameter, and checks it

	CodeNotURL         Code = "not_url" // why not
	CodeNotHTTP        Code = "not_http"
	CodeFragment       Code = "fragment" // RFC 6749 §3.1, §3.1.2
	CodeUser           Code = "user"     // a user name or password in the URL
	CodeClearText      Code = "clear_text"
	CodeQueryOfIssuer  Code = "query_of_issuer" // RFC 8414 §2
	CodeOverrides      Code = "overrides"       // the name of the parameter that the request has too
	CodeRelative       Code = "relative"        // RFC 6749 §3.1.2
	CodeNoHost         Code = "no_host"
	CodeNoPort         Code = "no_port"         // the port
	CodeResponseHasToo Code = "response_has_it" // the name of the parameter that the response has too

	CodeNoMetadata     Code = "no_metadata"     // what came in its place
	CodeMetadataMoved  Code = "metadata_moved"  // what came in its place, where the metadata may be
	CodeMetadataUnread Code = "metadata_unread" // why
	CodeOtherIssuer    Code = "other_issuer"    // the issuer in the metadata
	CodeNoEndpoint     Code = "no_endpoint"     // its name in the metadata
	CodeBadEndpoint    Code = "bad_endpoint"    // its name in the metadata, its URL
	CodeUnderHTTPS     Code = "under_https"     // http under an https issuer
)

// Error is short: the names of field and code, with the details.
func (p *Problem) Error() string {
	const most = 200 // bytes of a value
	var b strings.Builder
	b.WriteString(string(p.Field))
	if p.Value != "" {
		fmt.Fprintf(&b, " %q", safe.Text(p.Value, most))
	}
	for part := p; part != nil; part = part.Within {
		b.WriteString(": " + strings.ReplaceAll(string(part.Code), "_", " "))
		if len(part.Args) > 0 {
			b.WriteString(" (" + strings.Join(part.Args, ", ") + ")")
		}
	}
	return b.String()
}
