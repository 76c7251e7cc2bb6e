package live

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/flow/practice"
	"example.com/grantwalk/flow/record"
	"example.com/grantwalk/tui/learn/lessons"
	"example.com/grantwalk/tui/learn/markdown"
)

// Every lesson is played on a practice server, so that each action can be done
// where it stands, each value is known where a text has it, and each see page has
// something to show.
func TestEveryLessonCanBePlayed(t *testing.T) {
	t.Parallel()
	for _, l := range lessons.All() {
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel()
			var w Walk
			defer w.Close()
			var s Snapshot
			var announced []flow.Change
			for i, p := range l.Pages {
				checkTexts(t, l, p, s, p.Body)
				if p.Kind == lessons.Do {
					for _, a := range p.Actions {
						if a.Options["lifetime"] != "" {
							a.Options["lifetime"] = "1s" // a test need not read meanwhile
						}
					}
					var err error
					if s, err = w.Play(t.Context(), p.Actions, l.NextAction(i), practice.User{Approve: true}); err != nil {
						t.Fatalf("%s:%d: %v", l.File, p.Line, err)
					}
					if !cmp.Equal(s.Changes, announced) {
						t.Errorf("%s:%d: announced was %v, changed was %v", l.File, p.Line, announced, s.Changes)
					}
					announced = s.Next
					checkTwist(t, l, p, s)
				}
				for _, a := range p.Answers {
					checkTexts(t, l, p, s, a.Text+a.Says)
				}
				checkTexts(t, l, p, s, p.After)
				for _, show := range p.Shows {
					checkShow(t, l, show, s)
				}
			}
		})
	}
}

// checkTwist: the evidence shows what was spoilt.
func checkTwist(t *testing.T, l lessons.Lesson, p lessons.Page, s Snapshot) {
	t.Helper()
	twist := p.Actions[len(p.Actions)-1].Options["twist"]
	if twist == "" {
		return
	}
	if r := diagnose.Diagnose(s.Evidence); len(r.Causes) == 0 || string(r.Causes[0].ID) != twist {
		t.Errorf("%s:%d: the evidence does not show %s first: %+v", l.File, p.Line, twist, r.Causes)
	}
}

func checkTexts(t *testing.T, l lessons.Lesson, p lessons.Page, s Snapshot, text string) {
	t.Helper()
	for _, m := range markdown.Place.FindAllStringSubmatch(text, -1) {
		if got := s.Value(m[1], time.Now()); got == lessons.Unknown(m[1]) {
			t.Errorf("%s:%d: {{%s}} has no value here", l.File, p.Line, m[1])
		}
	}
}

func checkShow(t *testing.T, l lessons.Lesson, show lessons.Show, s Snapshot) {
	t.Helper()
	switch show.What {
	case "facts":
		if len(diagnose.Facts(s.Evidence)) == 0 {
			t.Errorf("%s:%d: no facts", l.File, show.Line)
		}
		return
	case "diagnosis":
		if len(diagnose.Diagnose(s.Evidence).Causes) == 0 {
			t.Errorf("%s:%d: no cause", l.File, show.Line)
		}
		return
	case "oddities":
		if len(s.Oddities) == 0 {
			t.Errorf("%s:%d: no oddities", l.File, show.Line)
		}
		return
	}
	msg, ok := s.Message(show.What)
	if !ok {
		t.Errorf("%s:%d: there is no %s", l.File, show.Line, show.What)
	}
	for _, name := range show.Params {
		if _, ok := msg.Param(name); !ok {
			t.Errorf("%s:%d: the %s has no %s", l.File, show.Line, show.What, name)
		}
	}
}

// What an on-call case is called has to be what the evidence shows.
func TestABrokenWalkIsBrokenInThatWay(t *testing.T) {
	t.Parallel()
	var causes []string
	for _, l := range lessons.All() {
		for _, p := range l.Pages {
			for _, c := range p.Cases {
				causes = append(causes, c.Cause)
			}
		}
	}
	if len(causes) < 5 {
		t.Fatalf("cases: %v", causes)
	}
	for _, cause := range causes {
		t.Run(cause, func(t *testing.T) {
			t.Parallel()
			s, err := Broken(t.Context(), diagnose.ID(cause))
			if err != nil {
				t.Fatal(err)
			}
			r := diagnose.Diagnose(s.Evidence)
			if len(r.Causes) == 0 || string(r.Causes[0].ID) != cause {
				t.Errorf("the evidence shows %+v", r.Causes)
			}
			if s.Outcome.Error == nil {
				t.Error("it was not refused")
			}
		})
	}
}

func TestAnActionThatFailsCanBeRepeated(t *testing.T) {
	var w Walk
	defer w.Close()
	act := func(ctx context.Context, verb string) error {
		_, err := w.Do(ctx, lessons.Action{Verb: verb, Options: map[string]string{}}, practice.User{Approve: true})
		return err
	}
	if err := act(t.Context(), lessons.Login); err == nil {
		t.Error("a login without a request")
	}
	if err := act(t.Context(), lessons.Request); err != nil {
		t.Fatal(err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if err := act(stopped, lessons.Login); err == nil {
		t.Error("a login that was stopped is taken for done")
	}
	if err := act(t.Context(), lessons.Login); err != nil {
		t.Errorf("again: %v", err)
	}
}

func TestAWalkThatWasClosedDoesNothing(t *testing.T) {
	var w Walk
	w.Close()
	if _, err := w.Do(t.Context(), lessons.Action{Verb: lessons.Request}, nil); err == nil {
		t.Error("it began a walk after its end")
	}
}

func TestWhatIsRightAndWhatIsSentStandInTheSnapshot(t *testing.T) {
	var w Walk
	defer w.Close()
	var s Snapshot
	for _, a := range []lessons.Action{
		{Verb: lessons.Request}, {Verb: lessons.Login},
		{Verb: lessons.Exchange, Options: map[string]string{"twist": string(diagnose.RedirectURIMismatch)}},
	} {
		var err error
		if s, err = w.Do(t.Context(), a, practice.User{Approve: true}); err != nil {
			t.Fatal(err)
		}
	}
	if len(s.Changes) != 1 || s.Changes[0].Name != "redirect_uri" {
		t.Errorf("changes: %+v", s.Changes)
	}
	if i := slices.IndexFunc(s.Messages, func(m record.Message) bool { return m.Name == "token response" }); i < 0 {
		t.Error("no token response")
	}
}
