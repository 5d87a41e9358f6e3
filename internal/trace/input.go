package trace

// What is read, before it is taken for CSV.

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
)

// maxRow is how long a row may be, in bytes, with the comments above it. A row is in memory as a whole, so
// a file without line breaks, or with a quote that nobody closes, would be too.
const maxRow = 1 << 20

var errLongRow = errors.New("more than a megabyte without the end of a row; line breaks are missing, or a closing quote")

// bounded passes on what it reads, up to maxRow from one row to the next. It may read ahead.
type bounded struct {
	from io.Reader
	left int
}

// Read reads no further than the row may go.
func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errLongRow
	}
	n, err := b.from.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// nextRow says that a row has ended.
func (b *bounded) nextRow() { b.left = maxRow }

// unreadable names what begins with these bytes, if it is something known that is not text in UTF-8.
func unreadable(start []byte) error {
	for _, kind := range []struct{ mark, is string }{
		{"PK\x03\x04", "a ZIP archive or a spreadsheet: save it as CSV"},
		{"\xff\xfe", "UTF-16: save it as UTF-8"},
		{"\xfe\xff", "UTF-16: save it as UTF-8"},
		{"t\x00i\x00", "UTF-16: save it as UTF-8"}, // timestamp, without a mark
	} {
		if bytes.HasPrefix(start, []byte(kind.mark)) {
			return errors.New(kind.is)
		}
	}
	return nil
}

// gzipMark is what a file of gzip begins with (RFC 1952, section 2.3.1).
const gzipMark = "\x1f\x8b"

// unpacked returns what an input holds: itself, or what gzip made smaller.
func unpacked(r io.Reader) (io.Reader, error) {
	in := bufio.NewReaderSize(r, 1<<16)
	if start, _ := in.Peek(len(gzipMark)); string(start) != gzipMark {
		return in, nil
	}
	plain, err := gzip.NewReader(in)
	if err != nil {
		return nil, fmt.Errorf("gzip: %w", err)
	}
	return gzipErrors{plain}, nil
}

// gzipErrors says of an error that it is gzip's, as of a file that ends too early.
type gzipErrors struct{ from io.Reader }

func (g gzipErrors) Read(p []byte) (int, error) {
	n, err := g.from.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("gzip: %w", err)
	}
	return n, err
}
