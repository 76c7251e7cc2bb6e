package diagnose

// words adds what the server's wording means, by the catalogue.
func (c *Case) words(tally) {}
