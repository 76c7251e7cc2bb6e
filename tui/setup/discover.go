package setup

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/huh"

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/tui/usage"
)

// discovery is what asking an issuer for its metadata has come to.
type discovery struct {
	issuer   string // the one that was asked, as it was typed
	asking   bool
	since    time.Time
	cancel   context.CancelFunc
	begin    bool // the walk begins as soon as the answer is there
	metadata *flow.Metadata
	problem  string // why there is none
	remedy   string
}

// discovered is what is known of the issuer that stands in the form.
func (m *Model) discovered() *flow.Metadata {
	if m.values.server != ownIssuer || m.discovery.issuer != m.values.issuer {
		return nil
	}
	return m.discovery.metadata
}

type foundMsg struct {
	issuer   string
	metadata flow.Metadata
	outcome  flow.Outcome
	err      error
}

// discover asks for the metadata.
func (m *Model) discover() tea.Cmd {
	m.endAsking()
	config := m.options().Config
	m.discovery = discovery{issuer: m.values.issuer, asking: true, since: m.ui.Now, begin: m.discovery.begin}
	var ctx context.Context
	ctx, m.discovery.cancel = context.WithCancel(m.ctx)
	issuer := m.values.issuer
	return func() tea.Msg {
		metadata, outcome, err := flow.Discover(ctx, config)
		return foundMsg{issuer, metadata, outcome, err}
	}
}

func (m *Model) endAsking() {
	if m.discovery.cancel != nil {
		m.discovery.cancel()
	}
	m.discovery.asking, m.discovery.cancel = false, nil
}

// stopAsking leaves the issuer unasked, so that asking again is possible.
func (m *Model) stopAsking() tea.Cmd {
	m.endAsking()
	m.discovery = discovery{}
	return nil
}

func (m *Model) found(msg foundMsg) tea.Cmd {
	d := &m.discovery
	if !d.asking || msg.issuer != d.issuer || msg.outcome.Kind == flow.Interrupted {
		return nil // it was stopped, or another one is asked by now
	}
	m.endAsking()
	begin := d.begin
	d.begin = false
	var bad *flow.Problem
	switch {
	case errors.As(msg.err, &bad):
		said := usage.Form(bad)
		d.problem, d.remedy = said.Problem, said.Remedy
	case msg.outcome.Kind != flow.GoOn:
		d.problem, d.remedy = msg.outcome.Why, "check the issuer and the network; without discovery, choose the provider by its endpoints"
	default:
		d.metadata = &msg.metadata
		m.fillIn(msg.metadata)
	}
	switch {
	case begin && d.metadata == nil:
		return m.focus("issuer")
	case begin:
		return m.begin()
	}
	return nil
}

// usualScopes say who logged in, where the server can.
var usualScopes = []string{"openid", "profile", "email"}

// fillIn takes over what was found, into fields in which nothing was typed.
func (m *Model) fillIn(found flow.Metadata) {
	if m.values.scope != "" || !slices.Contains(found.Scopes, "openid") {
		return
	}
	var scopes []string
	for _, s := range usualScopes {
		if slices.Contains(found.Scopes, safe.Scope(s)) {
			scopes = append(scopes, s)
		}
	}
	m.values.scope = strings.Join(scopes, " ")
	for i, r := range m.rows {
		if r.key == "scope" {
			m.fields[i].(*huh.Input).Value(r.value) // it reads its value only then
		}
	}
}
