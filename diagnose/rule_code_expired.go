package diagnose

var codeExpired = Rule{
	ID:    CodeExpired,
	Title: "the code was exchanged after its lifetime",
	Cites: []Citation{{"RFC 6749", "4.1.2"}, {"RFC 6749", "5.2"}},
}
