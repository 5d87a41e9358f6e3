package trace_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/trace"
)

// answer is the JSON of get-metric-data with these results.
func answer(results ...string) string {
	return fmt.Sprintf(`{"MetricDataResults": [%s], "Messages": []}`, strings.Join(results, ", "))
}

// result is one of them, of two datapoints half an hour apart.
func result(id, label, first, second string) string {
	return fmt.Sprintf(`{"Id": %q, "Label": %q, "Timestamps": ["2026-11-23T05:00:00+00:00", "2026-11-23T05:30:00+00:00"], "Values": [%s, %s], "StatusCode": "Complete"}`, id, label, first, second)
}

// The sums of half an hour are rates of each of its minutes. The newest datapoint may come first.
func TestReadTheCommandLinesJSON(t *testing.T) {
	third := `{"Id": "ir", "Label": "IncomingRecords", "Timestamps": ["2026-11-23T06:00:00Z"], "Values": [900]}` // another page
	for name, input := range map[string]string{
		"as printed":       answer(result("ir", "IncomingRecords", "1800", "3600"), result("ib", "IncomingBytes", "180000.0", "3.6e5"), third),
		"after a mark":     "\xef\xbb\xbf\n  " + answer(result("ib", "orders IncomingBytes", "180000", "360000"), result("ir", "orders IncomingRecords", "1800", "3600"), third),
		"newest first":     answer(third, result("ir", "IncomingRecords", "1800", "3600"), result("ib", "IncomingBytes", "180000", "360000")),
		"seconds as times": strings.NewReplacer(`"2026-11-23T05:00:00+00:00"`, "1795410000.0", `"2026-11-23T05:30:00+00:00"`, "1795411800").Replace(answer(result("ir", "IncomingRecords", "1800", "3600"), result("ib", "IncomingBytes", "180000", "360000"), third)),
	} {
		got, err := trace.Read(strings.NewReader(input))
		if err != nil || len(got.Minutes) != 90 || !got.Start.Equal(time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)) {
			t.Errorf("%s: %d minutes from %v, %v", name, len(got.Minutes), got.Start, err)
			continue
		}
		for minute, want := range map[int]trace.Rate{0: {Records: 1, Bytes: 100}, 29: {Records: 1, Bytes: 100}, 30: {Records: 2, Bytes: 200}, 60: {Records: 0.5}} {
			if m := got.Minutes[minute]; math.Abs(m.Records-want.Records) > 1e-9 || math.Abs(m.Bytes-want.Bytes) > 1e-9 {
				t.Errorf("%s: minute %d is %+v, want %+v", name, minute, m, want)
			}
		}
	}
}

// A week of minutes is longer than a row of CSV may be.
func TestReadAWeekOfJSON(t *testing.T) {
	var times, values []string
	for minute := range 7 * 24 * 60 {
		times = append(times, `"`+time.Date(2026, 11, 23, 0, minute, 0, 0, time.UTC).Format(time.RFC3339)+`"`)
		values = append(values, "60000000.000000000000000000000000000000000000000000000000000000000000000000000000")
	}
	input := answer(fmt.Sprintf(`{"Id": "ib", "Label": "IncomingBytes", "Timestamps": [%s], "Values": [%s]}`, strings.Join(times, ","), strings.Join(values, ",")))
	if got, err := trace.Read(strings.NewReader(input)); err != nil || len(got.Minutes) != 7*24*60 || len(input) < 1<<20 {
		t.Errorf("%d minutes of %d bytes, %v", len(got.Minutes), len(input), err)
	}
}

func TestJSONThatIsNoTrace(t *testing.T) {
	good := result("ib", "IncomingBytes", "1", "2")
	for name, c := range map[string]struct{ input, want string }{
		"cut off":             {answer(good)[:60], "get-metric-data"},
		"something else":      {`{"Datapoints": []}`, "without MetricDataResults"},
		"a list of numbers":   {`{"MetricDataResults": [1]}`, "get-metric-data"},
		"another metric":      {answer(result("a", "GetRecords.Bytes", "1", "2")), `["GetRecords.Bytes"]`},
		"two streams":         {answer(good, result("other", "IncomingBytes", "1", "2")), "two results of IncomingBytes"},
		"values without time": {strings.Replace(answer(good), "1, 2]", "1, 2, 3]", 1), "2 timestamps for 3 values"},
		"a time that is none": {strings.Replace(answer(good), "2026-11-23T05:30:00+00:00", "soon", 1), "value 2: \"soon\" is not a time"},
		"a negative value":    {answer(result("ib", "IncomingBytes", "1", "-2")), "value 2: -2 cannot be"},
		"forbidden":           {strings.Replace(answer(good), "Complete", "Forbidden", 1), `status "Forbidden"`},
	} {
		if got, err := trace.Read(strings.NewReader(c.input)); err == nil || !strings.Contains(err.Error(), c.want) || len(got.Minutes) > 0 {
			t.Errorf("%s: %d minutes, %v; want an error with %q", name, len(got.Minutes), err, c.want)
		}
	}
	if _, err := trace.Read(strings.NewReader(answer(`{"Id": "ib", "Label": "IncomingBytes", "Timestamps": [], "Values": []}`))); !errors.Is(err, trace.ErrEmpty) {
		t.Errorf("no datapoints: %v", err)
	}
}
