//go:build race

package plain

const underRace = true
