package diagnose

var wrongToken = Rule{
	ID:    WrongToken,
	Title: "something else was sent in place of the code or token",
	Cites: []Citation{{"RFC 6749", "4.1.3"}, {"RFC 6749", "6"}},
}
