package ledger_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

func TestOnlySamplesMeasureAStream(t *testing.T) {
	at := time.Date(2026, 11, 26, 3, 0, 0, 0, time.UTC)
	before := ledger.Measured{At: at.Add(-time.Hour), Utilization: 0.5, Limit: scaling.LimitBytes}
	after := ledger.Measured{At: at, Utilization: 0.9, Limit: scaling.LimitRecords}
	d := scaling.Decision{At: at, Utilization: 0.9, Limit: scaling.LimitRecords}
	for name, test := range map[string]struct {
		traffic scaling.Traffic
		want    ledger.Measured
	}{
		"CloudWatch did not answer": {scaling.Traffic{}, before},
		"no samples":                {scaling.Traffic{Known: true}, before},
		"a sample":                  {scaling.Traffic{Known: true, Samples: []scaling.Sample{{At: at}}}, after},
	} {
		got := ledger.Item{Measured: before}.MeasuredBy(d, scaling.Observation{Traffic: test.traffic})
		if got.Measured != test.want {
			t.Errorf("%s: %+v, want %+v", name, got.Measured, test.want)
		}
	}
}
