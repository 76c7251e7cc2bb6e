package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// What is larger than this says why in its comment: "It has many methods because …", "It
// has many fields because …".
const (
	mostMethods = 25
	mostFields  = 20
)

func TestATypeOfManyMethodsOrFieldsSaysWhy(t *testing.T) {
	seen := 0
	for _, p := range packages(t) {
		if !under(p.path(), "diagnose") && !under(p.path(), "flow") {
			continue
		}
		methods, fields, comments := typeSizes(t, p)
		for name, comment := range comments {
			seen++
			comment = strings.Join(strings.Fields(comment), " ")
			if n := methods[name]; n > mostMethods && !strings.Contains(comment, "has many methods because") {
				t.Errorf("%s.%s has %d methods, more than %d", p.path(), name, n, mostMethods)
			}
			if n := fields[name]; n > mostFields && !strings.Contains(comment, "has many fields because") {
				t.Errorf("%s.%s has %d fields, more than %d", p.path(), name, n, mostFields)
			}
		}
	}
	if seen < 100 {
		t.Errorf("only %d types were found", seen)
	}
}

// typeSizes are, by the names of a package's types, how many methods and fields each has, and
// its comment.
func typeSizes(t *testing.T, p pkg) (methods, fields map[string]int, comments map[string]string) {
	t.Helper()
	methods, fields, comments = map[string]int{}, map[string]int{}, map[string]string{}
	for _, name := range p.GoFiles {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv != nil {
					methods[receiver(d.Recv.List[0].Type)]++
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if s, ok := spec.(*ast.TypeSpec); ok {
						comments[s.Name.Name] = d.Doc.Text() + s.Doc.Text()
						if s, isStruct := s.Type.(*ast.StructType); isStruct {
							fields[spec.(*ast.TypeSpec).Name.Name] = s.Fields.NumFields()
						}
					}
				}
			}
		}
	}
	return methods, fields, comments
}

// receiver is the name of a receiver's type.
func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}
