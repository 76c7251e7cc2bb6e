package practice

// A person is a user who can log in here, without a password.
type person struct {
	id    string // the sub claim
	name  string
	email string
}

var people = []*person{
	{"alice", "Alice Example", "alice@example.com"},
	{"bob", "Bob Example", "bob@example.com"},
}

func findPerson(id string) *person {
	for _, p := range people {
		if id == p.id || id == p.email { // a login_hint may be either
			return p
		}
	}
	return nil
}

// claims is what a scope gives away about a person (OpenID Connect Core §5.4).
type claims struct {
	Subject           string `json:"sub"`
	Name              string `json:"name,omitempty"`
	PreferredUsername string `json:"preferred_username,omitempty"`
	Email             string `json:"email,omitempty"`
	EmailVerified     bool   `json:"email_verified,omitempty"`
}

func (p *person) claims(scope scopes) claims {
	c := claims{Subject: p.id}
	if scope.has("profile") {
		c.Name, c.PreferredUsername = p.name, p.id
	}
	if scope.has("email") {
		c.Email, c.EmailVerified = p.email, true
	}
	return c
}
