package report

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Save writes a report into the working directory under a name that is free,
// and returns the name.
func Save(text string) (string, error) {
	for n := 1; n < 1000; n++ {
		name := "grantwalk-report.md"
		if n > 1 {
			name = fmt.Sprintf("grantwalk-report-%d.md", n)
		}
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		_, err = f.WriteString(text)
		return name, errors.Join(err, f.Close())
	}
	return "", errors.New("every name up to grantwalk-report-999.md is taken")
}
