package trace

// The output of `aws cloudwatch get-metric-data`, as the AWS CLI prints it.

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
)

// maxJSON is how long such an output may be: ten years of minutes of two metrics have about as many bytes.
const maxJSON = 1 << 29

// metricData is GetMetricData's answer. The CLI joins pages, so a metric may come in several results.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html (read 2026-11)
type metricData struct {
	Results []metricResult `json:"MetricDataResults"`
}

type metricResult struct {
	ID         string            `json:"Id"`
	Label      string            `json:"Label"`
	Timestamps []json.RawMessage `json:"Timestamps"` // text, or seconds since 1970
	Values     []float64         `json:"Values"`
	StatusCode string            `json:"StatusCode"`
}

// isJSON reports whether an input that begins so is JSON: no header of CSV begins with a brace.
func isJSON(start []byte) bool {
	return strings.HasPrefix(strings.TrimLeft(string(start), " \t\r\n"), "{")
}

// readJSON reads a trace from GetMetricData's answer. The values are sums over the period, which is the
// distance of most datapoints.
func readJSON(in io.Reader) (Trace, error) {
	limited := &io.LimitedReader{R: in, N: maxJSON}
	var data metricData
	if err := json.NewDecoder(limited).Decode(&data); err != nil {
		if limited.N <= 0 {
			err = fmt.Errorf("more than %d bytes", maxJSON)
		}
		return Trace{}, fmt.Errorf("not the JSON of aws cloudwatch get-metric-data: %w", err)
	}
	if data.Results == nil {
		return Trace{}, errors.New("JSON without MetricDataResults; want the output of aws cloudwatch get-metric-data")
	}
	form := columns{at: 0, records: -1, bytes: -1, sums: true, line: 1}
	rows := map[int64]row{}
	for i, metric := range []struct {
		name  string
		found *int
		set   func(*row, float64)
	}{
		{"IncomingRecords", &form.records, func(r *row, v float64) { r.rate.Records = v }},
		{"IncomingBytes", &form.bytes, func(r *row, v float64) { r.rate.Bytes = v }},
	} {
		results, err := data.of(metric.name)
		if err != nil {
			return Trace{}, err
		}
		for _, result := range results {
			*metric.found = i + 1
			if err := result.collect(metric.name, rows, metric.set); err != nil {
				return Trace{}, err
			}
		}
	}
	if form.records < 0 && form.bytes < 0 {
		return Trace{}, fmt.Errorf("no result is of IncomingRecords or IncomingBytes by its Label; there are %q", data.labels())
	}
	if len(rows) == 0 {
		return Trace{}, ErrEmpty
	}
	all := slices.SortedFunc(maps.Values(rows), compareRows)
	for i := range all {
		all[i].line = i + 1
	}
	return assemble(all, form)
}

// of returns the results of a metric, by their labels. Two queries of it are two streams, or two statistics.
func (d metricData) of(name string) ([]metricResult, error) {
	var found []metricResult
	for _, r := range d.Results {
		if !strings.Contains(r.Label, name) {
			continue
		}
		if len(found) > 0 && found[0].ID != r.ID {
			return nil, fmt.Errorf("two results of %s, %q and %q; want those of one stream, with one statistic", name, found[0].ID, r.ID)
		}
		found = append(found, r)
	}
	return found, nil
}

func (d metricData) labels() []string {
	labels := make([]string, len(d.Results))
	for i, r := range d.Results {
		labels[i] = r.Label
	}
	return labels
}

// collect puts a result's values into the rows of their minutes.
func (r metricResult) collect(name string, rows map[int64]row, set func(*row, float64)) error {
	switch {
	case r.StatusCode != "" && r.StatusCode != "Complete" && r.StatusCode != "PartialData":
		return fmt.Errorf("%s: CloudWatch could not give it: status %q", name, r.StatusCode)
	case len(r.Timestamps) != len(r.Values):
		return fmt.Errorf("%s: %d timestamps for %d values", name, len(r.Timestamps), len(r.Values))
	case len(rows)+len(r.Values) > 2*maxRows:
		return fmt.Errorf("%s: more than %d values, ten years of minutes", name, maxRows)
	}
	for i, value := range r.Values {
		at, err := parseTime(jsonTime(r.Timestamps[i]))
		switch {
		case err != nil:
			return fmt.Errorf("%s, value %d: %w", name, i+1, err)
		case value < 0 || value > maxRate || math.IsNaN(value):
			return fmt.Errorf("%s, value %d: %v cannot be", name, i+1, value)
		}
		next := rows[floorMinute(at)]
		next.minute = floorMinute(at)
		set(&next, value)
		rows[next.minute] = next
	}
	return nil
}

// jsonTime is a timestamp as text: seconds since 1970 without their fraction.
func jsonTime(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	text, _, _ = strings.Cut(string(raw), ".")
	return text
}
