package diagnose

var clientMismatch = Rule{
	ID:    ClientMismatch,
	Title: "the grant was issued to another client",
	Cites: []Citation{{"RFC 6749", "4.1.3"}, {"RFC 6749", "5.2"}},
}
