package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestThePagesOfTheCausesAreFresh(t *testing.T) {
	folder := filepath.Join("..", "..", "docs", "causes")
	want := pages()
	for name, text := range want {
		got, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Error(err)
		} else if string(got) != text {
			t.Errorf("docs/causes/%s is old: go generate ./diagnose", name)
		}
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if _, ok := want[e.Name()]; !ok {
			t.Errorf("docs/causes/%s belongs to no cause", e.Name())
		}
	}
}
