package words

import (
	"embed"
	"encoding/json"
	"fmt"
)

//go:embed model/*.json model/seen/*.json
var modelFiles embed.FS

// mustRead reads a table of the program's own; a test reads them all.
func mustRead[T any](name string) T {
	var table T
	body, err := modelFiles.ReadFile(name)
	if err == nil {
		err = json.Unmarshal(body, &table)
	}
	if err != nil {
		panic(fmt.Sprintf("words: %s: %v", name, err))
	}
	return table
}

const grantsFile = "model/grants.json"
