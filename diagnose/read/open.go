package read

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"

	"example.com/grantwalk/diagnose/safe"
)

// Containers are opened first: what they hold is read like any other input. An archive
// may come from anybody, so that everything about it is bounded.
const (
	maxDepth   = 3         // of containers in containers
	maxFiles   = 1000      // of one archive
	maxArchive = 256 << 20 // bytes of an archive that is not a file
)

// A container is a way of packing inputs, which is known by how it begins.
type container struct {
	is   func(head []byte) bool
	open func(c *collector, in Input, r *bufio.Reader) error
}

// containers are a function, because they hold what may be packed again.
func containers() []container {
	return []container{
		{begins("\x1f\x8b"), unpack("gzip", func(r io.Reader) (io.ReadCloser, error) { return gzip.NewReader(r) })},
		{isZlib, unpack("zlib", zlib.NewReader)},
		{isBzip2, unpack("bzip2", func(r io.Reader) (io.ReadCloser, error) { return io.NopCloser(bzip2.NewReader(r)), nil })},
		{begins("\x28\xb5\x2f\xfd"), unpack("zstd", openZstd)},
		{begins("PK\x03\x04"), (*collector).archive},
		{isPacketFile, (*collector).packetFile},
	}
}

// openZstd reads a file of zstd (RFC 8878) with a bounded window.
func openZstd(r io.Reader) (io.ReadCloser, error) {
	d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxZstdWindow))
	if err != nil {
		return nil, err
	}
	return d.IOReadCloser(), nil
}

// maxZstdWindow is more than zstd takes without --ultra or --long, in bytes.
const maxZstdWindow = 32 << 20

// isBzip2: the size of the blocks follows, and then the first six digits of pi.
func isBzip2(head []byte) bool {
	return len(head) > 10 && bytes.HasPrefix(head, []byte("BZh")) && head[3] >= '1' && head[3] <= '9' && string(head[4:10]) == "\x31\x41\x59\x26\x53\x59"
}

func begins(with string) func([]byte) bool {
	return func(head []byte) bool { return bytes.HasPrefix(head, []byte(with)) }
}

// isZlib: RFC 1950 §2.2. Fiddler's .zhar is such a stream. Text can begin with the same
// letters, but not go on like this.
func isZlib(head []byte) bool {
	return len(head) > 2 && head[0] == 0x78 && (int(head[0])<<8|int(head[1]))%31 == 0 && bytes.IndexFunc(head[:min(len(head), 64)], func(r rune) bool { return r < '\t' || r == '\ufffd' }) >= 0
}

// input opens an input and reads what it holds.
func (c *collector) input(in Input) error {
	r := bufio.NewReaderSize(in.Reader, buffer)
	head, err := r.Peek(peeked)
	if err != nil && !errors.Is(err, io.EOF) {
		return in.problem(err)
	}
	for _, k := range containers() {
		if k.is(head) && in.depth < maxDepth {
			return k.open(c, in, r)
		}
	}
	if u := unreadable(head); u != nil && formatOf(head) == nil && !starts(string(head)) { // bodies may be binary
		u.Name = in.Name
		return u
	}
	if order := wide(head); order != nil {
		r = bufio.NewReaderSize(&narrower{r: r, order: order}, buffer)
		head, _ = r.Peek(peeked)
	}
	if bytes.HasPrefix(head, []byte("\ufeff")) {
		_, _ = r.Discard(len("\ufeff")) // it was peeked
	}
	return c.documents(in, r)
}

// unpack opens a compressed input. What comes before a fault in it is read.
func unpack(name string, open func(io.Reader) (io.ReadCloser, error)) func(*collector, Input, *bufio.Reader) error {
	return func(c *collector, in Input, r *bufio.Reader) error {
		plain, err := open(r)
		if err != nil {
			return &Unreadable{Name: in.Name, What: "compressed with " + name + ", and cannot be unpacked: " + inWords(err), Instead: "Compress the file again, or give it uncompressed."}
		}
		defer plain.Close()
		return c.limited(in, "", plain)
	}
}

// limited reads what a container holds, as far as there is room for it.
func (c *collector) limited(in Input, name string, r io.Reader) error {
	l := &limiter{r: r, left: &c.room}
	err := c.input(in.inside(name, l))
	switch {
	case l.full:
		c.warn(in, fmt.Sprintf("it unpacks to more than %d MB; the rest was not read", maxUnpacked>>20))
	case l.fault != nil:
		c.warn(in, "it cannot be unpacked to its end: "+inWords(l.fault)+"; what comes before that is used")
	}
	return err
}

// archive reads the files of a zip archive, in their order.
func (c *collector) archive(in Input, r *bufio.Reader) error {
	files, err := zipFiles(in.Reader, r)
	if err != nil {
		return &Unreadable{Name: in.Name, What: "a zip archive that cannot be opened: " + inWords(err), Instead: "Give the files in it, or pack them again."}
	}
	if sessions := sazSessions(files); len(sessions) > 0 {
		return c.saz(in, sessions)
	}
	if len(files) > maxFiles {
		c.warn(in, fmt.Sprintf("only the first %d of %d files in it were read", maxFiles, len(files)))
		files = files[:maxFiles]
	}
	var first error // the first file that cannot be read; an archive may hold pictures too
	read := 0
	for _, f := range files {
		if err := c.file(in, f); err != nil {
			first = cmpOr(first, err)
			continue
		}
		read++
	}
	if read == 0 && first != nil {
		return first
	}
	return nil
}

func cmpOr(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

func (c *collector) file(in Input, f *zip.File) error {
	r, err := f.Open()
	if err != nil {
		return &Unreadable{Name: in.Name, What: "a zip archive with a file that cannot be opened: " + inWords(err), Instead: "Unpack it and give the file in it."}
	}
	defer r.Close()
	return c.limited(in, safe.Quote(path.Base(f.Name), 100), r)
}

// zipFiles are the files of an archive, without folders and what systems add. An input
// that is no file is kept in memory, as far as it fits.
func zipFiles(file io.Reader, r *bufio.Reader) ([]*zip.File, error) {
	at, isFile := file.(interface {
		io.ReaderAt
		io.Seeker
	})
	var archive *zip.Reader
	size, err := int64(0), error(nil)
	if isFile {
		size, err = at.Seek(0, io.SeekEnd)
	}
	if isFile && err == nil {
		archive, err = zip.NewReader(at, size)
	} else { // a pipe is a file that cannot seek
		var body []byte
		if body, err = io.ReadAll(io.LimitReader(r, maxArchive+1)); err != nil {
			return nil, err
		}
		if len(body) > maxArchive {
			return nil, fmt.Errorf("it is larger than %d MB", maxArchive>>20)
		}
		archive, err = zip.NewReader(bytes.NewReader(body), int64(len(body)))
	}
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(archive.File), func(f *zip.File) bool {
		return strings.HasSuffix(f.Name, "/") || strings.HasPrefix(f.Name, "__MACOSX/") || strings.HasPrefix(path.Base(f.Name), ".")
	}), nil
}
