package usage

import "example.com/grantwalk/flow"

// Codes of problems that come up beside the protocol engine.
const (
	NoPreset     flow.Code = "no_preset"
	OwnIssuer    flow.Code = "own_issuer"    // where the metadata is
	OwnEndpoints flow.Code = "own_endpoints" // what the authorization endpoint and the token endpoint are like
	NoEndpoints  flow.Code = "no_endpoints"
	Impossible   flow.Code = "impossible" // why
	OnlyPractice flow.Code = "only_practice"
	BuiltInUser  flow.Code = "built_in_user"
	NobodyPastes flow.Code = "nobody_pastes" // why the response has to be pasted, why nobody does
	ServersOwn   flow.Code = "servers_own"   // the practice server's words: the problem, the remedy
)

// A wording says what is wrong and what to do. {0}, {1} are the problem's arguments, and
// {instead} is the setting to use instead.
type wording struct {
	problem, remedy string
	inForm          struct{ problem, remedy string } // where the form says something else
}

// form adds the words of the form.
func (w wording) form(problem, remedy string) wording {
	w.inForm.problem, w.inForm.remedy = problem, remedy
	return w
}

func both(problem, remedy string) wording { return wording{problem: problem, remedy: remedy} }

// endpoints is what the form has in place of --auth-url and --token-url.
const endpoints = "choose a provider by its endpoints as Server above"

var wordings = map[flow.Code]wording{
	flow.CodeMissing:  both("missing", "register a client at the provider and give its id"),
	flow.CodeUnknown:  both("there is no such choice", "use {0}"),
	flow.CodeNegative: both("a wait cannot be negative", "write a duration such as 30s or 2m"),
	flow.CodePort:     both("{0}", "{1}"),

	flow.CodeNoServer: both("no provider was named", "give --issuer URL, or --auth-url with --token-url, or leave all three out to use the practice server").
		form("", "type an issuer, or change Server above"),
	flow.CodeIssuerAndEndpoints: both("an issuer and explicit endpoints were both given", "give --issuer alone to discover the endpoints, or --auth-url with --token-url"),
	flow.CodeOneEndpoint: both("the other endpoint was given without it", "give both endpoints, or --issuer URL").
		form("", "type both endpoints, or change Server above"),

	flow.CodeNeedsSecret: both("needs a client secret, and there is none", "set GRANTWALK_CLIENT_SECRET or --client-secret-file, or use --client-auth none for a public client").
		form("", "type the Client secret above, or choose none for a public client"),
	flow.CodeUnusedSecret: both("a client secret was given too, and would not be sent", "leave the secret out, or use --client-auth basic or post").
		form("", "empty the Client secret above, or choose Basic or post"),

	flow.CodeNoName:    both("a parameter needs a name", "write name=value"),
	flow.CodeTwice:     both("this parameter was given twice (RFC 6749 §3.1 allows one)", "give it once"),
	flow.CodeWalkSets:  both("the walk sets this parameter itself", "use {instead}"),
	flow.CodeWalkMakes: both("the walk makes this parameter itself, and checks it", "leave it out"),

	flow.CodeNotURL:   both("not a URL: {0}", "write it whole: https://as.example/path"),
	flow.CodeNotHTTP:  both("not an http or https URL", "write it whole: https://as.example/path"),
	flow.CodeFragment: both("an endpoint has no fragment (RFC 6749 §3.1)", "leave out the # and what follows it"),
	flow.CodeUser: both("it has a user name or password", "leave it out; the client authenticates with --client-id").
		form("", "leave it out; the client is named by Client id below"),
	flow.CodeClearText: both("http would send the secrets in clear text (RFC 6749 §3.2 demands TLS)", "use https, or add --insecure if this network is yours").
		form("", "use https; in a network of your own, start grantwalk walk with --insecure"),
	flow.CodeUnderHTTPS: both("http under an https issuer would send secrets in clear text (RFC 6749 §3.1, §3.2); --insecure does not allow that", ask).
		form("http under an https issuer would send secrets in clear text (RFC 6749 §3.1, §3.2)", askForm),
	flow.CodeQueryOfIssuer: both("an issuer has no query and no fragment (RFC 8414 §2)", "leave out the ? or # and what follows it, or give --auth-url and --token-url, which may have a query").
		form("", "leave out the ? or # and what follows it, or "+endpoints+", which may have a query"),
	flow.CodeNoHost: both("it names no host", whole),
	flow.CodeNoPort: both("port {0} does not exist", "use a port up to 65535, or 0 for any free one"),

	flow.CodeRelative:       both("it is not absolute (RFC 6749 §3.1.2)", whole),
	flow.CodeResponseHasToo: both("its query has the parameter \"{0}\", which the response to it has too (RFC 6749 §3.1 allows one)", "leave it out"),

	flow.CodeNoMetadata: both("no metadata there: {0}", "check the issuer (its path and tenant too), or give --auth-url and --token-url, which need no discovery").
		form("", "check the issuer (its path and tenant too), or "+endpoints+", which needs no discovery"),
	flow.CodeMetadataMoved: both("no metadata there: {0}", "give --issuer {1}, if you trust that URL").
		form("", "type {1} as Issuer, if you trust that URL"),
	flow.CodeMetadataUnread: both("the metadata cannot be read: {0}", "ask the provider, or give --auth-url and --token-url").
		form("", "ask the provider, or "+endpoints),
	flow.CodeOtherIssuer: both("the metadata there is of the issuer \"{0}\"", "give exactly that issuer, if you trust it (RFC 8414 §3.3)"),
	flow.CodeNoEndpoint: both("the metadata has no {0}", "give --auth-url and --token-url").
		form("", endpoints),
	flow.CodeBadEndpoint: both("its {0} \"{1}\"", ""),

	NoPreset: both("there is no preset of that name", "grantwalk providers lists them; or name yours by --issuer URL, or by --auth-url with --token-url"),
	OwnIssuer: both("each of its customers has an issuer of their own", "add --issuer URL; the metadata is at {0}").
		form("", "type yours as Issuer; the metadata is at {0}"),
	OwnEndpoints: both("each of its customers has endpoints of their own", "add --auth-url and --token-url; they are like {0} and {1}").
		form("", endpoints+"; they are like {0} and {1}"),
	NoEndpoints: both("its endpoints are not known here", "add --issuer URL, or --auth-url with --token-url").
		form("", "change Server above, and type an issuer or the endpoints"),
	Impossible:   both("{0}", "choose another, or change the settings that it needs"),
	OnlyPractice: both("only the practice server can be told what to get wrong", "leave out the provider; --twist breaks a walk at any provider"),
	BuiltInUser: both("the built-in user knows only the practice server's pages", "use --browser system or none with a provider of your own").
		form("", "choose the system's browser or none"),
	NobodyPastes: both("the response has to be pasted ({0}), and {1}", "run it in a terminal, or use "+flow.DefaultRedirectURI),
	ServersOwn:   both("{0}", "{1}"),
}

const (
	whole   = "write it whole, such as " + flow.DefaultRedirectURI
	ask     = "ask the provider to correct its metadata, or give --auth-url and --token-url"
	askForm = "ask the provider to correct its metadata, or " + endpoints
)

// ofRedirect is what some codes say of a redirect URI.
var ofRedirect = map[flow.Code]wording{
	flow.CodeNotURL:   both("not a URI: {0}", "write it as it is registered, such as "+flow.DefaultRedirectURI),
	flow.CodeFragment: both("it must not have a fragment (RFC 6749 §3.1.2)", "leave out the # and what follows it"),
	flow.CodeUser: both("it has a user name or password, which the browser and the server would see", "leave it out; the client authenticates with --client-id").
		form("", "leave it out; the client is named by Client id above"),
}

// overrides is what is said of a parameter in the query of an endpoint.
const overrides = "its query has the parameter \"{0}\", which grantwalk's request has too (RFC 6749 §3.1 allows one)"

func wordingOf(p *flow.Problem) wording {
	switch w, ok := ofRedirect[p.Code]; {
	case ok && p.Field == flow.FieldRedirectURI:
		return w
	case p.Code == Impossible && p.Instead != "":
		return both("{0}", "give {instead}, or choose another twist")
	case p.Code == flow.CodeOverrides && p.Field == flow.FieldIssuer:
		return both(overrides, ask).form("", askForm)
	case p.Code == flow.CodeOverrides && p.Instead != "":
		return both(overrides, "leave it out of the URL and use {instead}")
	case p.Code == flow.CodeOverrides:
		return both(overrides, "leave it out of the URL: grantwalk sets it")
	}
	return wordings[p.Code]
}
