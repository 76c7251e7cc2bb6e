package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A pkg is a package of this module as the go command lists it.
type pkg struct {
	ImportPath string
	Dir        string
	Doc        string
	Imports    []string
	GoFiles    []string
}

// path is the package's folder from the module's root.
func (p pkg) path() string { return strings.TrimPrefix(p.ImportPath, "example.com/grantwalk/") }

const root = "../.."

func packages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Dir,Doc,Imports,GoFiles", "./...")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// under reports whether a package is folder or lies in it.
func under(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, folder+"/")
}

// arrows say which folders a folder may use besides itself: the longest folder
// that holds a package decides.
var arrows = map[string][]string{
	"cmd":           {"tui", "flow", "diagnose"},
	"tui":           {"flow", "diagnose"},
	"flow":          {"diagnose"},
	"flow/practice": {"flow", "diagnose"},
	"diagnose":      {},
}

func layer(path string) string {
	found := ""
	for folder := range arrows {
		if under(path, folder) && len(folder) > len(found) {
			found = folder
		}
	}
	return found
}

func TestTheArrowsBetweenPackages(t *testing.T) {
	for _, p := range packages(t) {
		from := layer(p.path())
		if from == "" {
			t.Errorf("%s lies in no folder of docs/architecture.md", p.ImportPath)
			continue
		}
		for _, imported := range p.Imports {
			if !strings.HasPrefix(imported, "example.com/grantwalk/") {
				continue
			}
			to := layer(strings.TrimPrefix(imported, "example.com/grantwalk/"))
			allowed := to == from || slices.ContainsFunc(arrows[from], func(folder string) bool { return under(to, folder) })
			if from == "flow" && to != "flow" {
				allowed = to == "diagnose" // the engine does not know the servers that are built with it
			}
			if !allowed {
				t.Errorf("%s imports %s: an arrow from %s to %s", p.ImportPath, imported, from, to)
			}
		}
	}
}

// rooms are the packages of diagnose, in the order of the one path: what was seen becomes
// exchanges, exchanges become evidence, evidence shows facts, and facts have a meaning for
// causes. Each uses only those before it.
var rooms = []string{
	"diagnose/internal/lazy", "diagnose/internal/literal", "diagnose/cite", "diagnose/growth",
	"diagnose/safe", "diagnose/safe/safetest", "diagnose/wire",
	"diagnose/catalogue", "diagnose/exchange", "diagnose/evidence", "diagnose/causes", "diagnose/words", "diagnose/view", "diagnose/score", "diagnose/read", "diagnose",
}

func TestThePackagesOfTheDiagnosisFollowTheOnePath(t *testing.T) {
	for _, p := range packages(t) {
		if !under(p.path(), "diagnose") {
			continue
		}
		at := slices.Index(rooms, p.path())
		if at < 0 {
			t.Errorf("%s has no place on the one path", p.path())
		}
		for _, imported := range p.Imports {
			to, ours := strings.CutPrefix(imported, "example.com/grantwalk/")
			if ours && slices.Index(rooms, to) >= at {
				t.Errorf("%s imports %s, which comes later", p.path(), to)
			}
		}
	}
	if slices.Contains(importsOf(t, "diagnose"), "example.com/grantwalk/diagnose/read") {
		t.Error("the diagnosis reads inputs")
	}
}

func importsOf(t *testing.T, path string) []string {
	for _, p := range packages(t) {
		if p.path() == path {
			return p.Imports
		}
	}
	t.Fatalf("no package %s", path)
	return nil
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	for _, p := range packages(t) {
		if p.Doc == "" {
			t.Errorf("%s has no package comment", p.ImportPath)
		}
	}
}

// bans are imports that must not come in, by folder and by the beginning of
// their path, each with its reason.
var bans = []struct{ folder, imported, reason string }{
	{"diagnose", "net/http", "evidence is data: whoever saw the messages writes it down"},
	{"diagnose", "net", "the diagnosis asks nobody"},
	{"diagnose", "os", "the diagnosis reads no files and no environment"},
	{"diagnose", "crypto/rand", "the same evidence gives the same causes"},
	{"diagnose", "github.com/charmbracelet", "how a cause looks is for tui"},
	{"flow", "github.com/charmbracelet", "the engine has no terminal"},
	{"flow", "golang.org/x/term", "the engine has no terminal"},
	{"flow", "os/signal", "interruption comes by the context"},
	{"tui", "net/http", "a screen sends nothing: flow does"},
	{"tui", "os/exec", "a screen starts nothing: flow opens the browser"},
	{"", "math/rand", "states, verifiers and codes need crypto/rand, so nothing else is at hand"},
	{"", "github.com/spf13", "flags are for cmd"},
	{"", "unsafe", "nothing here needs it"},
	{"", "io/ioutil", "io and os have it"},
	{"", "charm.land", "the Charm libraries are on their v1 line; mixed with v2, two renderers write"},
	{"", "github.com/charmbracelet/bubbletea/v2", "as charm.land"},
	{"", "github.com/charmbracelet/lipgloss/v2", "as charm.land"},
}

// helpers are packages that only tests import.
var helpers = []string{"tui/internal/golden", "tui/internal/shell", "flow/internal/foreign", "diagnose/internal/literal"}

func TestNothingThatIsShippedImportsTheHelpersOfTests(t *testing.T) {
	for _, p := range packages(t) {
		for _, imported := range p.Imports {
			if slices.Contains(helpers, strings.TrimPrefix(imported, "example.com/grantwalk/")) {
				t.Errorf("%s imports %s, which is for tests", p.ImportPath, imported)
			}
		}
	}
}

func TestWhatIsAbsentStaysAbsent(t *testing.T) {
	for _, p := range packages(t) {
		if slices.Contains(helpers, p.path()) {
			continue
		}
		for _, ban := range bans {
			if ban.folder != "" && !under(p.path(), ban.folder) || ban.imported == "github.com/spf13" && under(p.path(), "cmd") {
				continue
			}
			if ban.imported == "math/rand" && p.path() == "diagnose/safe/safetest" {
				continue // it is for tests, whose random values come again with their seed
			}
			for _, imported := range p.Imports {
				exact := ban.imported == "net" || ban.imported == "os" // net/url and os are not the same matter
				if imported == ban.imported || !exact && under(imported, ban.imported) {
					t.Errorf("%s imports %s: %s", p.ImportPath, imported, ban.reason)
				}
			}
		}
	}
}

// clocks are the only files of tui and diagnose that may ask for the time or let
// it pass: the root, which tells it to the screens, the walk in lines, and the lock that
// is waited for.
var clocks = []string{"tui/tui.go", "tui/plain/plain.go", "tui/private/private.go"}

var clock = regexp.MustCompile(`\btime\.(Now|Since|Until|Sleep|After|AfterFunc|Tick|NewTimer|NewTicker)\b|\btea\.(Tick|Every)\b`)

func TestOnlyTheRootAsksForTheTime(t *testing.T) {
	for _, p := range packages(t) {
		if !under(p.path(), "tui") && !under(p.path(), "diagnose") {
			continue
		}
		for _, name := range p.GoFiles {
			source, err := os.ReadFile(filepath.Join(p.Dir, name))
			if err != nil {
				t.Fatal(err)
			}
			if use := clock.Find(source); use != nil && !slices.Contains(clocks, p.path()+"/"+name) {
				t.Errorf("%s/%s uses %s", p.path(), name, use)
			}
		}
	}
}

// fileUsers are the only files that read a whole file, or create or rename one,
// by package os: tui/private, which takes care of links, modes and bounds, and
// those that do not meet what another user may have put there.
var fileUsers = []string{
	"tui/private/private.go",
	"tui/internal/golden/golden.go",    // in tests
	"cmd/causes/main.go",               // writes into this repository
	"flow/loopback/portowner_linux.go", // reads /proc
}

var fileUse = regexp.MustCompile(`\bos\.(ReadFile|WriteFile|Create|CreateTemp|OpenFile|Rename|Link|Symlink|Truncate)\b`)

func TestFilesAreReadAndWrittenInOnePlace(t *testing.T) {
	for _, p := range packages(t) {
		for _, name := range p.GoFiles {
			source, err := os.ReadFile(filepath.Join(p.Dir, name))
			if err != nil {
				t.Fatal(err)
			}
			if use := fileUse.Find(source); use != nil && !slices.Contains(fileUsers, p.path()+"/"+name) {
				t.Errorf("%s/%s uses %s; package tui/private does it safely", p.path(), name, use)
			}
		}
	}
}

func TestThereAreNoOtherTopLevelFolders(t *testing.T) {
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		known := []string{"cmd", "diagnose", "docs", "flow", "tui", "dist"} // dist is ignored by git
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") && !slices.Contains(known, e.Name()) {
			t.Errorf("the folder %s is not in docs/architecture.md", e.Name())
		}
	}
}

func TestTheArchitectureDocumentNamesEveryPackage(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs/architecture.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range packages(t) {
		if !strings.Contains(string(text), "`"+p.path()+"`") {
			t.Errorf("docs/architecture.md does not name `%s`", p.path())
		}
	}
}
