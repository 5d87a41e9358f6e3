package trace

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
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

// Read reads a trace. An error names the line it was found in, or is ErrEmpty. The input is
// read once and not kept: a file of 100 MB needs about as much memory as it has rows, 40 bytes each.
func Read(r io.Reader) (Trace, error) {
	in := bufio.NewReaderSize(r, 1<<16)
	if mark, err := in.Peek(3); err == nil && bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
		_, _ = in.Discard(3) // a byte order mark, as spreadsheets write
	}
	rows := csv.NewReader(in)
	rows.FieldsPerRecord, rows.ReuseRecord, rows.Comment, rows.TrimLeadingSpace = -1, true, '#', true
	form, err := readHeader(rows)
	if err != nil {
		return Trace{}, err
	}
	var all []row
	for {
		fields, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Trace{}, fmt.Errorf("not CSV: %w", err)
		}
		line, _ := rows.FieldPos(0)
		if len(all) == 0 && form.sums && !startsWithTime(fields) {
			continue // CloudWatch's further headings
		}
		next, err := form.parse(fields)
		if err != nil {
			return Trace{}, fmt.Errorf("line %d: %w", line, err)
		}
		next.line = line
		if all = append(all, next); len(all) > maxRows {
			return Trace{}, fmt.Errorf("line %d: more than %d rows, ten years of minutes", line, maxRows)
		}
	}
	if len(all) == 0 {
		return Trace{}, ErrEmpty
	}
	return assemble(all, form)
}

// columns says where a form keeps what. -1: there is no such column.
type columns struct {
	at, records, bytes int
	sums               bool // values are sums over the period, as CloudWatch's, not rates
	line               int  // of the header
}

// maxHeader is how many lines may come before the header.
const maxHeader = 10

// readHeader reads up to the line that names the columns.
func readHeader(rows *csv.Reader) (columns, error) {
	var first string
	for range maxHeader {
		fields, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return columns{}, fmt.Errorf("not CSV: %w", err)
		}
		if c, found := header(fields); found {
			c.line, _ = rows.FieldPos(0)
			return c, nil
		}
		if first == "" {
			first = strings.Join(fields, ",")
		}
	}
	if first == "" {
		return columns{}, ErrEmpty
	}
	return columns{}, fmt.Errorf("line 1: %.80q names no columns; want timestamp,records_per_second,bytes_per_second, or CloudWatch's IncomingRecords and IncomingBytes", first)
}

func header(fields []string) (columns, bool) {
	c := columns{at: -1, records: -1, bytes: -1}
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
		return c, true
	}
	c = columns{at: 0, records: -1, bytes: -1, sums: true}
	for i, name := range fields[min(1, len(fields)):] {
		switch {
		case strings.Contains(name, "IncomingRecords") && c.records < 0:
			c.records = i + 1
		case strings.Contains(name, "IncomingBytes") && c.bytes < 0:
			c.bytes = i + 1
		}
	}
	return c, c.records >= 0 || c.bytes >= 0
}

func startsWithTime(fields []string) bool {
	_, err := parseTime(fields[0])
	return err == nil
}

// parse reads one row. Sums stay sums; assemble knows the period.
func (c columns) parse(fields []string) (row, error) {
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
