package diagnose

var userCredentials = Rule{
	ID:    UserCredentials,
	Title: "the user's name or password was not accepted",
	Cites: []Citation{{"RFC 6749", "4.3.2"}, {"RFC 6749", "5.2"}},
}
