// Command causes writes docs/causes: a page for each cause, made of its
// declaration, its text, the catalogue's wordings and the checklist's questions,
// so that the pages never say anything else than the program.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/catalogue"
	"example.com/grantwalk/diagnose/causes"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: causes FOLDER")
		os.Exit(2)
	}
	for name, text := range pages() {
		if err := os.WriteFile(filepath.Join(os.Args[1], name), []byte(text), 0o644); err != nil {
			fmt.Fprintln(os.Stderr, "causes:", err)
			os.Exit(1)
		}
	}
}

// made is the first line of every page.
const made = "<!-- Made by go generate ./diagnose. Do not edit: the text is in diagnose/causes, the wordings in diagnose/catalogue/providers. -->\n"

// pages are the files by their names.
func pages() map[string]string {
	index := &strings.Builder{}
	fmt.Fprintf(index, "%s\n# The causes\n\nWhat can be behind `invalid_grant`, and what some servers say in its place. The ids are fixed: reports, `--twist`\nand `explain --json` hold them.\n\n| id | what happened |\n|---|---|\n", made)
	out := map[string]string{}
	for _, c := range causes.All() {
		out[string(c.ID)+".md"] = page(c)
		fmt.Fprintf(index, "| [`%s`](%s.md) | %s |\n", c.ID, c.ID, c.Title)
	}
	out["README.md"] = index.String()
	return out
}

func page(c *causes.Cause) string {
	b := &strings.Builder{}
	fmt.Fprintf(b, "%s\n# %s\n\n`%s` · %s\n\n%s", made, strings.ToUpper(c.Title[:1])+c.Title[1:], c.ID, c.Cites,
		strings.TrimRight(causes.Explain(c.ID), "\n"))
	b.WriteString("\n")
	questions(b, c.ID)
	wordings(b, c.ID)
	return b.String()
}

func questions(b *strings.Builder, id diagnose.ID) {
	list := diagnose.About(id)
	if len(list) == 0 {
		return
	}
	b.WriteString("\n## Questions that tell it from the others\n\n")
	for _, q := range list {
		fmt.Fprintf(b, "- %s To find out: %s.\n", q.Ask, strings.TrimSuffix(q.How, "."))
	}
}

// Bounds of the list of answers: a cause's page shows where it is what the
// answer usually means, and not every server there is.
const (
	usual       = 0.5
	mostAnswers = 25
)

type said struct {
	provider *catalogue.Provider
	wording  *catalogue.Wording
	share    float64
}

func wordings(b *strings.Builder, id diagnose.ID) {
	var list []said
	for _, p := range catalogue.All() {
		for i := range p.Wordings() {
			w := &p.Wordings()[i]
			if share := w.Causes[string(id)]; share >= usual && text(w) != "" {
				list = append(list, said{p, w, share})
			}
		}
	}
	if len(list) == 0 {
		return
	}
	slices.SortStableFunc(list, func(a, b said) int {
		switch {
		case a.share != b.share:
			if a.share > b.share {
				return -1
			}
			return 1
		}
		return strings.Compare(a.provider.Name, b.provider.Name)
	})
	fmt.Fprintf(b, "\n## Answers that usually mean it\n\n")
	if len(list) > mostAnswers {
		fmt.Fprintf(b, "%d of the catalogue's %d.\n\n", mostAnswers, len(list))
		list = list[:mostAnswers]
	}
	b.WriteString("| provider | error | text | share of cases |\n|---|---|---|---|\n")
	for _, s := range list {
		fmt.Fprintf(b, "| %s | %s | %s | %.0f %% |\n", s.provider.Title, cell(s.wording.Error), whole(s.wording), s.share*100)
	}
}

func text(w *catalogue.Wording) string {
	if w.Text != "" {
		return w.Text
	}
	return w.Example
}

// whole is the text with the mark that tells it from others like it.
func whole(w *catalogue.Wording) string {
	if w.Mark != "" && !strings.Contains(text(w), w.Mark) {
		return cell(text(w)) + " with " + cell(w.Mark)
	}
	return cell(text(w))
}

// cell is text in a table: one line, no bar, nothing that Markdown would take
// for a sign.
func cell(s string) string {
	if s == "" {
		return ""
	}
	s = strings.Join(strings.Fields(s), " ")
	return "`" + strings.NewReplacer("|", "\\|", "`", "'").Replace(s) + "`"
}
