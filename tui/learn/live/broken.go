package live

import (
	"context"
	"fmt"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/flow/practice"
	"example.com/grantwalk/tui/learn/lessons"
)

// Broken takes a walk of its own that ends in the refusal which a cause brings about.
func Broken(ctx context.Context, cause diagnose.ID) (Snapshot, error) {
	twist, ok := flow.TwistFor(cause)
	if !ok {
		return Snapshot{}, fmt.Errorf("nothing is known that brings about %q", cause)
	}
	var w Walk
	defer w.Close()
	for _, verb := range []string{lessons.Request, lessons.Login, lessons.Exchange, lessons.Tokens, lessons.Refresh} {
		a := lessons.Action{Verb: verb, Options: map[string]string{}}
		if verb == lessons.Request && cause == diagnose.CodeExpired {
			a.Options["lifetime"] = "1s" // nobody waits ten minutes
		}
		spoilt := steps[verb] == twist.Step && verb != lessons.Request
		if spoilt {
			a.Options["twist"] = string(cause)
		}
		s, err := w.Do(ctx, a, practice.User{Approve: true})
		if err != nil || spoilt {
			return s, err
		}
	}
	return Snapshot{}, fmt.Errorf("%s spoils no step", cause)
}
