package diagnose

var refreshReused = Rule{
	ID:    RefreshReused,
	Title: "a rotated refresh token was used again",
	Cites: []Citation{{"RFC 9700", "4.14.2"}, {"RFC 6749", "10.4"}},
}
