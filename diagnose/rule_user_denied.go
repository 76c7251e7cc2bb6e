package diagnose

var userDenied = Rule{
	ID:    UserDenied,
	Title: "somebody refused",
	Cites: []Citation{{"RFC 6749", "4.1.2.1"}},
}
