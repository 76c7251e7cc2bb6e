package read

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// codings undo the content codings that browsers accept (RFC 9110 §8.4.1, RFC 7932,
// RFC 8878).
var codings = map[string]func(io.Reader) (io.Reader, error){
	"gzip":    func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
	"x-gzip":  func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
	"deflate": inflate,
	"br":      func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil },
	"zstd":    unzstd,
}

// maxCodings is how many codings of one body are undone. Servers use one.
const maxCodings = 2

// decode undoes the codings of a Content-Encoding field, and bounds what comes out. If
// nothing comes out, the body stays as it is: many tools save decoded bodies under the
// header field that was sent.
func decode(encoding, body string) (content string, decoded bool) {
	content = body
	names := strings.Split(encoding, ",")
	for _, name := range slices.Backward(names[:min(len(names), maxCodings)]) {
		open := codings[strings.ToLower(strings.TrimSpace(name))]
		if open == nil {
			continue
		}
		r, err := open(strings.NewReader(content))
		if err != nil {
			continue
		}
		if out, _ := io.ReadAll(io.LimitReader(r, maxContent)); len(out) > 0 { // what comes before a fault
			content, decoded = string(out), true
		}
	}
	return content[:min(len(content), maxContent)], decoded
}

// inflate undoes deflate: with the zlib header that RFC 9110 §8.4.1.2 wants, or, as some
// servers send it, without.
func inflate(r io.Reader) (io.Reader, error) {
	b := bufio.NewReader(r)
	if head, err := b.Peek(2); err == nil && head[0]&0x0f == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 {
		return zlib.NewReader(b)
	}
	return flate.NewReader(b), nil
}

// Bounds on bodies in zstd, in bytes.
const (
	maxWindow = 8 << 20        // RFC 9659 §3
	maxZstd   = 4 * maxContent // of a decoded body: a longer one is no response with an error
)

// zstdDecoder decodes whole bodies, so that no message makes it allocate a window.
var zstdDecoder = sync.OnceValues(func() (*zstd.Decoder, error) {
	return zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxWindow), zstd.WithDecodeAllCapLimit(true))
})

func unzstd(r io.Reader) (io.Reader, error) {
	d, err := zstdDecoder()
	if err != nil {
		return nil, err
	}
	packed, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	content, _ := d.DecodeAll(packed, make([]byte, 0, maxZstd)) // what comes before a fault
	return bytes.NewReader(content), nil
}
