package trace_test

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/internal/trace"
)

func at(minute int) string { return noon.Add(time.Duration(minute) * time.Minute).Format(time.RFC3339) }

// A stream with traffic in every second minute has its points two minutes apart. Only the heading
// tells that from points of two minutes.
func TestThePeriodIsWhatTheHeadingSays(t *testing.T) {
	const names = "Label,IncomingBytes,IncomingRecords\n"
	everySecond := at(0) + ",600,60\n" + at(2) + ",600,60\n" + at(4) + ",600,60\n"
	for name, test := range map[string]struct {
		input string
		want  []trace.Rate
	}{
		"every second minute": {names + "Period,1 minute,1 minute\n" + everySecond, rates(1, 10, 0, 0, 1, 10, 0, 0, 1, 10)},
		"in seconds":          {names + "Period,60,60\n" + everySecond, rates(1, 10, 0, 0, 1, 10, 0, 0, 1, 10)},
		"above the names":     {"Period,1 minute,1 minute\nRegion,us-east-1,us-east-1\n" + names + everySecond, rates(1, 10, 0, 0, 1, 10, 0, 0, 1, 10)},
		"two minutes":         {names + "Period,2 minutes,2 minutes\n" + everySecond, rates(0.5, 5, 0.5, 5, 0.5, 5, 0.5, 5, 0.5, 5, 0.5, 5)},
		"of hours":            {names + "Period,2 hours,2 hours\n" + at(0) + ",72000,7200\n" + at(120) + ",72000,7200\n", slices.Repeat(rates(1, 10), 240)},
		"of one row":          {names + "period,3 Minutes,\n" + at(0) + ",1800,180\n", rates(1, 10, 1, 10, 1, 10)},
		"not told":            {names + everySecond, rates(0.5, 5, 0.5, 5, 0.5, 5, 0.5, 5, 0.5, 5, 0.5, 5)},
	} {
		got, err := trace.Read(strings.NewReader(test.input))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if diff := cmp.Diff(test.want, got.Minutes); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func TestWhatTheHeadingsRefuse(t *testing.T) {
	names, row := "Label,IncomingBytes,IncomingRecords\n", at(0)+",1,1\n"
	for name, test := range map[string]struct{ input, says string }{
		"an average":                  {names + "Statistic,Sum,Average\n" + row, `line 2: statistic "Average"; want Sum`},
		"another word for it":         {names + "Stat,p99,Sum\n" + row, `line 2: statistic "p99"; want Sum`},
		"above the names":             {"Region,us-east-1,us-east-1\nStatistic,Maximum,Maximum\n" + names + row, `line 2: statistic "Maximum"; want Sum`},
		"two periods":                 {names + "Period,1 minute,5 minutes\n" + row, "line 2: periods of 5 and 1 minutes; want one for all"},
		"a period of seconds":         {names + "Period,10 seconds,10 seconds\n" + row, `line 2: period "10 seconds" is not a whole number of minutes`},
		"a period of weeks":           {names + "Period,2 weeks,2 weeks\n" + row, `line 2: period "2 weeks" is no length of time`},
		"a period of years":           {names + "Period,9999999999999,1\n" + row, `is not a whole number of minutes, up to a day`},
		"no number of minutes":        {names + "Period,minute,minute\n" + row, `line 2: period "minute" is no length of time`},
		"closer than the period":      {names + "Period,5 minutes,5 minutes\n" + row + at(5) + ",1,1\n" + at(7) + ",1,1\n", "line 5: 2 minutes after the row before, but the period is 5 minutes"},
		"two streams":                 {"\nFull label,orders IncomingBytes,orders IncomingRecords,payments IncomingBytes\n" + row, `line 2: two columns of IncomingBytes, "orders IncomingBytes" and "payments IncomingBytes"`},
		"two statistics":              {"Label,IncomingBytes Sum,IncomingBytes Average\n" + row, `line 1: two columns of IncomingBytes, "IncomingBytes Sum" and "IncomingBytes Average"`},
		"a metric of each stream":     {"Label,orders IncomingBytes,payments IncomingRecords\n" + row, `line 1: two streams, "payments" and "orders"; want a graph of one`},
		"two streams in a heading":    {names + "StreamName,orders,payments\n" + row, `line 2: two streams, "payments" and "orders"; want a graph of one`},
		"times of another form":       {names + "YAxis,left,left\n23/11/2026 12:00,1,1\n23/11/2026 12:01,1,1\n", `line 3: "23/11/2026 12:00" is not a time`},
		"the first of them":           {names + "Nov 23 12:00,1,1\n" + row, `line 2: "Nov 23 12:00" is not a time`},
		"times without any digit":     {names + strings.Repeat("noon,1,1\n", 12), `line 2: "noon" is not a time`},
		"sums of hours, not told":     {names + at(0) + ",1,1\n" + at(360) + ",1,1\n" + at(720) + ",1,1\n", "line 2: rows are 360 minutes apart, and nothing tells whether"},
		"a row of headings, no times": {names + "YAxis,left,left\n", "no rows of traffic"},
	} {
		_, err := trace.Read(strings.NewReader(test.input))
		if err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v, want %q", name, err, test.says)
		}
	}
}

// What a graph of one stream may have above its rows.
func TestHeadingsThatSayNothingWrong(t *testing.T) {
	row := at(0) + ",600,60\n"
	for name, input := range map[string]string{
		"labels that differ":      "Label,bytes: IncomingBytes,records: IncomingRecords\n" + row,
		"another column's":        "Label,IncomingBytes,IncomingRecords,WriteProvisionedThroughputExceeded\nStatistic,Sum,Sum,Average\n" + row,
		"a stream and its labels": "Label,in IncomingBytes,in IncomingRecords\nStreamName,orders,orders\nStat,sum,SUM\n" + row,
		"empty cells":             "Label,IncomingBytes,IncomingRecords\nStat\nPeriod,,\n" + row,
	} {
		got, err := trace.Read(strings.NewReader(input))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if diff := cmp.Diff(rates(1, 10), got.Minutes); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func TestWhatIsNoTextIsNamed(t *testing.T) {
	for input, says := range map[string]string{
		"\x1f\x8b\x08\x00rest": "gzip: ",
		"PK\x03\x04rest":       "a ZIP archive or a spreadsheet: save it as CSV",
		"\xff\xfet\x00":        "UTF-16: save it as UTF-8",
		"\xfe\xff\x00t":        "UTF-16: save it as UTF-8",
		"t\x00i\x00m\x00":      "UTF-16: save it as UTF-8",
		"\x1f":                 `names no columns`,
	} {
		if _, err := trace.Read(strings.NewReader(input)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %q", input, err, says)
		}
	}
}

// endless is an input that never ends, and counts what was read of it.
type endless struct {
	text string
	read int
}

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, strings.Repeat(e.text, len(p)/len(e.text)+1))
	e.read += n
	if e.read > 1<<30 {
		return n, errors.New("a gigabyte was read")
	}
	return n, nil
}

// What has no end of a row is given up after a megabyte, not read into memory.
func TestARowThatDoesNotEnd(t *testing.T) {
	for name, test := range map[string]struct{ before, text, says string }{
		"no line breaks":       {"", "x", "line 1: more than a megabyte without the end of a row"},
		"none after the first": {header + at(0) + ",1,2\n", "1", "line 3: more than a megabyte"},
		"a quote left open":    {header + at(0) + ",\"1,2\n", at(1) + ",1,2\n", "line 2: more than a megabyte"},
	} {
		rest := &endless{text: test.text}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := trace.Read(io.MultiReader(strings.NewReader(test.before), rest))
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v, want %q", name, err, test.says)
		}
		if took := after.TotalAlloc - before.TotalAlloc; took > 50<<20 || rest.read > 2<<20 {
			t.Errorf("%s: %d bytes were read, %d allocated", name, rest.read, took)
		}
	}
}

// Rows are bounded each, not together.
func TestManyLongRows(t *testing.T) {
	input := header
	for minute := range 4 {
		input += fmt.Sprintf("%s,1,2,%s\n", at(minute), strings.Repeat("x", 900_000))
	}
	if got, err := trace.Read(strings.NewReader(input)); err != nil || len(got.Minutes) != 4 {
		t.Errorf("%d minutes, %v", len(got.Minutes), err)
	}
}
