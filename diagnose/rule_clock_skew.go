package diagnose

var clockSkew = Rule{
	ID:    ClockSkew,
	Title: "the machine's clock is off",
	Cites: []Citation{{"RFC 7523", "3"}, {"RFC 7519", "4.1.4"}},
}
