package lazy

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp/syntax"
	"strconv"
	"strings"
	"testing"

	"example.com/grantwalk/diagnose/internal/literal"
)

// Where a word is missing, a text that matches would be passed over.
func TestEveryMatchHoldsOneOfTheWords(t *testing.T) {
	n := 0
	err := filepath.WalkDir("../..", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(node ast.Node) bool {
			call, ok := node.(*ast.CallExpr)
			if !ok {
				return true
			}
			called, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || called.Sel.Name != "Where" {
				return true
			}
			var texts []string
			for _, argument := range call.Args {
				text, err := strconv.Unquote(argument.(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				texts = append(texts, text)
			}
			re, err := syntax.Parse(texts[0], syntax.Perl)
			if err != nil {
				t.Fatal(err)
			}
			for _, word := range texts[1:] {
				if word != strings.ToLower(word) {
					t.Errorf("%s: %q is not in lower case", path, word)
				}
			}
			if !literal.HoldsOneOf(re, texts[1:]) {
				t.Errorf("%s: %s may match without one of %q", path, texts[0], texts[1:])
			}
			n++
			return true
		})
		return nil
	})
	if err != nil || n == 0 {
		t.Fatalf("%d expressions, %v", n, err)
	}
}

func TestNothingIsFoundWithoutTheWords(t *testing.T) {
	find := Where(`(?i)a+b`, "ab")
	for text, want := range map[string]string{"xAAb": "AAb", "aa": "", "": "", "x": ""} {
		if got := find(text).FindString(text); got != want {
			t.Errorf("%q: found %q, not %q", text, got, want)
		}
	}
	if nothing().MatchString("") || nothing().MatchString("a b\n") {
		t.Error("there is something in which nothing is found")
	}
}
