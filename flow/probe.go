package flow

import (
	"context"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/safe"
)

// Probe sends the token request once more with a code that never existed, to
// hear what the server says to that. The real code is not sent again.
func (w *Walk) Probe(ctx context.Context) Outcome {
	rec := w.sender.Record(w.Reached, exchange.Probe)
	g := w.grant(StepExchange)
	g.Code = madeUp(w.Callback.Code, random(w.Rand))
	sendCode(ctx, rec.Client(), w.Metadata.TokenEndpoint, g)
	if rec.Response == nil {
		return Outcome{Kind: NoAnswer, Step: w.Reached, Why: "no response to the probe"}
	}
	return Outcome{Kind: Refused, Step: w.Reached, Error: errorResponse(rec.Response, w.Transcript)}
}

// madeUp is a made-up code. It has the real one's length, kinds of characters and first half, which
// may say what it is: a server that checks a code's form before it looks the code
// up takes both the same way.
func madeUp(code, by safe.Secret) safe.Secret {
	made, random := []byte(code.Reveal()), by.Reveal()
	for i, j := len(made)/2, 0; i < len(made); i, j = i+1, j+1 {
		c, r := made[i], random[j%len(random)]
		switch {
		case c >= '0' && c <= '9':
			made[i] = '0' + r%10
		case c >= 'a' && c <= 'f':
			made[i] = 'a' + r%6
		case c >= 'g' && c <= 'z':
			made[i] = 'g' + r%20
		case c >= 'A' && c <= 'Z':
			made[i] = 'A' + r%26
		}
	}
	return safe.Secret(made)
}
