package diagnose

var policy = Rule{
	ID:    Policy,
	Title: "a rule of the provider's or an administrator's forbids it",
	Cites: []Citation{{"RFC 6749", "5.2"}},
}
