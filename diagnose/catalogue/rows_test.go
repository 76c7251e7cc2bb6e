package catalogue

import (
	"bytes"
	"encoding/json"
	"maps"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// causes are the ids of package diagnose, which imports this one.
var causes = map[string]bool{
	"code_expired": true, "code_reused": true, "code_malformed": true, "redirect_uri_mismatch": true,
	"client_mismatch": true, "client_credentials": true, "pkce_mismatch": true, "user_denied": true,
	"refresh_expired": true, "refresh_revoked": true, "refresh_reused": true, "wrong_token": true,
	"wrong_environment": true, "clock_skew": true, "assertion_invalid": true, "user_credentials": true,
	"policy": true, "server_state": true, "other": true,
}

// A source is an address, or a repository with a path in it.
var source = regexp.MustCompile(`^(https?://\S|[\w.-]+/[\w.-]+)`)

// A misspelt member would be dropped without a word.
func TestNoFileHasAMemberThatNobodyReads(t *testing.T) {
	for _, name := range Names() {
		text, err := files.ReadFile("providers/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		file := struct {
			*Provider
			Wordings []Wording `json:"wordings"`
		}{Provider: new(Provider)}
		d := json.NewDecoder(bytes.NewReader(text))
		d.DisallowUnknownFields()
		if err := d.Decode(&file); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if d.More() {
			t.Errorf("%s: more than one value", name)
		}
		p, _ := Find(name)
		if len(p.Wordings()) != len(file.Wordings) {
			t.Errorf("%s: the wordings are not the last member, which begins with %q", name, wordingsBegin)
		}
	}
}

func TestTheCatalogueIsAsLargeAsPromised(t *testing.T) {
	wordings := 0
	for _, p := range All() {
		wordings += len(p.Wordings())
	}
	if len(All()) < 80 || wordings < 800 {
		t.Errorf("%d providers with %d wordings; want 80 with 800", len(All()), wordings)
	}
}

func TestEveryProviderIsWhole(t *testing.T) {
	names := make(map[string]string)
	month := regexp.MustCompile(`^20[0-9]{2}-(0[1-9]|1[0-2])$`)
	for _, p := range All() {
		t.Run(p.Name, func(t *testing.T) {
			if !regexp.MustCompile(`^[a-z0-9-]+$`).MatchString(p.Name) || !slices.Contains(Names(), p.Name) || p.Title == "" {
				t.Errorf("name %q, title %q", p.Name, p.Title)
			}
			for _, n := range append([]string{p.Name}, p.Aliases...) {
				if other, taken := names[squeeze(n)]; taken && other != p.Name || squeeze(n) == "" {
					t.Errorf("%q is taken by %s", n, other)
				}
				names[squeeze(n)] = p.Name
				if got, ok := Find(n); !ok || got.Name != p.Name {
					t.Errorf("Find(%q) does not find it", n)
				}
			}
			if p.Base != "" {
				if base, ok := Find(p.Base); !ok || base.Name != p.Base || base.Base == p.Name {
					t.Errorf("base %q", p.Base)
				}
			}
			for _, u := range []string{p.Console, p.Docs} {
				if u, err := url.Parse(u); err != nil || u.String() != "" && (u.Scheme != "https" || u.Host == "") {
					t.Errorf("%q is no https URL", u)
				}
			}
			for _, u := range []string{p.Endpoints.Authorization, p.Endpoints.Token, p.Endpoints.Discovery,
				p.Endpoints.Revocation, p.Endpoints.Userinfo, p.Endpoints.Issuer, p.Endpoints.TokenSandbox} {
				if u != "" && !strings.HasPrefix(u, "https://") && !strings.HasPrefix(u, "{") || strings.ContainsAny(u, " ()") {
					t.Errorf("endpoint %q", u)
				}
			}
			if p.CodeLifetime < 0 || p.CodeLifetime > 3600 || p.CodeLifetime > 0 && p.CodeLifetimeSource == "" {
				t.Errorf("code_lifetime_s is %d, which must be at most 3600 and have a code_lifetime_source; it has %q", p.CodeLifetime, p.CodeLifetimeSource)
			}
			if len(p.Sources) == 0 || !month.MatchString(p.Checked) {
				t.Errorf("sources %q, checked %q", p.Sources, p.Checked)
			}
			for _, q := range p.Quirks {
				if q.Text == "" || q.Source != "" && !source.MatchString(q.Source) {
					t.Errorf("quirk %q from %q", q.Text, q.Source)
				}
			}
		})
	}
}

func TestEveryWordingIsWhole(t *testing.T) {
	evidence := map[string]bool{"source": true, "docs": true, "sdk enum": true, "sdk test": true, "reported": true, "unverified": true}
	eachRow(t, func(t *testing.T, _ *Provider, w Wording) {
		sum := 0.0
		for id, share := range w.Causes {
			if !causes[id] || share <= 0 || share > 1 {
				t.Errorf("cause %q: %v", id, share)
			}
			sum += share
		}
		if math.Abs(sum-1) > 1e-9 {
			t.Errorf("the shares of the causes sum to %v, and must to 1", sum)
		}
		if !source.MatchString(w.Source) {
			t.Errorf("the source %q is no URL, and no owner/repository with a file", w.Source)
		}
		if !evidence[w.Evidence] {
			t.Errorf("the evidence %q is none of %v", w.Evidence, slices.Sorted(maps.Keys(evidence)))
		}
		if w.Checked == "" {
			t.Errorf("neither the wording nor the file has checked")
		}
		if w.Text != "" && w.Pattern != "" {
			t.Error("both text and pattern")
		}
		if w.Text == "" && w.Pattern == "" && w.Mark == "" && w.Error == "" {
			t.Error("nothing to know it by")
		}
		if w.Status != 0 && (w.Status < 200 || w.Status > 599) || len(w.Error) > 40 || strings.ContainsAny(w.Error, ":\n") {
			t.Errorf("status %d, error %q", w.Status, w.Error)
		}
		switch w.Grant {
		case "", "authorization_code", "refresh_token", "password", "jwt_bearer", "client_credentials",
			"device_code", "token_exchange", "interaction_code":
		default:
			t.Errorf("grant %q", w.Grant)
		}
		if w.Pattern != "" {
			need, err := literal(w.Pattern)
			if err != nil || len(need) < 5 {
				t.Errorf("pattern %q needs %q: %v", w.Pattern, need, err)
			}
			if at := find(w.Pattern, w.Example); at == nil || at[0] == at[1] || !strings.Contains(strings.ToLower(w.Example), need) {
				t.Errorf("pattern %q does not match its example %q", w.Pattern, w.Example)
			}
		}
	})
}

// A row that another of the same provider always beats is a mistake.
func TestEveryRowIsFoundByItsOwnAnswer(t *testing.T) {
	eachRow(t, func(t *testing.T, p *Provider, w Wording) {
		text := w.Text
		if w.Pattern != "" {
			text = w.Example
		}
		hits := Match(Query{Provider: p.Name, Error: w.Error, Description: text, Grant: w.Grant, Status: w.Status, Words: w.Mark})
		if len(hits) == 0 || !hits[0].Named || hits[0].Provider.Name != p.Name {
			t.Fatalf("not found by %q; %d hits", text, len(hits))
		}
		if w.Text != "" && !hits[0].Exact {
			t.Error("not exact")
		}
		for id := range w.Causes {
			if hits[0].Causes[id] == 0 {
				t.Errorf("found %+v, which lacks %s", *hits[0].Wording, id)
			}
		}
		if len(hits[0].Causes) != len(w.Causes) {
			t.Errorf("found %v, want %v", hits[0].Causes, w.Causes)
		}
	})
}

func TestNoAnswerStandsTwice(t *testing.T) {
	for _, p := range All() {
		seen := make(map[string]bool)
		for _, w := range p.Wordings() {
			id := strings.Join([]string{fold(w.Text), w.Pattern, fold(w.Mark), w.Error, w.Grant}, "|")
			if seen[id] {
				t.Errorf("%s: %s twice", p.Name, id)
			}
			seen[id] = true
		}
	}
}

func TestEveryFingerprintKnowsItsExample(t *testing.T) {
	for _, f := range table[printed](t, "fingerprints.json") {
		if _, ok := Find(f.Provider); !ok || f.Why == "" {
			t.Errorf("%q, %q", f.Provider, f.Why)
		}
		if name, _ := Identify(f.Example); name != f.Provider {
			t.Errorf("Identify(%q) = %q, want %q", f.Example, name, f.Provider)
		}
	}
}

func eachRow(t *testing.T, check func(*testing.T, *Provider, Wording)) {
	for _, p := range All() {
		for _, w := range p.Wordings() {
			t.Run(p.Name+"/"+w.Error+"/"+w.Text+w.Pattern+w.Mark, func(t *testing.T) { check(t, p, w) })
		}
	}
}
