package causes

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"testing"
)

// A misspelt member would be dropped without a word.
func TestNoFileHasAMemberThatNobodyReads(t *testing.T) {
	names, err := fs.Glob(files, "*/cause.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d causes, %v", len(names), err)
	}
	for _, name := range append(names, "common.json") {
		body, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var into any = &struct {
			*Cause
			*remedy
			*checklist
		}{new(Cause), new(remedy), new(checklist)}
		if name == "common.json" {
			into = new(Common)
		}
		d := json.NewDecoder(bytes.NewReader(body))
		d.DisallowUnknownFields()
		if err := d.Decode(into); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
