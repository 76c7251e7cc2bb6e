//go:build unix

package main

import (
	"testing"

	"golang.org/x/sys/unix"
)

func TestACrashWritesNoSecretToACoreFile(t *testing.T) {
	var before, after unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &before); err != nil {
		t.Fatal(err)
	}
	if before.Max == 0 {
		t.Skip("no process writes a core file here")
	}
	t.Cleanup(func() {
		if err := unix.Setrlimit(unix.RLIMIT_CORE, &before); err != nil {
			t.Error(err)
		}
	})
	allowed := before
	allowed.Cur = before.Max
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &allowed); err != nil {
		t.Fatal(err)
	}
	if code := run([]string{"version"}, nil); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &after); err != nil {
		t.Fatal(err)
	}
	if after.Cur != 0 || after.Max != before.Max {
		t.Errorf("the limit is %+v, want a soft limit of 0 below the hard limit of %d", after, before.Max)
	}
}
