package diagnose

var serverState = Rule{
	ID:    ServerState,
	Title: "the server no longer knows what it granted",
	Cites: []Citation{{"RFC 6749", "4.1.2"}},
}
