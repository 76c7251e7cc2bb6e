// Package plain is the walk line by line, for pipes, CI and screen readers. It
// prints what the screens show, in the same words, and asks nothing.
package plain

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/tui/session"
	"example.com/grantwalk/tui/ui"
	"example.com/grantwalk/tui/usage"
)

// Options are what the flags said, and where the lines go.
type Options struct {
	Session session.Options
	JSON    bool // one document on Out, at the end; the lines go to Err
	Reveal  bool // secrets in the lines; with JSON, tokens in that document alone

	In       io.Reader // where a pasted address comes from; nil: nowhere
	Out, Err io.Writer
	Live     bool // Err is a terminal: progress rewrites its own line
	Glyphs   ui.Glyphs
}

// Run walks until the flow or ctx ends. An error is a setting that could not be
// used, a [*flow.Problem], or an Out that takes no more.
func Run(ctx context.Context, o Options) (flow.Outcome, error) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	s, err := session.Open(o.Session)
	if err != nil {
		return flow.Outcome{}, err
	}
	defer s.Close()
	lines := o.Out
	if o.JSON {
		lines = o.Err
	}
	w := &walker{
		Session: s, printer: printer{out: lines, glyphs: o.Glyphs, reveal: o.Reveal && !o.JSON}, options: o.Session,
		progress: progress{out: o.Err, live: o.Live}, in: o.In, ticks: ticker.C,
	}
	outcome, err := w.walk(ctx)
	if err == nil && o.JSON {
		if err = s.Walk.Result(o.Reveal).WriteJSON(o.Out); err != nil {
			err = fmt.Errorf("print the result: %w", err)
		}
	}
	if err == nil && w.err != nil {
		err = fmt.Errorf("print the walk: %w", w.err)
	}
	return outcome, err
}

// A walker takes the steps and prints the messages. Everything is printed from
// the goroutine that calls walk.
type walker struct {
	*session.Session
	printer
	progress progress
	options  session.Options
	in       io.Reader
	ticks    <-chan time.Time

	pasted  <-chan line // nil before the callback is waited for, and after In has ended
	refused int         // lines that were not accepted
	took    bool        // a line was accepted: the input is no longer needed
	begun   string      // a URL that was not accepted: its rest may be in the next lines

	exchanged <-chan taken // what comes of the exchange, which begins before the callback is printed
}

func (w *walker) walk(ctx context.Context) (flow.Outcome, error) {
	w.heading(w.Walk.Config, w.options.Practice)
	var outcome flow.Outcome
	for _, step := range flow.Steps {
		w.step(step)
		if step == flow.StepCallback {
			sent := w.Walk.Transcript.Messages()
			w.authorizationURL(w.Walk.Request, sent[len(sent)-1], w.options.Browser)
		}
		var err error
		if outcome, err = w.take(ctx, step); err != nil {
			return flow.Outcome{}, err
		}
		w.found(step, w.Walk)
		if outcome.Kind != flow.GoOn {
			break
		}
	}
	w.summary(w.Walk, outcome)
	return outcome, nil
}

type taken struct {
	outcome flow.Outcome
	err     error
	changes []flow.Change // what the twist will change in the next step's request
}

// take prints the messages of a step while it is taken.
func (w *walker) take(ctx context.Context, step flow.Step) (flow.Outcome, error) {
	outer := ctx
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	done := w.exchanged
	if step == flow.StepExchange {
		w.news(w.Walk.Transcript, step) // its request, which may be under way
	} else {
		done = w.begin(ctx, outer, step)
	}
	if step == flow.StepCallback && w.in != nil {
		w.pasted = readLines(ctx, w.in)
	}
	w.progress.begin(waitingFor(step), time.Now())
	for {
		select {
		case t := <-done:
			w.progress.end()
			w.changes = append(w.changes, t.changes...)
			if step == flow.StepCallback && t.outcome.Kind == flow.GoOn {
				time.Sleep(printingCanWait)
			}
			w.news(w.Walk.Transcript, step)
			if cause := (*flow.Problem)(nil); errors.As(context.Cause(ctx), &cause) {
				t.err = cause
			}
			return t.outcome, t.err
		case <-w.Walk.Transcript.Changed():
			w.progress.clear()
			w.news(w.Walk.Transcript, step)
		case now := <-w.ticks:
			w.progress.tick(now)
		case l, ok := <-w.pasted:
			w.progress.clear()
			if ok {
				w.paste(l)
			}
			if ok && w.refused < maxRefused {
				continue
			}
			if w.pasted = nil; !w.took && w.Walk.Request.Redirect.Paste != "" {
				cancel(w.nobodyPastes(ok))
			}
		}
	}
}

// printingCanWait is a time that nobody notices, and in which the token request is sent:
// otherwise both would want the processor.
const printingCanWait = 3 * time.Millisecond

// begin takes a step in the background. The exchange follows the callback at once, before
// anything is printed, because some servers' codes live for seconds. Its context is after.
func (w *walker) begin(ctx, after context.Context, step flow.Step) <-chan taken {
	done, exchanged := make(chan taken, 1), make(chan taken, 1)
	if step == flow.StepCallback {
		w.exchanged = exchanged
	}
	go func() { // ends with the step, for which take or Close waits
		outcome, err := w.Do(ctx, step)
		done <- taken{outcome, err, w.Walk.Changes(step + 1)}
		if step == flow.StepCallback && err == nil && outcome.Kind == flow.GoOn {
			outcome, err := w.Do(after, flow.StepExchange)
			exchanged <- taken{outcome, err, w.Walk.Changes(flow.StepTokens)}
		}
	}()
	return done
}

// paste takes a line of the input for the address that the browser ended on.
func (w *walker) paste(l line) {
	err := l.err
	if err == nil && l.text != "" {
		err = w.pasteURL(l.text)
		w.took = w.took || err == nil
	}
	if err != nil {
		w.refused++
		w.printf("   not taken: %s. Still waiting.\n", err)
	}
}

// pasteURL takes a line as a URL, or as the rest of the one before: terminals and mail break
// long ones.
func (w *walker) pasteURL(text string) error {
	if err := w.Walk.Paste(text); err == nil || strings.Contains(text, "://") || len(w.begun) > maxPaste {
		w.begun = text
		return err
	}
	w.begun += text
	return w.Walk.Paste(w.begun)
}

// nobodyPastes is why there will be no answer at all.
func (w *walker) nobodyPastes(more bool) error {
	redirect, why := w.Walk.Request.Redirect, "standard input has ended"
	if more {
		why = strconv.Itoa(w.refused) + " lines of standard input were not a URL"
	}
	return &flow.Problem{Field: flow.FieldRedirectURI, Value: safe.RedirectURI(redirect.URI).String(), Code: usage.NobodyPastes, Args: []string{redirect.Paste, why}}
}

const (
	maxPaste   = 64 << 10 // bytes: more than any address that a browser shows
	maxRefused = 20       // lines: who sends so many is no person
)

// A line is one of the input.
type line struct {
	text string
	err  error // it was too long, and is not here
}

var errLongLine = fmt.Errorf("a line of more than %d bytes is not a URL", maxPaste)

// readLines reads in until it or ctx ends. A read that waits for a terminal
// cannot be called off: then the goroutine ends with the program.
func readLines(ctx context.Context, in io.Reader) <-chan line {
	lines := make(chan line)
	go func() {
		defer close(lines)
		for r := bufio.NewReaderSize(in, maxPaste); ; {
			l, err := readLine(r)
			if err != nil && l == (line{}) {
				return
			}
			select {
			case lines <- l:
			case <-ctx.Done():
				return
			}
		}
	}()
	return lines
}

// readLine reads to the end of the line, however far that is.
func readLine(r *bufio.Reader) (line, error) {
	piece, err := r.ReadSlice('\n')
	l := line{text: strings.TrimRight(string(piece), "\r\n")}
	for errors.Is(err, bufio.ErrBufferFull) {
		l = line{err: errLongLine}
		_, err = r.ReadSlice('\n')
	}
	return l, err
}
