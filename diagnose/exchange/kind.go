package exchange

// Kind is what a request is for.
type Kind int

// The kinds. Page is a page of the server's or the app's between the authorization
// request and its response: login, consent, an error.
const (
	Unknown       Kind = iota
	Metadata           // RFC 8414 §3
	KeySet             // RFC 7517 §5
	Pushed             // RFC 9126 §2.1
	Authorization      // RFC 6749 §4.1.1
	Callback           // RFC 6749 §4.1.2
	Token              // RFC 6749 §4.1.3, §6
	Probe              // a token request with a made-up code
	Userinfo           // OpenID Connect Core §5.3
	Revocation         // RFC 7009 §2.1
	Page
)

// kindNames are the kinds as saved walks have them.
var kindNames = [...]string{"", "metadata", "key_set", "pushed_authorization", "authorization", "callback", "token", "probe", "userinfo", "revocation", "page"}

// String is the kind's name in saved walks; empty for Unknown.
func (k Kind) String() string { return kindNames[k] }

// KindOf is the kind of that name; Unknown if there is none.
func KindOf(name string) Kind {
	for k, n := range kindNames {
		if n == name {
			return Kind(k)
		}
	}
	return Unknown
}
