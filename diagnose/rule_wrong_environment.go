package diagnose

var wrongEnvironment = Rule{
	ID:    WrongEnvironment,
	Title: "right values were sent to the wrong place",
	Cites: []Citation{{"RFC 8414", "3.3"}, {"RFC 9207", "2.4"}},
}
