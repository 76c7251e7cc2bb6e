package report

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"example.com/grantwalk/tui/private"
)

// Save writes a report into the working directory under a name that is free,
// and returns the name.
func Save(text string) (string, error) {
	for n := 1; n < 1000; n++ {
		name := "grantwalk-report.md"
		if n > 1 {
			name = fmt.Sprintf("grantwalk-report-%d.md", n)
		}
		err := private.Create(name, func(out io.Writer) error {
			_, err := io.WriteString(out, text)
			return err
		})
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		return name, nil
	}
	return "", errors.New("every name up to grantwalk-report-999.md is taken")
}
