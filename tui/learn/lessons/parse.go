package lessons

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A reader goes through a file line by line.
type reader struct {
	file   string
	lines  []string
	at     int
	lesson Lesson
}

// Parse reads a lesson. An error names file and line.
func Parse(file, body string) (Lesson, error) {
	r := &reader{file: file, lines: strings.Split(strings.TrimRight(body, "\n"), "\n"), lesson: Lesson{File: file}}
	if err := r.frontMatter(); err != nil {
		return Lesson{}, err
	}
	for r.at < len(r.lines) {
		if strings.TrimSpace(r.lines[r.at]) == "" {
			r.at++
			continue
		}
		page, err := r.page()
		if err != nil {
			return Lesson{}, err
		}
		r.lesson.Pages = append(r.lesson.Pages, page)
	}
	if err := r.lesson.check(); err != nil {
		return Lesson{}, err
	}
	return r.lesson, nil
}

func (r *reader) errorf(format string, args ...any) error {
	return problem(r.file, r.at+1, format, args...)
}

func problem(file string, line int, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %s", file, line, fmt.Sprintf(format, args...))
}

// frontMatter reads "name: value" between two lines of three hyphens.
func (r *reader) frontMatter() error {
	if r.lines[0] != "---" {
		return r.errorf("the file has to begin with ---, and then name, title and minutes")
	}
	for r.at = 1; r.at < len(r.lines) && r.lines[r.at] != "---"; r.at++ {
		name, value, ok := strings.Cut(r.lines[r.at], ":")
		value = strings.TrimSpace(value)
		if !ok || value == "" {
			return r.errorf("%q is no setting: write name: value", r.lines[r.at])
		}
		switch name {
		case "name":
			r.lesson.Name = value
		case "title":
			r.lesson.Title = value
		case "minutes":
			n, err := strconv.Atoi(value)
			if err != nil || n < 1 {
				return r.errorf("minutes are a number, not %q", value)
			}
			r.lesson.Minutes = n
		case "needs":
			r.lesson.Needs = commas(value)
		default:
			return r.errorf("unknown setting %q: there are name, title, minutes and needs", name)
		}
	}
	if r.at == len(r.lines) {
		return r.errorf("the settings do not end: close them with ---")
	}
	if r.lesson.Name == "" || r.lesson.Title == "" || r.lesson.Minutes == 0 {
		return r.errorf("name, title or minutes is missing")
	}
	r.at++
	return nil
}

func commas(s string) []string {
	var list []string
	for part := range strings.SplitSeq(s, ",") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

var kinds = []Kind{Explain, Predict, Do, See, Why, OnCall}

// page reads from a heading to the next one.
func (r *reader) page() (Page, error) {
	heading, ok := strings.CutPrefix(r.lines[r.at], "## ")
	if !ok {
		return Page{}, r.errorf("%q stands before the first page: a page begins with ## and its kind, as in ## explain: Title", r.lines[r.at])
	}
	kind, title, ok := strings.Cut(heading, ":")
	p := Page{Kind: Kind(kind), Title: strings.TrimSpace(title), Line: r.at + 1}
	if !ok || !slices.Contains(kinds, p.Kind) || p.Title == "" {
		return Page{}, r.errorf("%q is no heading of a page: write ## KIND: TITLE, with a KIND of explain, predict, do, see, why or on-call", heading)
	}
	var body, after strings.Builder // + would copy the page for each of its lines
	text := &body
	for r.at++; r.at < len(r.lines) && !strings.HasPrefix(r.lines[r.at], "## "); r.at++ {
		line := r.lines[r.at]
		var err error
		switch {
		case strings.HasPrefix(line, "do: "):
			err = r.action(&p, line[len("do: "):])
			text = &after
		case strings.HasPrefix(line, "show: "):
			err = r.show(&p, line[len("show: "):])
			text = &after
		case strings.HasPrefix(line, "- [") && p.Kind == Predict:
			err = r.answer(&p)
		case strings.HasPrefix(line, "case: "):
			err = r.onCall(&p, line[len("case: "):])
		default:
			text.WriteString(line + "\n")
		}
		if err != nil {
			return Page{}, err
		}
	}
	p.Body, p.After = strings.TrimSpace(body.String()), strings.TrimSpace(after.String())
	return p, nil
}

// action reads "exchange twist=pkce_mismatch".
func (r *reader) action(p *Page, text string) error {
	words := strings.Fields(text)
	switch {
	case p.Kind != Do:
		return r.errorf("do: belongs on a page of the kind do, this one is %q", p.Kind)
	case len(p.Actions) > 0 && p.Actions[0].Verb != Request:
		return r.errorf("only after request may a page do more")
	case len(words) == 0:
		return r.errorf("do: what?")
	}
	a := Action{Verb: words[0], Options: map[string]string{}, Line: r.at + 1}
	for _, w := range words[1:] {
		name, value, ok := strings.Cut(w, "=")
		if !ok {
			return r.errorf("%q is no option: write name=value", w)
		}
		a.Options[name] = value
	}
	p.Actions = append(p.Actions, a)
	return nil
}

// show reads "callback: code, state" or "facts".
func (r *reader) show(p *Page, text string) error {
	if p.Kind != See {
		return r.errorf("show: belongs on a page of the kind see, this one is %q", p.Kind)
	}
	what, params, _ := strings.Cut(text, ":")
	p.Shows = append(p.Shows, Show{What: strings.TrimSpace(what), Params: commas(params), Line: r.at + 1})
	return nil
}

// answer reads "- [x] text" and the lines below it that are further in.
func (r *reader) answer(p *Page) error {
	line := r.lines[r.at]
	a := Answer{Line: r.at + 1, Right: strings.HasPrefix(line, "- [x] ")}
	if !a.Right && !strings.HasPrefix(line, "- [ ] ") {
		return r.errorf("an answer begins with - [ ] or, the right one, with - [x]")
	}
	a.Text = strings.TrimSpace(line[len("- [x] "):])
	var says []string
	for r.at+1 < len(r.lines) && strings.HasPrefix(r.lines[r.at+1], "  ") {
		r.at++
		says = append(says, strings.TrimSpace(r.lines[r.at]))
	}
	a.Says = strings.TrimSpace(strings.Join(says, "\n"))
	p.Answers = append(p.Answers, a)
	return nil
}

// onCall reads "cause: what would tell".
func (r *reader) onCall(p *Page, text string) error {
	cause, tells, _ := strings.Cut(text, ":")
	if p.Kind != OnCall {
		return r.errorf("case: belongs on a page of the kind on-call, this one is %q", p.Kind)
	}
	p.Cases = append(p.Cases, Case{Cause: cause, Tells: strings.TrimSpace(tells)})
	return nil
}
