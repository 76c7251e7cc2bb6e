package diagnose

var other = Rule{
	ID:    Other,
	Title: "something else is wrong with the request",
	Cites: []Citation{{"RFC 6749", "4.1.3"}, {"RFC 6749", "5.2"}},
}
