package diagnose

import "example.com/grantwalk/diagnose/words"

// Quotable are the sentences of a text as they are, and as a report quotes them.
var Quotable = words.Quotable
