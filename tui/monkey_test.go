//go:build !windows

// On Windows the walks would open a real browser.

package tui

import (
	"context"
	"flag"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/flow/practice"
	"example.com/grantwalk/tui/checklist"
	"example.com/grantwalk/tui/explain"
	"example.com/grantwalk/tui/home"
	"example.com/grantwalk/tui/internal/golden"
	"example.com/grantwalk/tui/learn"
	"example.com/grantwalk/tui/learn/lessons"
	"example.com/grantwalk/tui/session"
	"example.com/grantwalk/tui/ui"
	"example.com/grantwalk/tui/ui/background"
	"example.com/grantwalk/tui/walk"
)

var (
	firstSeed = flag.Uint64("monkey.seed", 1, "the first `seed` of the monkey")
	seeds     = flag.Int("monkey.seeds", 1, "how `many` seeds the monkey plays on every screen")
	events    = flag.Int("monkey.events", 0, "how `many` events it plays for each (default 2000; 300 with the race detector)")
	onlyOn    = flag.String("monkey.screen", "", "the only `screen` to play on")
)

// A place is a screen, in one of its states, that the monkey plays on.
type place struct {
	options Options
	arrive  []tea.Msg // what leads there, and leads back whenever the monkey has strayed
}

func onPractice(b session.Browser, twist diagnose.ID) Options {
	return Options{Walk: &session.Options{Practice: true, Browser: b, Twist: twist}}
}

// refused is evidence with several causes.
var refused = diagnose.Evidence{TokenRequests: []diagnose.TokenRequest{{GrantType: "authorization_code",
	Response: diagnose.TokenResponse{ErrorResponse: diagnose.ErrorResponse{Error: "invalid_grant", Description: "Code not valid", Status: 400}}}}}

// places are all screens; where there are many of a kind, the seed chooses one.
func places(issuer string, seed uint64) map[string]place {
	provider := session.Options{Config: flow.Config{Issuer: issuer, ClientID: practice.PublicClient}}
	refusal := walk.DiagnoseMsg{Evidence: refused, Probe: func(context.Context) (diagnose.Evidence, error) { return refused, nil }}
	twists, all := flow.Twists(), lessons.All()
	twist, lesson := twists[seed%uint64(len(twists))].Cause, all[seed%uint64(len(all))].Name
	return map[string]place{
		"home":           {arrive: []tea.Msg{learn.HomeMsg{}}},
		"setup":          {arrive: []tea.Msg{home.SetUpMsg{}}},
		"explain":        {arrive: []tea.Msg{home.ExplainMsg{}}},
		"checklist":      {arrive: []tea.Msg{home.ChecklistMsg{}}},
		"questions":      {options: Options{Checklist: &checklist.Input{Started: true, Evidence: refused}}},
		"diagnosis":      {arrive: []tea.Msg{home.ExplainMsg{}, explain.DiagnoseMsg{Evidence: refused}}},
		"probe":          {arrive: []tea.Msg{refusal}},
		"form":           {arrive: []tea.Msg{walk.EditMsg{Options: provider}}},
		"provider":       {options: Options{Walk: &provider}},
		"all well":       {arrive: []tea.Msg{home.ExplainMsg{}, explain.DiagnoseMsg{}}},
		"lessons":        {arrive: []tea.Msg{home.LearnMsg{}}},
		"walk":           {options: onPractice(session.Approve, "")},
		"denied":         {options: onPractice(session.Deny, "")},
		"waiting":        {options: onPractice(session.None, "")},
		"no browser":     {arrive: []tea.Msg{home.WalkMsg{}}},
		"failed":         {options: onPractice("unknown", "")},
		"failed twist":   {options: onPractice(session.Approve, "unknown")},
		"no provider":    {options: Options{Walk: &session.Options{Config: flow.Config{Issuer: "http://127.0.0.1:1", ClientID: "a"}}}},
		"twist":          {options: onPractice(session.Approve, twist)},
		"lesson":         {options: Options{Learn: &learn.Input{Lesson: lesson}}},
		"big lesson":     {options: Options{Learn: &learn.Input{Lesson: lesson, Big: true}}},
		"on-call hour":   {options: Options{Learn: &learn.Input{Lesson: "on-call"}}},
		"settings wrong": {arrive: []tea.Msg{walk.EditMsg{Problem: &flow.Problem{Field: flow.FieldRedirectURI, Code: flow.CodePort, Args: []string{"port 8080 is in use", "use another"}}}}},
	}
}

// A monkey plays random input on the real root, and runs the commands as Bubble
// Tea would, but for when their messages arrive: early, late, in another order,
// or twice. What it plays follows from the seed.
type monkey struct {
	t     *testing.T
	name  string
	seed  uint64
	place place
	rand  *rand.Rand // of the input
	late  *rand.Rand // of the messages of commands, which come when they come
	root  *root

	played   int
	screen   reflect.Type // at the place
	strayed  int          // for how many events it was left
	last     []string     // what was played last
	sent     []tea.Msg
	commands sync.WaitGroup
	running  atomic.Int32
	news     chan struct{} // something has arrived

	mu       sync.Mutex
	arrived  []tea.Msg // from commands, and not delivered yet
	panicked string    // in a command
}

func newMonkey(t *testing.T, name string, at place, seed uint64) *monkey {
	place := crc32.ChecksumIEEE([]byte(name))
	k := &monkey{t: t, name: name, seed: seed, place: at, rand: rand.New(rand.NewPCG(seed, uint64(place))), late: rand.New(rand.NewPCG(seed, 0)), news: make(chan struct{}, 1)}
	c := golden.Common(80, 24)
	if k.rand.IntN(2) == 0 {
		r := lipgloss.NewRenderer(io.Discard)
		r.SetColorProfile(termenv.TrueColor)
		c.Styles = ui.NewStyles(r, background.Unknown)
	}
	if k.rand.IntN(3) == 0 {
		c.Glyphs = ui.ASCII
	}
	c.Env.SSH, c.Env.Hyperlink = k.rand.IntN(3) == 0, k.rand.IntN(2) == 0
	k.root = newRoot(c, at.options)
	k.run(k.root.Init())
	k.goBack()
	k.screen = reflect.TypeOf(k.root.top.Screen)
	return k
}

// stray counts for how long the monkey is elsewhere, and leads it back.
func (k *monkey) stray() {
	at := func(r *run) bool { return reflect.TypeOf(r.Screen) == k.screen }
	if k.strayed++; at(k.root.top) || slices.ContainsFunc(k.root.below, at) {
		k.strayed = 0
	}
	if k.strayed > 40 || k.rand.IntN(500) == 0 {
		k.goBack()
	}
}

// goBack leads to the monkey's place.
func (k *monkey) goBack() {
	for _, msg := range k.place.arrive {
		k.send(ownMsg{k.root.top, msg})
	}
	if len(k.place.arrive) > 0 {
		return
	}
	switch o := k.place.options; {
	case o.Walk != nil:
		k.send(ownMsg{k.root.top, walk.AgainMsg{Options: *o.Walk}})
	case o.Learn != nil:
		k.run(k.root.show(learn.New(k.root.ui, *o.Learn)))
	case o.Checklist != nil:
		k.run(k.root.show(checklist.New(k.root.ui, *o.Checklist)))
	}
}

// run runs a command and keeps its message for later.
func (k *monkey) run(cmd tea.Cmd) {
	if cmd == nil || reflect.ValueOf(cmd).Pointer() == reflect.ValueOf(tick).Pointer() { // which only waits
		return
	}
	k.running.Add(1)
	k.commands.Go(func() {
		defer k.running.Add(-1)
		defer func() {
			if p := recover(); p != nil {
				k.mu.Lock()
				k.panicked = fmt.Sprintf("a command panics: %v\n%s", p, debug.Stack())
				k.mu.Unlock()
			}
		}()
		msg := cmd()
		if msg == nil {
			return
		}
		if commands, ok := commandsIn(msg); ok {
			for _, c := range commands {
				k.run(c)
			}
			return
		}
		k.mu.Lock()
		k.arrived = append(k.arrived, msg)
		k.mu.Unlock()
		select {
		case k.news <- struct{}{}:
		default:
		}
	})
}

// send plays a message and looks at what is seen then.
func (k *monkey) send(msg tea.Msg) {
	k.played++
	k.last = append(k.last[max(0, len(k.last)-24):], describe(msg))
	defer func() {
		if p := recover(); p != nil {
			k.fail("%v\n%s", p, debug.Stack())
		}
	}()
	_, cmd := k.root.Update(msg)
	k.run(cmd)
	k.look()
}

func (k *monkey) fail(format string, args ...any) {
	k.t.Fatalf("%s, after %d messages, with a terminal of %dx%d: %s\n\nplayed last:\n  %s\n\nplay it again with -run %s -monkey.screen %q -monkey.seed %d",
		k.name, k.played, k.root.width, k.root.height, fmt.Sprintf(format, args...), strings.Join(k.last, "\n  "), k.t.Name(), k.name, k.seed)
}

// describe is a message in a line.
func describe(msg tea.Msg) string {
	switch msg := msg.(type) {
	case ownMsg:
		return fmt.Sprintf("%T of %T", msg.msg, msg.run.Screen)
	case tea.KeyMsg:
		runes := msg.Runes
		msg.Runes = runes[:min(len(runes), 80)]
		return fmt.Sprintf("%T %q, %d characters, paste %v", msg, msg, len(runes), msg.Paste)
	case closedMsg:
		return fmt.Sprintf("%T of %d screens", msg, len(msg.runs))
	}
	return fmt.Sprintf("%T %v", msg, msg)
}

var (
	styles     = regexp.MustCompile("\x1b\\[[0-9;:]*m")
	hyperlinks = regexp.MustCompile("\x1b\\]8;[^;\a\x1b]*;[!-~]*\a")
)

// look checks that what is seen fits the terminal and cannot control it.
func (k *monkey) look() {
	m := k.root
	view := m.View()
	lines := strings.Split(view, "\n")
	if m.width > 0 && len(lines) > max(1, m.height) {
		k.fail("%d lines:\n%s", len(lines), view)
	}
	for i, l := range lines {
		if w := lipgloss.Width(l); w > m.width {
			k.fail("line %d is %d columns wide: %q", i+1, w, l)
		}
		bare := l
		if strings.Contains(l, "\x1b") {
			bare = styles.ReplaceAllString(l, "")
		}
		if m.ui.Env.Hyperlink && strings.Contains(bare, "\x1b") {
			bare = hyperlinks.ReplaceAllString(bare, "")
		}
		if at := strings.IndexFunc(bare, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }); at >= 0 {
			k.fail("line %d has a control character at byte %d: %q", i+1, at, bare)
		}
	}
	k.mu.Lock()
	panicked := k.panicked
	k.mu.Unlock()
	if panicked != "" {
		k.fail("%s", panicked)
	}
}

// play plays the events, and ends the program at last.
func (k *monkey) play(events int) {
	for k.played < events {
		if k.rand.IntN(40) == 0 && k.running.Load() > 0 {
			k.rest()
		}
		switch n := k.rand.IntN(100); {
		case n < 30:
			k.deliver()
		case n < 55:
			k.press(k.offered())
		case n < 65:
			k.press(golden.Key(pick(k, "enter", "esc", "up", "down", "left", "right", "home", "end", "pgup", "pgdown", "tab", "shift+tab", "backspace", "?", "q", "y", "ctrl+d", "ctrl+s", "ctrl+z")))
		case n < 70:
			burst := golden.Key(pick(k, "enter", "enter", "esc", "q", "pgdown", "w", "?", "down"))
			for range k.rand.IntN(20) {
				k.press(burst)
			}
		case n < 78:
			k.press(k.anyKey())
		case n < 81:
			k.press(k.paste())
		case n < 89:
			k.send(tea.WindowSizeMsg{Width: k.size(ui.MinWidth, 80), Height: k.size(ui.MinHeight, 24)})
		case n < 94:
			k.send(ui.TickMsg(k.root.ui.Now.Add(time.Duration(k.rand.IntN(4000)-500) * time.Millisecond)))
		case n < 97:
			k.send(pick[tea.Msg](k, tea.MouseMsg{X: k.rand.IntN(300), Y: k.rand.IntN(300), Action: tea.MouseActionPress, Button: tea.MouseButton(k.rand.IntN(12))},
				tea.FocusMsg{}, tea.BlurMsg{}, tea.SuspendMsg{}, tea.ResumeMsg{}, struct{}{}, "a message that nobody knows", errForNobody))
		default:
			k.interrupt()
		}
		k.stray()
	}
	k.interrupt()
	k.root.close()
}

var errForNobody = fmt.Errorf("an error that nobody asked for")

func pick[T any](k *monkey, from ...T) T { return from[k.rand.IntN(len(from))] }

// interrupt: ctrl+c ends the program wherever it is.
func (k *monkey) interrupt() {
	if _, cmd := k.root.Update(golden.Key("ctrl+c")); !isQuit(cmd) {
		k.fail("ctrl+c does not end the program")
	}
}

func (k *monkey) press(key tea.KeyMsg) {
	if key.Type != tea.KeyCtrlC {
		k.send(key)
	}
}

// offered is one of the keys that the key line or the help names.
func (k *monkey) offered() tea.KeyMsg {
	bindings := k.root.keys()
	if len(bindings) == 0 {
		return golden.Key("enter")
	}
	binding := pick(k, bindings...)
	if k.rand.IntN(2) == 0 {
		binding = bindings[0] // the most needed
	}
	keys := binding.Keys()
	if len(keys) == 0 || keys[0] == "" {
		return golden.Key("enter")
	}
	return golden.Key(pick(k, keys...))
}

func (k *monkey) anyKey() tea.KeyMsg {
	key := tea.KeyMsg{Type: tea.KeyRunes, Alt: k.rand.IntN(5) == 0}
	switch k.rand.IntN(4) {
	case 0:
		key.Type = tea.KeyType(k.rand.IntN(400) - 250)
	case 1:
		key.Runes = []rune{rune(' ' + k.rand.IntN(95))}
	case 2:
		key.Runes = []rune{rune(k.rand.IntN(unicode.MaxRune))}
	default:
		key.Runes = []rune(pick(k, "é", "日本", "👩‍💻", "\x00", "\x1b[2J", "\u009b", "\u202e", "\xff", "e\u0301\u0301", ""))
	}
	return key
}

// paste is a bracketed paste, which comes as one message.
func (k *monkey) paste() tea.KeyMsg {
	text := pick(k,
		"http://127.0.0.1/callback?code=a&state=b", "", "\r\n\r\n", "\x00\x00", "\xff\xfe", "\u202eevil\u2066",
		"\x1b]52;c;aGk=\a\x1b[2J\x1b[?1049l", "\x1bP1;2q\x1b\\\u009b31m", "\t\t\ttabs", "日本語日本語 \u200b\u200d",
		`{"error":"invalid_grant","error_description":"Code not valid"}`, "https://login.example.com\nhttps://second.example",
		`HTTP/1.1 400 Bad Request`+"\r\n\r\n"+`{"error":"invalid_grant","error_description":"`+"\x1b[31m\u202e"+`"}`)
	if k.rand.IntN(3) == 0 {
		text = strings.Repeat(text, k.rand.IntN(200))
	}
	if k.rand.IntN(60) == 0 {
		text = strings.Repeat(text+" x", 1<<20/(len(text)+2))
	}
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text), Paste: true}
}

// size is a width or a height: at the limits, usual, or any.
func (k *monkey) size(least, usual int) int {
	switch k.rand.IntN(6) {
	case 0:
		return least - 1 + k.rand.IntN(3)
	case 1:
		return k.rand.IntN(301)
	case 2:
		return k.rand.IntN(8)
	}
	return usual - k.rand.IntN(usual/3) + k.rand.IntN(usual)
}

// deliver hands over messages of commands: what has arrived, in any order, or
// one from long ago once more.
func (k *monkey) deliver() {
	if len(k.sent) > 0 && k.late.IntN(8) == 0 {
		k.send(k.sent[k.late.IntN(len(k.sent))])
		return
	}
	k.mu.Lock()
	arrived := k.arrived
	if k.arrived = nil; k.late.IntN(3) == 0 && len(arrived) > 1 { // some come later
		k.arrived, arrived = slices.Clone(arrived[:len(arrived)/2]), arrived[len(arrived)/2:]
	}
	k.mu.Unlock()
	k.late.Shuffle(len(arrived), reflect.Swapper(arrived))
	for _, msg := range arrived {
		if _, quit := msg.(tea.QuitMsg); quit {
			continue // the monkey plays on
		}
		k.sent = append(k.sent[max(0, len(k.sent)-50):], msg)
		k.send(msg)
	}
}

// rest waits for a command to bring something, but not for ever: it may wait for
// the user.
func (k *monkey) rest() {
	select {
	case <-k.news:
	case <-time.After(20 * time.Millisecond):
	}
}

// ends waits for the commands of a monkey that has ended.
func ends(t *testing.T, k *monkey) {
	t.Helper()
	ended := make(chan struct{})
	go func() { k.commands.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(30 * time.Second):
		t.Fatalf("a command does not end:\n%s", goroutines())
	}
}

func TestNoInputAndNoLateMessageBreaksAnyScreen(t *testing.T) {
	for name, value := range map[string]string{"DISPLAY": "", "WAYLAND_DISPLAY": "", "WSL_DISTRO_NAME": "", "BROWSER": "", "SSH_CONNECTION": "1", "PATH": ""} {
		t.Setenv(name, value) // nothing can be opened
	}
	n := *events
	switch {
	case n > 0:
	case underRace:
		n = 300
	default:
		n = 2000
	}
	server, err := practice.Start(practice.Options{SigningAlg: "ES256"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	before := runtime.NumGoroutine()
	for name := range places("", 0) {
		if *onlyOn != "" && *onlyOn != name {
			continue
		}
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			t.Chdir(dir) // reports are saved there
			t.Setenv("XDG_STATE_HOME", filepath.Join(dir, "state"))
			for seed := *firstSeed; seed < *firstSeed+uint64(*seeds); seed++ {
				k := newMonkey(t, name, places(server.Issuer(), seed)[name], seed)
				k.play(n)
				ends(t, k) // it may still write a report into the folder
			}
		})
	}
	if t.Failed() {
		return
	}
	deadline := time.After(30 * time.Second)
	for runtime.NumGoroutine() > before { // connections end a moment after both of their sides
		select {
		case <-deadline:
			t.Fatalf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before, goroutines())
		default:
			runtime.Gosched()
		}
	}
}

func goroutines() string {
	buf := make([]byte, 1<<20)
	return string(buf[:runtime.Stack(buf, true)])
}
