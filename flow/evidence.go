package flow

import (
	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/safe"
)

// Evidence is the walk as package diagnose judges it.
func (w *Walk) Evidence() diagnose.Evidence {
	seen := w.Transcript.Exchanges()
	exchange.SetError(seen, w.Last.Error)
	e := evidence.Assemble(seen)
	e.Provider, e.Issuer, e.CodeLifetime = safe.Foreign(w.Config.Name()), safe.Endpoint(w.Metadata.Issuer), int(w.Config.CodeLifetime.Seconds())
	return e
}
