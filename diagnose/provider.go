package diagnose

// provider is what is known of the server that answered.
type provider struct {
	Known *known // nil: not recognised
}

// known stands in until the catalogue is there.
type known struct {
	Name         string
	Base         string
	CodeLifetime int
}

func identify(*Case) provider { return provider{} }

// name is the provider's in the catalogue, or as the evidence calls it.
func (c *Case) name() string {
	if c.Known != nil {
		return c.Known.Name
	}
	return c.Provider
}

// mayProbe: a refused request counts against nobody here, as far as is known.
func (c *Case) mayProbe() bool { return true }

// is reports whether the provider is that one, or is built with it.
func (c *Case) is(name string) bool {
	return c.name() == name || c.Known != nil && c.Known.Base == name
}

// listed reports whether the catalogue knows the wording.
func (c *Case) listed() bool { return false }
