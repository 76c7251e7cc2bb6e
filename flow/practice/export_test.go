package practice

import (
	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/catalogue"
)

// WordsOf is what a provider says to a grant that is refused for a cause.
func WordsOf(p *catalogue.Provider, grant string, cause diagnose.ID) *catalogue.Wording {
	code := "invalid_grant"
	switch cause {
	case diagnose.ClientCredentials:
		code = "invalid_client"
	case diagnose.UserDenied:
		code = "access_denied"
	}
	return wordsOf(p, grant, reason{code: code, cause: cause})
}
