package diagnose

var clientCredentials = Rule{
	ID:    ClientCredentials,
	Title: "the client did not prove who it is",
	Cites: []Citation{{"RFC 6749", "2.3.1"}, {"RFC 6749", "5.2"}},
}
