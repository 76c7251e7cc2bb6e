package read

import (
	"errors"
	"io"
)

// A limiter ends a reader where the room for unpacked bytes ends, or where it fails.
type limiter struct {
	r     io.Reader
	left  *int64 // of maxUnpacked, for all that the input holds
	full  bool
	fault error
}

func (l *limiter) Read(p []byte) (int, error) {
	if *l.left <= 0 {
		l.full = true
		return 0, io.EOF
	}
	n, err := l.r.Read(p[:min(int64(len(p)), *l.left)])
	*l.left -= int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		l.fault, err = err, io.EOF
	}
	return n, err
}
