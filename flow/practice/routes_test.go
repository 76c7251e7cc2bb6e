package practice

import "testing"

// Ports below 1024 are not for every user to listen on, so nothing listens here.
func TestOnPort80AHostNeedsNoPort(t *testing.T) {
	for _, c := range []struct {
		port, host string
		want       bool
	}{
		{"80", "127.0.0.1", true},
		{"80", "localhost", true},
		{"80", "[::1]", true},
		{"80", "127.0.0.1:80", true},
		{"80", "rebound.example", false},
		{"80", "127.0.0.1:8080", false},
		{"80", "", false},
		{"8080", "127.0.0.1", false},
		{"8080", "[::1]", false},
	} {
		if got := (&Server{port: c.port}).ours(c.host); got != c.want {
			t.Errorf("port %s, Host %q: %t", c.port, c.host, got)
		}
	}
}
