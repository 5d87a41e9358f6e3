// Package trace reads a stream's traffic: how many records and bytes producers send in each minute. It
// accepts two forms of CSV, and the JSON of the AWS CLI.
//
// Shardkeeper's own form has one row a minute, in any order of columns:
//
//	timestamp,records_per_second,bytes_per_second
//	2026-11-23T00:00:00Z,1250,524288
//
// CloudWatch's form is a graph of IncomingBytes and IncomingRecords, statistic Sum, saved as CSV.
// The columns are found by the metrics' names, whatever stands around them. Headings before the
// first time are passed over, but for three: a statistic other than Sum, two periods, or two streams
// are an error. The values are sums, so they are divided by the period: that of the heading, or the
// distance of most rows where there is none.
//
//	Full label,orders IncomingBytes,orders IncomingRecords
//	Period,1 minute,1 minute
//	2026/11/23 00:00:00,31457280,75000
//
// JSON is the output of `aws cloudwatch get-metric-data` with the sums of IncomingBytes and IncomingRecords;
// which is which is told by the labels. The period is the distance of most datapoints.
//
// A time is RFC 3339, "2006-01-02 15:04:05" or "2006/01/02 15:04:05" in UTC, seconds optional, or
// whole seconds since 1970. It is the start of the row's interval, and counts to the minute. One of
// the two columns is enough; the other then counts as 0. Lines that begin with # are comments.
//
// What can be put right is, and reported in Trace.Repairs:
//
//   - Rows out of order are sorted.
//   - Several rows of one minute are averaged.
//   - Rows further apart than a minute, most with the same distance of a day at most, stand for that many
//     minutes, unless CloudWatch's heading tells the period. Sums that are more than an hour apart without
//     one are an error.
//   - Up to ten missing minutes repeat the row before. Longer gaps, and any gap in CloudWatch's
//     form, count as no traffic: Kinesis publishes nothing in a minute without any.
//
// Everything else is an error that names the line, a gap of more than 31 days too.
package trace

import (
	"cmp"
	"fmt"
	"time"
)

// Rate is the traffic of one minute, per second: what producers send, before any throttling.
type Rate struct {
	Records float64
	Bytes   float64
}

// Trace is a stream's traffic, minute by minute without gaps.
type Trace struct {
	Start   time.Time // of the first minute, UTC
	Minutes []Rate
	Repairs []Repair // what was put right, in the order above
}

// Repair is one kind of thing that was put right.
type Repair struct {
	Line  int // the first line concerned
	Count int // how many rows, or minutes, are concerned
	What  string
}

// String returns one line for people.
func (r Repair) String() string { return fmt.Sprintf("line %d: %s (%d)", r.Line, r.What, r.Count) }

// Peak returns the largest value of each of the two rates. They may be of different minutes.
func (t Trace) Peak() Rate {
	var peak Rate
	for _, m := range t.Minutes {
		peak.Records, peak.Bytes = max(peak.Records, m.Records), max(peak.Bytes, m.Bytes)
	}
	return peak
}

// row is one line of the input.
type row struct {
	minute int64 // since 1970
	line   int
	rate   Rate
}

func compareRows(a, b row) int {
	return cmp.Or(cmp.Compare(a.minute, b.minute), cmp.Compare(a.line, b.line))
}
