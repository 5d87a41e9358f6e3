package main

import (
	"time"

	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// demand turns what CloudWatch counted into what producers sent, minute by minute up to the end,
// from the first minute with traffic on. A minute without a sample had none: Kinesis publishes
// nothing then. bare is how many minutes had no traffic.
//
// Records that were refused are added, as large as those that got in. Producers that send them
// again are counted twice, so a trace of a stream that throttled a lot shows more than there was.
func demand(samples []scaling.Sample, end time.Time) (t trace.Trace, bare int) {
	recordBytes := 0.0 // of the newest minute in which anything got in
	for _, s := range samples {
		if s.Records+s.Throttled+s.Bytes <= 0 {
			continue // only the age of records was published
		}
		if len(t.Minutes) == 0 {
			t.Start = s.At
		}
		minute := int(s.At.Sub(t.Start) / time.Minute)
		if minute < len(t.Minutes) {
			continue // twice the same
		}
		t.Minutes = append(t.Minutes, make([]trace.Rate, minute-len(t.Minutes))...)
		if s.Records > 0 {
			recordBytes = s.Bytes / s.Records
		}
		t.Minutes = append(t.Minutes, trace.Rate{Records: s.Records + s.Throttled, Bytes: s.Bytes + s.Throttled*recordBytes})
	}
	if len(t.Minutes) == 0 {
		return t, 0
	}
	if missing := int(end.Sub(t.Start)/time.Minute) - len(t.Minutes); missing > 0 {
		t.Minutes = append(t.Minutes, make([]trace.Rate, missing)...)
	}
	for _, m := range t.Minutes {
		if m == (trace.Rate{}) {
			bare++
		}
	}
	return t, bare
}
