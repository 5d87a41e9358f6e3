package trace

// What CloudWatch's form says above its rows, beside the metrics' names.

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// maxHeadings is how many lines may come before the line that names the columns, and how many
// between it and the first row.
const maxHeadings = 10

// heading is a line before the first row: "Statistic,Sum,Sum". What it says of a column is in the
// column's place.
type heading struct {
	line   int
	fields []string
}

func (h heading) name() string { return strings.ToLower(strings.TrimSpace(h.fields[0])) }

// of returns what the heading says of a column; empty for nothing.
func (h heading) of(column int) string {
	if column < 0 || column >= len(h.fields) {
		return ""
	}
	return strings.TrimSpace(h.fields[column])
}

// isHeading reports whether a line before the first row is a heading, rather than a row whose time
// cannot be read: a time has digits.
func isHeading(fields []string) bool { return !strings.ContainsAny(fields[0], "0123456789") }

// take takes in what a heading says of the columns. An error tells of what is not a sum, of a period
// that cannot be used, or of a second stream.
func (c *columns) take(h heading) error {
	for _, column := range []int{c.records, c.bytes} {
		said := h.of(column)
		if said == "" {
			continue
		}
		var err error
		switch h.name() {
		case "stat", "statistic":
			if !strings.EqualFold(said, "Sum") {
				err = fmt.Errorf("statistic %q; want Sum", said)
			}
		case "period":
			err = c.takePeriod(said)
		case "streamname":
			err = c.takeStream(said)
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", h.line, err)
		}
	}
	return nil
}

func (c *columns) takePeriod(text string) error {
	minutes, err := parsePeriod(text)
	if err == nil && c.period != 0 && c.period != minutes {
		err = fmt.Errorf("periods of %d and %d minutes; want one for all", c.period, minutes)
	}
	c.period = minutes
	return err
}

func (c *columns) takeStream(name string) error {
	if c.stream != "" && c.stream != name {
		return fmt.Errorf("two streams, %q and %q; want a graph of one", c.stream, name)
	}
	c.stream = name
	return nil
}

// periodUnits are the units of a period, in seconds. Without one it is in seconds.
func periodUnits() map[string]int {
	return map[string]int{
		"": 1, "s": 1, "second": 1, "seconds": 1, "m": 60, "minute": 60, "minutes": 60,
		"h": 3600, "hour": 3600, "hours": 3600, "d": 86400, "day": 86400, "days": 86400,
	}
}

// parsePeriod reads a period, such as "5 minutes", "1 hour" or "300" seconds, in whole minutes.
func parsePeriod(text string) (int64, error) {
	digits := strings.TrimRight(text, " abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
	n, err := strconv.Atoi(digits)
	seconds, known := periodUnits()[strings.ToLower(strings.TrimSpace(text[len(digits):]))]
	if err != nil || !known {
		return 0, fmt.Errorf("period %.40q is no length of time; want one like 1 minute", text)
	}
	if n < 1 || n > 86400/seconds || n*seconds%60 != 0 {
		return 0, fmt.Errorf("period %q is not a whole number of minutes, up to a day; want 1 minute", text)
	}
	return int64(n * seconds / 60), nil
}

// metricColumns finds the columns in CloudWatch's labels, such as "orders IncomingBytes"; records and
// bytes are -1 where there is none. Two of a metric are an error, and so are two streams: whose rows
// would be read?
func metricColumns(labels []string) (c columns, err error) {
	c = columns{at: 0, records: -1, bytes: -1, sums: true}
	var streams []string
	for _, metric := range []struct {
		name string
		to   *int
	}{{"IncomingRecords", &c.records}, {"IncomingBytes", &c.bytes}} {
		for i, label := range labels {
			before, _, has := strings.Cut(label, metric.name)
			switch {
			case i == 0 || !has:
			case *metric.to >= 0:
				return c, fmt.Errorf("two columns of %s, %q and %q; want a graph of one stream, with one statistic", metric.name, labels[*metric.to], label)
			default:
				*metric.to = i
				streams = append(streams, streamName().FindString(strings.TrimSpace(before)))
			}
		}
	}
	if len(streams) == 2 && streams[0] != "" && streams[1] != "" {
		err = errors.Join(c.takeStream(streams[0]), c.takeStream(streams[1]))
		c.stream = "" // a label is not always a stream's name
	}
	return c, err
}

func streamName() *regexp.Regexp { return regexp.MustCompile(`^[a-zA-Z0-9_.-]+$`) }
