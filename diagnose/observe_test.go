package diagnose

import (
	"slices"
	"testing"

	"example.com/grantwalk/diagnose/catalogue"
	"example.com/grantwalk/diagnose/safe"
)

func TestEveryObservationHasAReasonAndShiftsKnownCauses(t *testing.T) {
	seen := map[string]bool{}
	for _, o := range observations() {
		if o.Name == "" || o.Says == "" || o.Because == "" || len(o.Shifts) == 0 || seen[o.Name] {
			t.Errorf("observation %q is not whole, or is there twice", o.Name)
		}
		seen[o.Name] = true
		for id, by := range o.Shifts {
			if !Known(id) || by == 0 || by > 5 || by < -5 {
				t.Errorf("%s shifts %s by %g", o.Name, id, by)
			}
		}
		for _, p := range slices.Concat(o.words, o.not, o.unless) {
			p.compile() // panics on a broken pattern
		}
	}
}

func TestEveryObservationSeesItsExamplesAndNotWhatIsNear(t *testing.T) {
	for _, o := range observations() {
		if len(o.words) == 0 {
			continue
		}
		if len(o.Examples) == 0 || len(o.NotExamples) == 0 {
			t.Errorf("%s has no example or no counter-example", o.Name)
		}
		for _, example := range o.Examples {
			if _, ok := o.holds(caseFor(&o, example)); !ok {
				t.Errorf("%s does not see %q", o.Name, example)
			}
		}
		for _, example := range o.NotExamples {
			if _, ok := o.holds(caseFor(&o, example)); ok {
				t.Errorf("%s sees %q", o.Name, example)
			}
		}
	}
}

// caseFor is a case in which all holds that the observation wants besides words.
func caseFor(o *observation, text string) *Case {
	e := Evidence{Words: safe.Foreign(text)}
	first := func(list []string) string {
		if len(list) == 0 {
			return ""
		}
		return list[0]
	}
	e.Refusal.Error, e.Grant, e.Provider = safe.Foreign(first(o.When.Error)), first(o.When.Grant), safe.Foreign(first(o.When.Provider))
	if len(o.When.Status) > 0 {
		e.Refusal.Status = o.When.Status[0]
	}
	return unlisted(newCase(e))
}

// unlisted is the case as if the catalogue did not know the words.
func unlisted(c *Case) *Case {
	h := newHeard(c)
	h.hit = nil
	c.heard = func() *heard { return h }
	return c
}

func TestAnRFCsOwnSentenceIsEvidenceOfNothing(t *testing.T) {
	bare := Diagnose(Evidence{Grant: GrantCode, Refusal: Refusal{Error: "invalid_grant"}})
	wordy := Diagnose(Evidence{Grant: GrantCode, Refusal: Refusal{Error: "invalid_grant", Description: "The provided authorization grant " +
		"(e.g., authorization code, resource owner credentials) or refresh token is invalid, expired, revoked, does not match the redirection " +
		"URI used in the authorization request, or was issued to another client."}})
	if len(bare.Causes) != len(wordy.Causes) {
		t.Fatalf("bare %v, with the sentence %v", bare.Causes, wordy.Causes)
	}
	for i := range bare.Causes {
		if b, w := bare.Causes[i], wordy.Causes[i]; b.ID != w.ID || b.Score != w.Score {
			t.Errorf("cause %d: bare %s %.2f, with the sentence %s %.2f", i, b.ID, b.Score, w.ID, w.Score)
		}
	}
}

func TestAStackTraceAndAFormsMediaTypeAreEvidenceOfNothing(t *testing.T) {
	bare := Evidence{Grant: GrantCode, Words: "Error: invalid_grant", Refusal: Refusal{Error: "invalid_grant"}}
	traced := bare
	traced.Words += "\n    headers: { 'Content-Type': 'application/x-www-form-urlencoded' }" + "\n    at retryMiddleware (/srv/node_modules/passport/lib/middleware/authenticate.js:320:12)" +
		"\n    at Layer.handle [as handle_request] (/srv/node_modules/express/lib/router/cluster.js:95:5)"
	b, w := Diagnose(bare), Diagnose(traced)
	if len(b.Causes) != len(w.Causes) {
		t.Fatalf("bare %v, with the trace %v", b.Causes, w.Causes)
	}
	for i := range b.Causes {
		if b.Causes[i].ID != w.Causes[i].ID || b.Causes[i].Score != w.Causes[i].Score {
			t.Errorf("cause %d: %s %.2f, with the trace %s %.2f", i, b.Causes[i].ID, b.Causes[i].Score, w.Causes[i].ID, w.Causes[i].Score)
		}
	}
}

func TestTheMarkOfASecretThatWasTakenOutIsEvidenceOfNothing(t *testing.T) {
	told := Evidence{Grant: GrantCode, Words: "id=x, client_auth_method=client-secret", Refusal: Refusal{Error: "invalid_grant"}}
	marked := told
	marked.Words = "id=… (36 characters), client_auth_method=client-secret"
	if a, b := Diagnose(told).Causes[0], Diagnose(marked).Causes[0]; a.ID != b.ID || a.Score != b.Score {
		t.Errorf("%s %.2f, with the mark %s %.2f", a.ID, a.Score, b.ID, b.Score)
	}
}

func TestARefusedAssertionIsNoWrongSecret(t *testing.T) {
	for _, said := range []string{
		"AADSTS700024: Client assertion is not within its valid time range.", "AADSTS700027: Client assertion failed signature validation.",
		"AADSTS50012: Authentication failed.", "Invalid client assertion: signature validation failed", "The client assertion signature is wrong",
	} {
		r := Diagnose(Evidence{Refusal: Refusal{Error: "invalid_client", Description: safe.Foreign(said)}})
		if r.Causes[0].ID != AssertionInvalid && r.Causes[0].ID != ClockSkew {
			t.Errorf("%s: %s", said, r.Causes[0].ID)
		}
	}
	for _, said := range []string{"", "Client authentication failed", "client_assertion missing"} {
		r := Diagnose(Evidence{Refusal: Refusal{Error: "invalid_client", Description: safe.Foreign(said)}, Words: "client_assertion=abc"})
		if r.Causes[0].ID != ClientCredentials {
			t.Errorf("%s: %s", said, r.Causes[0].ID)
		}
	}
}

// Every text of the catalogue, read as if the catalogue did not have it: that
// is what a server meets that nobody has written down yet.
func TestAServerThatTheCatalogueDoesNotKnowIsUnderstoodByItsWords(t *testing.T) {
	all, first, top3 := 0, 0, 0
	for _, p := range catalogue.All() {
		for _, w := range p.Wordings {
			if w.Text == "" || w.Mark != "" || catalogue.Vague(w.Text) {
				continue
			}
			c := newCase(Evidence{Grant: w.Grant, Refusal: Refusal{Error: safe.Foreign(w.Error), Description: safe.Foreign(w.Text), Status: w.Status}})
			c.Known = nil
			unlisted(c)
			account := newTally(c.heard().prior())
			account.observe(c)
			place := slices.IndexFunc(account.shares().ranked(), func(id ID) bool { return w.Causes[string(id)] >= 0.15 })
			all++
			if place == 0 {
				first++
			}
			if place < 3 {
				top3++
			}
		}
	}
	t.Logf("%d texts: %d first, %d among three", all, first, top3)
	if first*100 < all*75 || top3*100 < all*88 {
		t.Errorf("of %d texts only %d are understood, and %d among three", all, first, top3)
	}
}
