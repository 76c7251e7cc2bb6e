package practice

import (
	"errors"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"

	"example.com/grantwalk/diagnose/safe"
)

// readForm reads the parameters of a request to an endpoint for programs: from
// the body, and from nowhere else (RFC 6749 §2.3.1, §3.2).
func readForm(r *http.Request) (url.Values, *refusal) {
	if r.URL.RawQuery != "" {
		return nil, inTheAddress.because("the parameters belong in the body: an address ends up in logs")
	}
	form, no := readBody(r)
	if no != nil {
		return nil, no
	}
	if name := twice(form); name != "" {
		return nil, parameterTwice.because("'%s' is there more than once", safe.Foreign(name))
	}
	return form, nil
}

func readBody(r *http.Request) (url.Values, *refusal) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/x-www-form-urlencoded" {
		return nil, notAForm.because("the Content-Type is '%s'; it must be application/x-www-form-urlencoded", safe.Foreign(r.Header.Get("Content-Type")))
	}
	body, err := io.ReadAll(r.Body)
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		return nil, bodyTooLarge.because("the body is longer than %d bytes", tooLarge.Limit)
	}
	if err != nil {
		return nil, notAForm.because("the body broke off")
	}
	form, err := url.ParseQuery(string(body))
	if err != nil { // the error would repeat a piece of the body
		return nil, notAForm.because("the body is not form-encoded: a bare semicolon, or a %% without two hex digits")
	}
	return present(form), nil
}

// present drops what has no value: it "MUST be treated as if it were omitted"
// (RFC 6749 §3.1, §3.2).
func present(form url.Values) url.Values {
	maps.DeleteFunc(form, func(_ string, values []string) bool {
		return !slices.ContainsFunc(values, func(v string) bool { return v != "" })
	})
	return form
}

// twice names a parameter that is there more than once, which it "MUST NOT" be
// (RFC 6749 §3.1, §3.2).
func twice(form url.Values) string {
	for _, name := range slices.Sorted(maps.Keys(form)) {
		if len(form[name]) > 1 {
			return name
		}
	}
	return ""
}
