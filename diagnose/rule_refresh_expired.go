package diagnose

var refreshExpired = Rule{
	ID:    RefreshExpired,
	Title: "the refresh token is past its lifetime",
	Cites: []Citation{{"RFC 6749", "6"}, {"RFC 6749", "5.2"}},
}
