package usage

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"example.com/grantwalk/flow"
)

// codes are all constants of type Code in the file.
func codes(t *testing.T, file, typ string) []flow.Code {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var all []flow.Code
	ast.Inspect(parsed, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || spec.Type == nil || len(spec.Values) == 0 {
			return true
		}
		if name := fmt.Sprint(spec.Type); name != typ && !strings.HasSuffix(name, " Code}") {
			return true
		}
		value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, flow.Code(value))
		return true
	})
	return all
}

func TestEveryProblemHasWordsForTheCommandLineAndForTheForm(t *testing.T) {
	all := append(codes(t, "../../flow/problem.go", "Code"), codes(t, "words.go", "&{flow Code}")...)
	if len(all) < 30 {
		t.Fatalf("only %d codes were found: %v", len(all), all)
	}
	onlyFlag := []flow.Code{flow.CodeIssuerAndEndpoints, flow.CodeNegative, NoPreset, Impossible, OnlyPractice}
	for _, code := range all {
		for _, field := range []flow.Field{flow.FieldIssuer, flow.FieldRedirectURI, flow.FieldAuthURL} {
			p := &flow.Problem{Field: field, Code: code, Args: []string{"first", "second"}, Instead: flow.FieldScope}
			if code == flow.CodeBadEndpoint {
				p.Within = &flow.Problem{Field: field, Code: flow.CodeClearText}
			}
			for _, said := range []*Error{Flags(p), Form(p)} {
				if said.Problem == "" || said.Remedy == "" || strings.ContainsAny(said.Problem+said.Remedy, "{}") {
					t.Errorf("%s of %s: %q, %q", code, field, said.Problem, said.Remedy)
				}
			}
			of := false
			for _, c := range onlyFlag {
				of = of || c == code
			}
			if said := Form(p); !of && strings.Contains(strings.ReplaceAll(said.Problem+said.Remedy, "with --insecure", ""), "--") {
				t.Errorf("the form speaks of flags: %q, %q", said.Problem, said.Remedy)
			}
		}
	}
}

func TestAProblemNamesTheFlagToUseInstead(t *testing.T) {
	_, err := flow.New(flow.Config{Issuer: "https://as.example", ClientID: "me", Params: []flow.Pair{{Name: "code_challenge_method", Value: "plain"}}})
	var said *Error
	if err = fmt.Errorf("begin: %w", err); !errors.As(Worded(err), &said) {
		t.Fatalf("%v has no words", err)
	}
	if said.Error() != `--param "code_challenge_method": the walk sets this parameter itself` || said.Hint() != "use --pkce" {
		t.Errorf("%s; %s", said, said.Hint())
	}
	_, err = flow.New(flow.Config{AuthURL: "https://as.example/a?resource=x", TokenURL: "https://as.example/t", ClientID: "me"})
	if !errors.As(Worded(err), &said) || !strings.Contains(said.Hint(), "use --param resource=…") {
		t.Errorf("%v", said)
	}
}

func TestAProblemOfADiscoveredEndpointSaysWhichAndWhy(t *testing.T) {
	p := &flow.Problem{Field: flow.FieldIssuer, Value: "https://as.example", Code: flow.CodeBadEndpoint, Args: []string{"token_endpoint", "http://as.example/token"}, Within: &flow.Problem{Field: flow.FieldIssuer, Code: flow.CodeUnderHTTPS}}
	said := Flags(p)
	for _, want := range []string{`its token_endpoint "http://as.example/token": http under an https issuer`, "--insecure does not allow that"} {
		if !strings.Contains(said.Problem, want) {
			t.Errorf("%q does not say %q", said.Problem, want)
		}
	}
	if !strings.HasPrefix(said.Remedy, "ask the provider") || strings.Contains(Form(p).Problem, "--") {
		t.Errorf("%q, %q", said.Remedy, Form(p).Problem)
	}
}

func TestAnotherErrorIsReturnedAsItIs(t *testing.T) {
	if err := errors.New("x"); !errors.Is(Worded(err), err) {
		t.Error("it was changed")
	}
}

func TestAParameterOfTheClientSecretNamesItsFlag(t *testing.T) {
	_, err := flow.New(flow.Config{AuthURL: "https://as.example/a", TokenURL: "https://as.example/t?client_secret=x", ClientID: "me"})
	var said *Error
	if !errors.As(Worded(err), &said) || !strings.Contains(said.Hint(), "use --client-secret-file") {
		t.Errorf("%v", said)
	}
}
