package read

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

func TestFilesThatZstdOrBzip2PackedAreRead(t *testing.T) {
	const text = "{\"error\":\"invalid_grant\",\"error_description\":\"Code not valid\"}\n"
	bzip2, err := base64.StdEncoding.DecodeString("QlpoOTFBWSZTWdQXUmUAAB7fgAAQUAQAEAgAAACupd0KIABA1TeqPRMEaPU9qhQAYjTTRor/DT1Vj3cBigU4jydBIwN88uKemryYaMxEMH24mrFZ/F3JFOFCQ1BdSZQ=")
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	w, _ := zstd.NewWriter(&packed)
	_, _ = w.Write([]byte(text))
	w.Close()
	for name, body := range map[string]string{"bzip2": string(bzip2), "zstd": packed.String()} {
		if res := read(t, body); !res.Recognised || said(res.Evidence).Description != "Code not valid" {
			t.Errorf("%s: %+v", name, res)
		}
		cut, err := Read([]Input{{Name: "in", Reader: strings.NewReader(body[:len(body)-6])}}, Options{})
		if err == nil && len(cut.Warnings) == 0 {
			t.Errorf("%s: nothing says that the file is cut: %+v", name, cut)
		}
	}
}

// A window is memory that the file asks for.
func TestAFileOfZstdThatWantsALargeWindowIsNotRead(t *testing.T) {
	var packed bytes.Buffer
	w, err := zstd.NewWriter(&packed, zstd.WithWindowSize(256<<20))
	if err != nil {
		t.Fatal(err)
	}
	for range 300 {
		_, _ = w.Write(bytes.Repeat([]byte("x"), 1<<20))
	}
	w.Close()
	res, err := Read([]Input{{Name: "in", Reader: &packed}}, Options{})
	if err == nil && len(res.Warnings) == 0 {
		t.Errorf("%+v", res)
	}
}
