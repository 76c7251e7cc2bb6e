package diagnose

var assertionInvalid = Rule{
	ID:    AssertionInvalid,
	Title: "the assertion is not one that the server accepts",
	Cites: []Citation{{"RFC 7521", "4.1.1"}, {"RFC 7523", "3.1"}},
}
