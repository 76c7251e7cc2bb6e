package read

import (
	"encoding/base64"
	"io"
	"strconv"
	"strings"
	"time"
)

func digit(c byte) bool { return c >= '0' && c <= '9' }

func atoi(digits string) int {
	n, err := strconv.Atoi(strings.TrimSpace(digits))
	if err != nil {
		return -1
	}
	return n
}

// timeLayouts are those of HAR writers and of logs; a time without a zone is
// taken as UTC, for only differences matter.
var timeLayouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05.999999999",
	"2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999",
}

// readTime is zero for what is no time.
func readTime(text string) time.Time {
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, strings.TrimSpace(text)); err == nil {
			return t
		}
	}
	return time.Time{}
}

// decodeBase64 undoes the encoding as far as it goes: the text may be cut.
func decodeBase64(text string) string {
	text = strings.NewReplacer("\n", "", "\r", "", " ", "").Replace(text)
	plain, _ := io.ReadAll(base64.NewDecoder(base64.StdEncoding, strings.NewReader(text)))
	return string(plain)
}

func bounded(list []string, value string) []string {
	if len(list) < maxParams {
		list = append(list, value)
	}
	return list
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return strings.TrimRight(line, "\r")
}
