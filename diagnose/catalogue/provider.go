package catalogue

// A Provider is an authorization server, a library that servers are built with,
// or a service that runs one.
//
// Empty members mean "not known". URIs may hold placeholders: {base}, {issuer},
// {tenant}, {realm}, {domain} and the like. It has many fields because each is a member
// of its file.
type Provider struct {
	Name    string   `json:"name"` // also the name of its file; never changes
	Title   string   `json:"title"`
	Aliases []string `json:"aliases,omitempty"` // what people, libraries and configurations call it
	Base    string   `json:"base,omitempty"`    // the server that it is built with, whose wordings hold too

	// Hosts are where its endpoints live: a host, *.host for all below it,
	// either with the beginning of a path, or a path alone that gives the server
	// away at any host. A * within stands for anything but a slash.
	Hosts     []string  `json:"hosts,omitempty"`
	Endpoints Endpoints `json:"endpoints,omitzero"`

	CodeLifetime       int     `json:"code_lifetime_s,omitempty"` // seconds
	CodeLifetimeSource string  `json:"code_lifetime_source,omitempty"`
	Refresh            Refresh `json:"refresh,omitzero"`

	RedirectMatch   string   `json:"redirect_match,omitempty"`    // how a redirect URI is compared with the registered ones
	RedirectAtToken string   `json:"redirect_at_token,omitempty"` // what the token endpoint does with redirect_uri (RFC 6749 §4.1.3)
	Loopback        string   `json:"loopback,omitempty"`          // what holds for redirects to this machine (RFC 8252 §7.3)
	PKCE            string   `json:"pkce,omitempty"`
	TokenAuth       []string `json:"token_auth,omitempty"` // client authentication, in the names of RFC 7591 §2

	Register string `json:"register,omitempty"` // how a loopback redirect URI is registered
	Console  string `json:"console,omitempty"`  // where clients are registered
	Docs     string `json:"docs,omitempty"`     // the provider's own page on these errors, or the nearest

	// NoProbe says whom a refused token request counts against: a code that never
	// existed must not be sent there on purpose. Empty: nobody, as far as is known.
	NoProbe string `json:"no_probe,omitempty"`

	ErrorNames []string `json:"error_names,omitempty"` // how its errors begin in text: AADSTS, as in AADSTS70008

	// ErrorMembers are members of its logs that hold the number of an error alone, without
	// the first of the error names in front. Events are what its logs call rejected
	// requests in their member type, with the grant of each.
	ErrorMembers []string          `json:"error_members,omitempty"`
	Events       map[string]string `json:"events,omitempty"`

	Values  []Value  `json:"values,omitempty"` // codes and tokens that can be told by how they begin
	Quirks  []Quirk  `json:"quirks,omitempty"`
	Sources []string `json:"sources"`
	Checked string   `json:"checked"` // year and month

	text     string // of its file
	wordings func() []Wording
}

// Endpoints are the addresses of a provider.
type Endpoints struct {
	Authorization string `json:"authorization,omitempty"`
	Token         string `json:"token,omitempty"`
	Discovery     string `json:"discovery,omitempty"`
	Revocation    string `json:"revocation,omitempty"`
	Userinfo      string `json:"userinfo,omitempty"`
	Issuer        string `json:"issuer,omitempty"`
	IDTokenIssuer string `json:"id_token_issuer,omitempty"` // another spelling of the issuer that its ID tokens may have
	TokenSandbox  string `json:"token_sandbox,omitempty"`
}

// Refresh is what a provider does with refresh tokens.
type Refresh struct {
	Lifetime int    `json:"lifetime_s,omitempty"` // seconds from issue
	Idle     int    `json:"idle_s,omitempty"`     // seconds without use
	Rotation string `json:"rotation,omitempty"`   // whether a refresh brings a new token
	KeepsOld bool   `json:"keeps_old,omitempty"`  // a refresh token that was used stays valid
	Reuse    string `json:"reuse,omitempty"`      // what a second use of a rotated token does
	Grace    int    `json:"grace_s,omitempty"`    // seconds in which a second use is forgiven
	Note     string `json:"note,omitempty"`
	Source   string `json:"source,omitempty"` // where it is not among the provider's sources
}

// A Value is a code or token by how it begins, as the provider documents it, or as every
// value of the kind that was seen begins.
type Value struct {
	Prefix string `json:"prefix"`
	Is     string `json:"is"` // "access token", without an article
}

// A Quirk is something that a client's author would not expect.
type Quirk struct {
	Text   string `json:"text"`
	Source string `json:"source,omitempty"` // where it is not among the provider's sources
}

// A Wording is one answer of a provider's. A row without Text, Pattern and Mark
// is an answer that has no words, only an error code.
type Wording struct {
	Text    string `json:"text,omitempty"`    // the whole text, or a sentence of it
	Pattern string `json:"pattern,omitempty"` // RE2, searched in the text, for texts that carry values
	Example string `json:"example,omitempty"` // a text that Pattern matches
	// Mark tells this row from others with its Text, or makes up for a text
	// that is missing: a hint, an error_uri or an error_reason in another member
	// of the answer, or a number in the text.
	Mark string `json:"mark,omitempty"`

	Error  string `json:"error,omitempty"`
	Status int    `json:"status,omitempty"`
	Grant  string `json:"grant,omitempty"` // authorization_code, refresh_token, password, jwt_bearer …; empty: any

	// Causes are the shares of the cases in which people meet this wording:
	// ids of package diagnose, together 1.
	Causes map[string]float64 `json:"causes"`

	Where    string `json:"where,omitempty"` // where the text stands; empty: in error_description
	Evidence string `json:"evidence"`        // source, docs, sdk enum, sdk test, reported or unverified
	Source   string `json:"source"`
	Checked  string `json:"checked,omitempty"` // where it differs from the provider's
	Note     string `json:"note,omitempty"`
}
