package walk

import (
	"strings"

	"grantwalk/flow"
	"grantwalk/tui/ui"
)

// curlOf is a request as a curl command. Secrets are names of shell variables,
// so that the command can be passed on.
func curlOf(m flow.Message) string {
	parts := []string{"curl"}
	var data []string
	for _, p := range m.Params {
		switch {
		case p.In == "header" && p.Name == "Authorization":
			parts = append(parts, authorizationFlag(p))
		case p.In == "header" && p.Name != "Content-Type": // --data sets that one
			parts = append(parts, "-H "+ui.ShellQuote(p.Name+": "+p.Value))
		case p.In == "query", p.In == "form":
			data = append(data, "--data-urlencode "+dataOf(p))
		}
	}
	if m.Method == "GET" && len(data) > 0 {
		parts = append(parts, "--get")
	}
	parts = append(parts, ui.ShellQuote(m.URL))
	return strings.Join(append(parts, data...), " \\\n  ")
}

func authorizationFlag(p flow.Param) string {
	if strings.HasPrefix(p.Secret.Reveal(), "Basic ") {
		return `-u "$CLIENT_ID:$CLIENT_SECRET"`
	}
	return `-H "Authorization: Bearer $ACCESS_TOKEN"`
}

func dataOf(p flow.Param) string {
	if p.Secret != "" {
		return `"` + p.Name + "=$" + strings.ToUpper(p.Name) + `"`
	}
	return ui.ShellQuote(p.Name + "=" + p.Value)
}
