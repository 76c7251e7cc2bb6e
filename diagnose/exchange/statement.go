package exchange

// Statement is something that is said in words, with who said it. Nothing in it is
// cleaned.
type Statement struct {
	Text   string
	Source Source
}

// Source is who made a statement.
type Source int

// AppPage is the page that an app shows its user at the end of the flow.
const (
	UnknownSource Source = iota
	AppPage
)
