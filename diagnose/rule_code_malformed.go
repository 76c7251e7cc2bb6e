package diagnose

var codeMalformed = Rule{
	ID:    CodeMalformed,
	Title: "the code was changed on its way",
	Cites: []Citation{{"RFC 6749", "4.1.2"}, {"RFC 6749", "4.1.3"}},
}
