package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/flow/record"
	"example.com/grantwalk/tui/usage"
)

// saved saves a walk that has not begun, as run does.
func saved(path string) error {
	k, err := newKeeper(path, false)
	if err != nil {
		return err
	}
	w, err := flow.New(flow.Config{Issuer: "https://as.example", ClientID: "demo-app"})
	if err != nil {
		return err
	}
	k.keep(w)
	return k.err
}

func TestSaveDoesNotFollowALinkThatAnotherUserPlanted(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can make a link that belongs to another user")
	}
	dir, home := t.TempDir(), t.TempDir()
	path, target := filepath.Join(dir, "walk.json"), filepath.Join(home, "authorized_keys")
	err := errors.Join(
		os.Chmod(dir, 0o777|fs.ModeSticky), os.WriteFile(target, []byte("precious"), 0o600),
		os.Symlink(target, path), os.Lchown(path, 65534, 65534),
		os.Symlink(home, filepath.Join(dir, "sub")), os.Lchown(filepath.Join(dir, "sub"), 65534, 65534),
	)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		path: "it is a link that belongs to another user (uid 65534)",
		filepath.Join(dir, "sub", "authorized_keys"): filepath.Join(dir, "sub") + " is a link that belongs to another user",
		filepath.Join(dir, "sub", "new.json"):        filepath.Join(dir, "sub") + " is a link that belongs to another user",
	} {
		var usage *usage.Error
		if err := saved(path); !errors.As(err, &usage) || !strings.Contains(usage.Problem, want) || usage.Remedy == "" {
			t.Errorf("--save %s: %v, want %q with a remedy", path, err, want)
		}
	}
	if text, err := os.ReadFile(target); err != nil || string(text) != "precious" {
		t.Errorf("what the link leads to is now %q, %v", text, err)
	}
	if entries, _ := os.ReadDir(home); len(entries) != 1 {
		t.Errorf("the directory that the link leads to has %v", entries)
	}
}

func TestSaveDoesNotReplaceAReadOnlyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "walk.json")
	if err := errors.Join(os.WriteFile(path, []byte("precious"), 0o600), os.Chmod(path, 0o400)); err != nil {
		t.Fatal(err)
	}
	if err := saved(path); err == nil || !strings.Contains(err.Error(), "it is read-only") {
		t.Errorf("the error is %v", err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "precious" {
		t.Errorf("the file is now %q, %v", text, err)
	}
}

func TestAWalkThatWasLeftReplacesNoWalkThatEnded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "walk.json")
	k, err := newKeeper(path, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, walk := range []struct {
		ended flow.Kind
		saved string // the outcome in the file
		says  string
	}{
		{flow.GoOn, "interrupted", "The transcript is in " + path + "."},
		{flow.Refused, "refused", "The transcript is in " + path + "."},
		{flow.GoOn, "refused", "The transcript in " + path + " is of the walk before: the last walk was left before its end."},
		{flow.Interrupted, "refused", "The transcript in " + path + " is of the walk before: the last walk was left before its end."},
		{flow.GotTokens, "tokens", "The transcript is in " + path + "."},
	} {
		w, err := flow.New(flow.Config{Issuer: "https://as.example", ClientID: "demo-app"})
		if err != nil {
			t.Fatal(err)
		}
		w.Last.Kind = walk.ended
		w.Transcript.Event(record.Message{Step: flow.StepSetUp}, nil)
		k.keep(w)
		if body, err := os.ReadFile(path); err != nil || k.err != nil || !strings.Contains(string(body), `"outcome": "`+walk.saved+`"`) {
			t.Errorf("after a walk that ended with %q the file does not hold one that ended with %q (%v, %v)", walk.ended, walk.saved, err, k.err)
		}
		if got := k.where(); got != walk.says {
			t.Errorf("it says %q, want %q", got, walk.says)
		}
	}
}

func TestTheTranscriptOfAnEarlierRunIsReplacedByAWalkThatCameAsFarOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "walk.json")
	for _, c := range []struct {
		name     string
		ended    flow.Kind
		kinds    []exchange.Kind // of the messages
		replaces bool
		says     string
	}{
		{"nothing was sent", flow.GoOn, nil, false, path + " is unchanged: the walk was left before it sent anything."},
		{"left at the login", flow.Interrupted, []exchange.Kind{exchange.Metadata}, false, path + " is unchanged: the walk was left before its token request."},
		{"left after the token request", flow.Interrupted, []exchange.Kind{exchange.Token}, true, "The transcript is in " + path + "."},
		{"ended before the token request", flow.Denied, []exchange.Kind{exchange.Metadata}, true, "The transcript is in " + path + "."},
	} {
		if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
			t.Fatal(err)
		}
		k, err := newKeeper(path, false)
		if err != nil {
			t.Fatal(err)
		}
		w, err := flow.New(flow.Config{Issuer: "https://as.example", ClientID: "demo-app"})
		if err != nil {
			t.Fatal(err)
		}
		w.Last.Kind = c.ended
		for _, kind := range c.kinds {
			w.Transcript.Event(record.Message{Step: flow.StepExchange, Kind: kind}, nil)
		}
		k.keep(w)
		if text, err := os.ReadFile(path); err != nil || (string(text) != "precious") != c.replaces {
			t.Errorf("%s: the file holds %.30q, %v", c.name, text, err)
		}
		if got := k.where(); got != c.says {
			t.Errorf("%s: it says %q, want %q", c.name, got, c.says)
		}
	}
}
