package diagnose

var refreshRevoked = Rule{
	ID:    RefreshRevoked,
	Title: "the refresh token was revoked",
	Cites: []Citation{{"RFC 7009", "2.1"}, {"RFC 6749", "5.2"}},
}
