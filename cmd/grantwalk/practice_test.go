package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"example.com/grantwalk/flow"
)

// A reader that has stopped in the middle: less, or a program that waits for
// something else.
func TestAReaderWhoStopsReadingStopsNeitherThePracticeServerNorItsEnd(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	out, in := io.Pipe() // holds nothing back: each write waits for its reader
	defer out.Close()
	served := make(chan error, 1)
	go func() { served <- (&practiceFlags{listen: "127.0.0.1:0"}).serve(ctx, in) }()
	lines := bufio.NewScanner(out)
	until := func(prefix string) (text string, requests int) {
		for lines.Scan() {
			if strings.Contains(lines.Text(), "  GET  /jwks") {
				requests++
			}
			if strings.HasPrefix(lines.Text(), prefix) {
				return strings.TrimPrefix(lines.Text(), prefix), requests
			}
		}
		t.Fatalf("no line begins with %q", prefix)
		return "", 0
	}
	issuer, _ := until("  issuer                  ")
	until("Requests:")
	ask := func() {
		resp, err := http.Get(issuer + "/jwks")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}

	const asked = maxWaiting + 20
	for range asked {
		ask()
	}
	const note = "requests left out here, because nobody read their lines: "
	shown := 0
	for shown < maxWaiting { // and then there is room again
		lines.Scan()
		shown++
	}
	ask()
	told, more := until(note)
	if left := fmt.Sprint(asked - shown - more); told != left {
		t.Errorf("said to have left out %s, and %s are not there", told, left)
	}

	for range 3 { // which nobody reads
		ask()
	}
	interrupt()
	if e := new(ended); !errors.As(<-served, e) || e.kind != flow.Interrupted {
		t.Errorf("ended with %v", e)
	}
}

func TestTheExampleOfThePracticeServerCanBePastedWhateverItsAddressIs(t *testing.T) {
	for issuer, want := range map[string]string{
		"http://127.0.0.1:9096": "\n  grantwalk walk --issuer http://127.0.0.1:9096 --client-id demo-public\n",
		"http://[::1]:9096":     "\n  grantwalk walk --issuer 'http://[::1]:9096' --client-id demo-public\n",
	} {
		if text := announcement(issuer); !strings.Contains(text, want) {
			t.Errorf("%s:\n%s", issuer, text)
		}
	}
}
