package cite

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestSectionsAreFoundInText(t *testing.T) {
	got := In("Short (RFC 6749 §4.1.2, §10.5 and RFC 9700), see OpenID Connect Core §3.1.3.7. Again RFC 6749 §4.1.2.")
	want := []Ref{{"RFC 6749", "4.1.2"}, {"RFC 6749", "10.5"}, {"RFC 9700", ""}, {"OpenID Connect Core", "3.1.3.7"}}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestASectionThatThereIsNotHasNoTitle(t *testing.T) {
	if title, ok := (Ref{"RFC 6749", "4.1.2"}).Title(); !ok || title != "Authorization Response" {
		t.Errorf("RFC 6749 §4.1.2 is %q", title)
	}
	for _, r := range []Ref{{"RFC 6749", "4.1.9"}, {"RFC 6749", ""}, {"RFC 1", "1"}} {
		if title, ok := r.Title(); ok {
			t.Errorf("%s is %q", r, title)
		}
	}
}

func TestEveryHeadingHasItsParentAndATitle(t *testing.T) {
	details := []string{"RFC 7515", "RFC 9110"} // whose parents are not cited
	for document, sections := range headings() {
		for section, title := range sections {
			if title == "" || strings.TrimSpace(title) != title {
				t.Errorf("%s §%s is called %q", document, section, title)
			}
			for part := range strings.SplitSeq(section, ".") {
				if n, err := strconv.Atoi(part); err != nil || n < 1 {
					t.Errorf("%s §%s is no number", document, section)
				}
			}
			i := strings.LastIndexByte(section, '.')
			if i < 0 || slices.Contains(details, document) || section == "7.2.1" {
				continue
			}
			if _, ok := sections[section[:i]]; !ok {
				t.Errorf("%s has §%s and no §%s", document, section, section[:i])
			}
		}
	}
}
