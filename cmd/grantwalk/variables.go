package main

import (
	"os"
	"runtime"
	"strings"
)

// variablePrefix begins the names of this program's own environment variables.
const variablePrefix = "GRANTWALK_"

// takeVariables returns this program's own variables and removes them from its
// environment. Every program that it starts inherits the environment, and the browser
// must not get the client secret.
func takeVariables() map[string]string {
	taken := map[string]string{}
	for _, v := range os.Environ() {
		name, value, _ := strings.Cut(v, "=")
		if runtime.GOOS == "windows" { // where a variable's name may be written in either case
			name = strings.ToUpper(name)
		}
		if strings.HasPrefix(name, variablePrefix) {
			taken[name] = value
			os.Unsetenv(name)
		}
	}
	return taken
}
