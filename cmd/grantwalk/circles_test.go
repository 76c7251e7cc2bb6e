package main

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// uses are, for each file of a package, the other files whose names it uses. Methods
// and fields belong to the file of their type: a type may be used before its methods.
func uses(t *testing.T, p pkg) map[string]map[string]bool {
	t.Helper()
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	conf := types.Config{Importer: importer.ForCompiler(fset, "source", nil), FakeImportC: true, Error: func(error) {}}
	self, err := conf.Check(p.ImportPath, fset, files, info)
	if err != nil {
		t.Fatalf("%s: %v", p.ImportPath, err)
	}
	file := func(pos token.Pos) string { return filepath.Base(fset.Position(pos).Filename) }
	out := map[string]map[string]bool{}
	for id, object := range info.Uses {
		if object.Pkg() != self || object.Parent() != self.Scope() {
			continue // of another package, or no name of the package's own scope
		}
		from, to := file(id.Pos()), file(object.Pos())
		if from == to {
			continue
		}
		if out[from] == nil {
			out[from] = map[string]bool{}
		}
		out[from][to] = true
	}
	return out
}

// circles are the files that reach themselves.
func circles(uses map[string]map[string]bool) [][]string {
	reach := func(from string) map[string]bool {
		seen, next := map[string]bool{}, []string{from}
		for len(next) > 0 {
			file := next[0]
			next = next[1:]
			for to := range uses[file] {
				if !seen[to] {
					seen[to] = true
					next = append(next, to)
				}
			}
		}
		return seen
	}
	var out [][]string
	done := map[string]bool{}
	for file := range uses {
		if done[file] || !reach(file)[file] {
			continue
		}
		circle := []string{file}
		for other := range reach(file) {
			if other != file && reach(other)[file] {
				circle = append(circle, other)
			}
		}
		for _, f := range circle {
			done[f] = true
		}
		slices.Sort(circle)
		out = append(out, circle)
	}
	return out
}

// TestTheFilesOfTheDiagnosisRunInNoCircle: within a package too, a file builds on those
// before it, so that a person can read it from one end.
func TestTheFilesOfTheDiagnosisRunInNoCircle(t *testing.T) {
	if testing.Short() || underRace {
		t.Skip("it checks the types of all packages from their source")
	}
	for _, p := range packages(t) {
		if !under(p.path(), "diagnose") {
			continue
		}
		for _, circle := range circles(uses(t, p)) {
			t.Errorf("%s: %s", p.path(), strings.Join(circle, " ⇄ "))
		}
	}
}

func TestACircleOfFilesIsFound(t *testing.T) {
	files := map[string]map[string]bool{"a": {"b": true}, "b": {"c": true}, "c": {"b": true, "d": true}, "d": nil}
	if got := fmt.Sprint(circles(files)); got != "[[b c]]" {
		t.Error(got)
	}
}
