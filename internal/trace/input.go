package trace

// What is read, before it is taken for CSV.

import (
	"bytes"
	"errors"
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
		{"\x1f\x8b", "compressed: gunzip it first"},
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
