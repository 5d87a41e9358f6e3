package trace_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/internal/trace"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

const header = "timestamp,records_per_second,bytes_per_second\n"

// rates are minutes as pairs of records and bytes.
func rates(pairs ...float64) []trace.Rate {
	var all []trace.Rate
	for i := 0; i < len(pairs); i += 2 {
		all = append(all, trace.Rate{Records: pairs[i], Bytes: pairs[i+1]})
	}
	return all
}

func TestReadForms(t *testing.T) {
	want := trace.Trace{Start: noon, Minutes: rates(10, 1000, 20, 2000)}
	for name, input := range map[string]string{
		"own":                         header + "2026-11-23T12:00:00Z,10,1000\n2026-11-23T12:01:00Z,20,2000\n",
		"columns in any order":        "bytes_per_second,timestamp,host,records_per_second\n1000,2026-11-23T12:00:00Z,a,10\n2000,2026-11-23T12:01:00Z,b,20\n",
		"a byte order mark":           "\xef\xbb\xbf" + header + "2026-11-23T12:00:00Z,10,1000\r\n2026-11-23T12:01:00Z,20,2000\r\n",
		"comments":                    "# by hand\n" + header + "# noon\n2026-11-23T12:00:00Z,10,1000\n\n2026-11-23T12:01:00Z,20,2000",
		"seconds since 1970":          header + "1795435200,10,1000\n1795435260,20,2000\n",
		"another zone":                header + "2026-11-23T13:00:00+01:00,10,1000\n2026-11-23T13:01:00+01:00,20,2000\n",
		"without a zone":              header + "2026-11-23 12:00:00,10,1000\n2026-11-23 12:01,20,2000\n",
		"exponents":                   header + "2026-11-23T12:00:00Z,1e1,1E+3\n2026-11-23T12:01:00Z,2e1,.2e4\n",
		"seconds within":              header + "2026-11-23T12:00:59Z,10,1000\n2026-11-23T12:01:00Z,20,2000\n",
		"CloudWatch":                  "Full label,orders IncomingBytes,orders IncomingRecords\nYAxis,left,left\n2026/11/23 12:00:00,60000,600\n2026/11/23 12:01:00,120000,1200\n",
		"CloudWatch, headings before": "Region,us-east-1,us-east-1\n\"Label\",\"IncomingRecords\",\"IncomingBytes\"\nStatistic,Sum,Sum\nPeriod,1 minute,1 minute\n2026-11-23T12:00:00Z,600,60000\n2026-11-23T12:01:00Z,1200,120000\n",
	} {
		got, err := trace.Read(strings.NewReader(input))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func TestReadRepairs(t *testing.T) {
	at := func(minute int) string { return noon.Add(time.Duration(minute) * time.Minute).Format(time.RFC3339) }
	for _, test := range []struct {
		name, input string
		want        []trace.Rate
		repairs     []string
	}{
		{
			"rows out of order", header + at(2) + ",3,30\n" + at(0) + ",1,10\n" + at(1) + ",2,20\n", rates(1, 10, 2, 20, 3, 30),
			[]string{"line 3: rows out of order, sorted (1)"},
		},
		{
			"the same minute twice", header + at(0) + ",1,10\n" + at(0) + ",2,20\n" + at(0) + ",6,60\n" + at(1) + ",4,40\n", rates(3, 30, 4, 40),
			[]string{"line 3: several rows of one minute, averaged (2)"},
		},
		{
			"missing minutes", header + at(0) + ",1,10\n" + at(1) + ",2,20\n" + at(4) + ",5,50\n", rates(1, 10, 2, 20, 2, 20, 2, 20, 5, 50),
			[]string{"line 4: missing minutes before this row repeat the one before (2)"},
		},
		{
			"a longer gap", header + at(0) + ",1,10\n" + at(1) + ",2,20\n" + at(13) + ",3,30\n",
			append(append(rates(1, 10, 2, 20), make([]trace.Rate, 11)...), rates(3, 30)...),
			[]string{"line 4: missing minutes before this row count as no traffic (11)"},
		},
		{
			"a gap in CloudWatch's form, and an empty cell", "x,IncomingBytes,IncomingRecords\n" + at(0) + ",600,60\n" + at(1) + ",,60\n" + at(3) + ",600,60\n",
			rates(1, 10, 1, 0, 0, 0, 1, 10),
			[]string{"line 4: missing minutes before this row count as no traffic (1)"},
		},
		{
			"five minutes a row", header + at(0) + ",1,10\n" + at(5) + ",2,20\n" + at(10) + ",3,30\n",
			rates(1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 2, 20, 2, 20, 2, 20, 2, 20, 2, 20, 3, 30, 3, 30, 3, 30, 3, 30, 3, 30),
			[]string{"line 2: rows stand for 5 minutes each (3)"},
		},
		{
			"sums over five minutes", "x,IncomingBytes,IncomingRecords\n" + at(0) + ",3000,300\n" + at(5) + ",6000,600\n" + at(10) + ",9000,900\n",
			rates(1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 2, 20, 2, 20, 2, 20, 2, 20, 2, 20, 3, 30, 3, 30, 3, 30, 3, 30, 3, 30),
			[]string{"line 2: rows stand for 5 minutes each (3)"},
		},
		{
			"two hours a row", header + at(0) + ",1,10\n" + at(120) + ",2,20\n" + at(240) + ",3,30\n",
			slices.Concat(slices.Repeat(rates(1, 10), 120), slices.Repeat(rates(2, 20), 120), slices.Repeat(rates(3, 30), 120)),
			[]string{"line 2: rows stand for 120 minutes each (3)"},
		},
		{"no column for records", "timestamp,bytes_per_second\n" + at(0) + ",10\n", rates(0, 10), []string{"line 1: no column for records, taken as 0 (1)"}},
		{"no column for bytes", "# x\ntimestamp,records_per_second\n" + at(0) + ",10\n", rates(10, 0), []string{"line 2: no column for bytes, taken as 0 (1)"}},
	} {
		got, err := trace.Read(strings.NewReader(test.input))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		var repairs []string
		for _, r := range got.Repairs {
			repairs = append(repairs, r.String())
		}
		if diff := cmp.Diff(test.want, got.Minutes); diff != "" {
			t.Errorf("%s:\n%s", test.name, diff)
		}
		if diff := cmp.Diff(test.repairs, repairs); diff != "" {
			t.Errorf("%s:\n%s", test.name, diff)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	row := "2026-11-23T12:00:00Z,1,2\n"
	for name, test := range map[string]struct{ input, says string }{
		"nothing":               {"", "no rows of traffic"},
		"only a header":         {header, "no rows of traffic"},
		"no header":             {row, `line 1: "2026-11-23T12:00:00Z,1,2" names no columns`},
		"other columns":         {"time,value\n" + row, `line 1: "time,value" names no columns`},
		"a word for a number":   {header + row + "2026-11-23T12:01:00Z,many,2\n", `line 3: records: "many" is not a number`},
		"an empty cell":         {header + row + "2026-11-23T12:01:00Z,1,\n", `line 3: bytes: "" is not a number`},
		"NaN":                   {header + "2026-11-23T12:01:00Z,NaN,2\n", `line 2: records: "NaN" is not a number`},
		"infinity":              {header + "2026-11-23T12:01:00Z,1,+Inf\n", `line 2: bytes: "+Inf" is not a number`},
		"negative":              {header + row + row + "2026-11-23T12:01:00Z,-1,2\n", "line 4: records: -1 is negative"},
		"too much":              {header + "2026-11-23T12:01:00Z,1e16,2\n", "line 2: records: 1e16 is more than any stream takes"},
		"beyond a float":        {header + "2026-11-23T12:01:00Z,1e999,2\n", `line 2: records: "1e999" is not a number`},
		"too few columns":       {header + row + "2026-11-23T12:01:00Z,1\n", "line 3: 2 columns, the header has 3 or more"},
		"no time":               {header + row + "noon,1,2\n", `line 3: "noon" is not a time`},
		"milliseconds":          {header + "1795435200000,1,2\n", `line 2: "1795435200000" is in the year`},
		"minutes since 1970":    {header + "29923920,1,2\n", `line 2: "29923920" is in the year 1970`},
		"a wrong year":          {header + row + "2027-11-23T12:00:00Z,1,2\n", "line 3: 364 days without a row before this one"},
		"not CSV":               {header + "2026-11-23T12:00:00Z,\"1,2\n", "not CSV: parse error on line 2"},
		"not text":              {"\x00\x01\x02\x03", "names no columns"},
		"CloudWatch's, no data": {"x,IncomingBytes\nYAxis,left\n", "no rows of traffic"},
	} {
		_, err := trace.Read(strings.NewReader(test.input))
		if err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v, want %q", name, err, test.says)
		}
	}
	if _, err := trace.Read(strings.NewReader(header)); !errors.Is(err, trace.ErrEmpty) {
		t.Errorf("only a header: %v is not ErrEmpty", err)
	}
}

func TestReadPassesOnFaultsOfTheInput(t *testing.T) {
	broken := errors.New("the disk is gone")
	input := io.MultiReader(strings.NewReader(header+"2026-11-23T12:00:00Z,1,2\n"), faulty{broken})
	if _, err := trace.Read(input); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

type faulty struct{ err error }

func (f faulty) Read([]byte) (int, error) { return 0, f.err }

// However the rows of a trace are shuffled, it is the same trace.
func TestOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var lines []string
		for minute := range rapid.IntRange(1, 60).Draw(t, "minutes") {
			lines = append(lines, fmt.Sprintf("%d,%d,%d\n", noon.Unix()+int64(minute)*60, minute, minute*minute))
		}
		want, err := trace.Read(strings.NewReader(header + strings.Join(lines, "")))
		if err != nil {
			t.Fatal(err)
		}
		got, err := trace.Read(strings.NewReader(header + strings.Join(rapid.Permutation(lines).Draw(t, "lines"), "")))
		if err != nil || !cmp.Equal(want.Minutes, got.Minutes) || len(want.Repairs) > 0 || len(got.Repairs) > 1 {
			t.Fatalf("got %+v, %v; want %+v", got, err, want)
		}
	})
}

func TestPeak(t *testing.T) {
	got := trace.Trace{Minutes: rates(1, 20, 3, 10)}.Peak()
	if want := (trace.Rate{Records: 3, Bytes: 20}); got != want {
		t.Errorf("%v, want %v", got, want)
	}
}

// FuzzRead: whatever comes in, there is an error, or a trace that can be simulated.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		header + "2026-11-23T12:00:00Z,10,1000\n2026-11-23T12:01:00Z,20,2000\n",
		"x,IncomingBytes,IncomingRecords\n2026/11/23 12:00:00,60000,600\n2026/11/23 12:05:00,,1200\n",
		header + "1795435200,1,2\n1795435200,3,4\n1795435500,5,6\n1795435800,5,6\n",
		"Period,1 minute,1 minute\nx,a IncomingBytes,a IncomingRecords\nStat,Sum,Sum\n2026/11/23 12:00:00,60000,600\n2026/11/23 12:02:00,,1200\n",
		"\xef\xbb\xbf#\n" + header + "2026-11-23 12:00,1e3,\n", header, "", "\"", header + "2200-12-31T23:59:59-23:59,0,0\n",
		`{"MetricDataResults":[{"Id":"a","Label":"IncomingBytes","Timestamps":["2026-11-23T05:00:00Z",1795410060.5],"Values":[1,2]}]}`,
		" {", `{"MetricDataResults":[]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		got, err := trace.Read(strings.NewReader(string(input)))
		if err != nil {
			if err.Error() == "" || len(got.Minutes) > 0 {
				t.Errorf("error %q with %d minutes", err, len(got.Minutes))
			}
			return
		}
		if len(got.Minutes) == 0 || got.Start.Second() != 0 || got.Start.Location() != time.UTC {
			t.Errorf("%d minutes from %v", len(got.Minutes), got.Start)
		}
		for i, m := range got.Minutes {
			for _, v := range []float64{m.Records, m.Bytes} {
				if math.IsNaN(v) || v < 0 || v > 1e15 {
					t.Fatalf("minute %d: %v", i, m)
				}
			}
		}
		for _, r := range got.Repairs {
			if r.Line < 1 || r.Count < 1 || r.What == "" {
				t.Errorf("repair %+v", r)
			}
		}
	})
}

// rowsOf is an input of many minutes that is never in memory as a whole.
type rowsOf struct {
	minutes, next int
	rest          []byte
}

func (r *rowsOf) Read(p []byte) (int, error) {
	for len(r.rest) < len(p) && r.next < r.minutes {
		if r.next == 0 {
			r.rest = append(r.rest, header...)
		}
		r.rest = fmt.Appendf(r.rest, "%s,%d.25,%d\n", noon.Add(time.Duration(r.next)*time.Minute).Format(time.RFC3339), r.next, r.next*600)
		r.next++
	}
	if len(r.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// A year of minutes; BenchmarkReadHundredMegabytes reads the largest file that is promised.
func TestALargeFile(t *testing.T) {
	const minutes = 365 * 1440
	got, err := trace.Read(&rowsOf{minutes: minutes})
	if err != nil || len(got.Minutes) != minutes || len(got.Repairs) != 0 {
		t.Errorf("%d minutes, %v, %v", len(got.Minutes), got.Repairs, err)
	}
}

func TestMoreThanTenYears(t *testing.T) {
	input := header
	for month := range 124 {
		input += noon.AddDate(0, 0, 30*month).Format(time.RFC3339) + ",1,1\n"
	}
	if _, err := trace.Read(strings.NewReader(input)); err == nil || !strings.Contains(err.Error(), "line 125: 5313601 minutes after the first row") {
		t.Errorf("got %v", err)
	}
}

func BenchmarkReadTwoWeeks(b *testing.B) { benchmarkRead(b, 14*1440) }

func BenchmarkReadHundredMegabytes(b *testing.B) { benchmarkRead(b, 2_500_000) }

func benchmarkRead(b *testing.B, minutes int) {
	b.Helper()
	b.ReportAllocs()
	input, err := io.ReadAll(&rowsOf{minutes: minutes})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(input)))
	for b.Loop() {
		if got, err := trace.Read(bytes.NewReader(input)); err != nil || len(got.Minutes) != minutes {
			b.Fatal(len(got.Minutes), err)
		}
	}
}
