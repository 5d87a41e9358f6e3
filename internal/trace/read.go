package trace

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ErrEmpty means that the input has no row of traffic.
var ErrEmpty = errors.New("no rows of traffic")

// maxRows bounds the memory that an input can take: ten years of minutes.
const maxRows = 10 * 366 * 24 * 60

// maxRate is far above what 10,000 shards take in a second. Larger values are mistakes.
const maxRate = 1e15

// Read reads a trace. An error names the line it was found in, says what the input is if it is not
// text, or is ErrEmpty. The input is read once and not kept: a file of 100 MB needs about as much
// memory as it has rows, 40 bytes each. A row has at most a megabyte. What gzip made smaller is read as
// what it was.
func Read(r io.Reader) (Trace, error) {
	r, err := unpacked(r)
	if err != nil {
		return Trace{}, err
	}
	input := &bounded{from: r, left: maxRow}
	in := bufio.NewReaderSize(input, 1<<16)
	start, _ := in.Peek(4) // what is wrong with it, the first row tells
	if err := unreadable(start); err != nil {
		return Trace{}, err
	}
	if bytes.HasPrefix(start, []byte("\xef\xbb\xbf")) {
		_, _ = in.Discard(3) // a byte order mark, as spreadsheets write
	}
	if opening, _ := in.Peek(64); isJSON(opening) {
		input.left = 2 * maxJSON // it has no rows; readJSON has a bound of its own
		return readJSON(in)
	}
	rows := &lines{input: input, csv: csv.NewReader(in)}
	rows.csv.FieldsPerRecord, rows.csv.ReuseRecord, rows.csv.Comment, rows.csv.TrimLeadingSpace = -1, true, '#', true
	form, err := readHeader(rows)
	if err != nil {
		return Trace{}, err
	}
	all, err := readRows(rows, form)
	if err != nil {
		return Trace{}, err
	}
	return assemble(all, *form)
}

// lines are the rows of a CSV file, with their numbers.
type lines struct {
	input *bounded
	csv   *csv.Reader
	line  int // of the row that was read last
}

// next returns the next row, which is good until the one after it; its error is io.EOF at the end.
func (l *lines) next() ([]string, error) {
	fields, err := l.csv.Read()
	switch {
	case errors.Is(err, io.EOF):
		return nil, err
	case errors.Is(err, errLongRow):
		return nil, fmt.Errorf("line %d: %w", l.line+1, err)
	case err != nil:
		return nil, fmt.Errorf("not CSV: %w", err)
	}
	l.input.nextRow()
	l.line, _ = l.csv.FieldPos(0)
	return fields, nil
}

// readRows reads what is below the header: at least one row.
func readRows(rows *lines, form *columns) ([]row, error) {
	var all []row
	headings, first := 0, error(nil) // the first heading, taken for a row
	for {
		fields, err := rows.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		next, err := form.parse(fields)
		if err != nil {
			err = fmt.Errorf("line %d: %w", rows.line, err)
		}
		if len(all) == 0 && form.sums && isHeading(fields) {
			if headings++; headings == 1 {
				first = err
			}
			if headings > maxHeadings {
				return nil, first
			}
			err := form.take(heading{rows.line, fields})
			if err != nil {
				return nil, err
			}
			continue
		}
		if err != nil {
			return nil, err
		}
		next.line = rows.line
		if all = append(all, next); len(all) > maxRows {
			return nil, fmt.Errorf("line %d: more than %d rows, ten years of minutes", rows.line, maxRows)
		}
	}
	if len(all) == 0 {
		return nil, ErrEmpty
	}
	return all, nil
}

// columns says where a form keeps what. -1: there is no such column.
type columns struct {
	at, records, bytes int
	sums               bool   // values are sums over the period, as CloudWatch's, not rates
	line               int    // of the header
	period             int64  // that the headings tell, in minutes; 0: they do not
	stream             string // that the headings tell; empty: they do not
}

// readHeader reads up to the line that names the columns.
func readHeader(rows *lines) (*columns, error) {
	var before []heading
	for range maxHeadings {
		fields, err := rows.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		c, found, err := header(fields)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", rows.line, err)
		}
		if found {
			c.line = rows.line
			for _, h := range before {
				if err := c.take(h); err != nil {
					return nil, err
				}
			}
			return &c, nil
		}
		before = append(before, heading{rows.line, slices.Clone(fields)})
	}
	if len(before) == 0 {
		return nil, ErrEmpty
	}
	return nil, fmt.Errorf("line 1: %.80q names no columns; want timestamp,records_per_second,bytes_per_second, or CloudWatch's IncomingRecords and IncomingBytes", strings.Join(before[0].fields, ","))
}

func header(fields []string) (c columns, found bool, err error) {
	c = columns{at: -1, records: -1, bytes: -1}
	for i, name := range fields {
		switch strings.TrimSpace(name) {
		case "timestamp":
			c.at = i
		case "records_per_second":
			c.records = i
		case "bytes_per_second":
			c.bytes = i
		}
	}
	if c.at >= 0 && (c.records >= 0 || c.bytes >= 0) {
		return c, true, nil
	}
	c, err = metricColumns(fields)
	return c, c.records >= 0 || c.bytes >= 0, err
}

// parse reads one row. Sums stay sums; assemble knows the period.
func (c *columns) parse(fields []string) (row, error) {
	if len(fields) <= max(c.at, c.records, c.bytes) {
		return row{}, fmt.Errorf("%d columns, the header has %d or more", len(fields), max(c.at, c.records, c.bytes)+1)
	}
	at, err := parseTime(fields[c.at])
	if err != nil {
		return row{}, err
	}
	r := row{minute: floorMinute(at)}
	for _, column := range []struct {
		index int
		name  string
		to    *float64
	}{{c.records, "records", &r.rate.Records}, {c.bytes, "bytes", &r.rate.Bytes}} {
		if column.index < 0 {
			continue
		}
		text := strings.TrimSpace(fields[column.index])
		if text == "" && c.sums {
			continue // CloudWatch has no point there: no traffic
		}
		value, err := strconv.ParseFloat(text, 64)
		switch {
		case err != nil || math.IsNaN(value) || math.IsInf(value, 0):
			return row{}, fmt.Errorf("%s: %q is not a number", column.name, text)
		case value < 0:
			return row{}, fmt.Errorf("%s: %s is negative", column.name, text)
		case value > maxRate:
			return row{}, fmt.Errorf("%s: %s is more than any stream takes", column.name, text)
		}
		*column.to = value
	}
	return r, nil
}

// floorMinute returns the minute since 1970 that a time lies in.
func floorMinute(t time.Time) int64 {
	return int64(math.Floor(float64(t.Unix()) / 60))
}

// layouts of the times that are accepted; seconds since 1970 come beside them.
func layouts() [7]string {
	return [...]string{
		time.RFC3339, "2006-01-02 15:04:05", "2006/01/02 15:04:05", "2006-01-02T15:04:05",
		"2006-01-02T15:04Z07:00", "2006-01-02 15:04", "2006/01/02 15:04",
	}
}

func parseTime(text string) (time.Time, error) {
	text = strings.TrimSpace(text)
	if text != "" && strings.Trim(text, "0123456789") == "" {
		if seconds, err := strconv.ParseInt(text, 10, 64); err == nil {
			return plausible(text, time.Unix(seconds, 0).UTC())
		}
	}
	for _, layout := range layouts() {
		if t, err := time.Parse(layout, text); err == nil {
			return plausible(text, t.UTC())
		}
	}
	return time.Time{}, fmt.Errorf("%.40q is not a time; want one like 2026-11-23T00:00:00Z", text)
}

// plausible refuses years in which no stream can have been measured: most likely the unit is
// not seconds.
func plausible(text string, t time.Time) (time.Time, error) {
	if t.Year() < 1990 || t.Year() > 2200 {
		return time.Time{}, fmt.Errorf("%.40q is in the year %d", text, t.Year())
	}
	return t, nil
}
