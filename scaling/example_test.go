package scaling_test

import (
	"fmt"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// A stream of four shards took 3.9 shards' worth of records in each of the last minutes, and its
// scale-up alarm went off.
func ExampleDecide() {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	traffic := scaling.Traffic{Known: true, From: now.Add(-30 * time.Minute), To: now}
	for at := traffic.From; at.Before(now); at = at.Add(time.Minute) {
		traffic.Samples = append(traffic.Samples, scaling.Sample{At: at, Records: 3.9 * scaling.RecordsPerShard})
	}
	observation := scaling.Observation{
		Alarm:   scaling.Up,
		Stream:  scaling.Summary{Name: "orders", Status: scaling.StatusActive, Mode: scaling.ModeProvisioned, OpenShards: 4},
		Traffic: traffic,
	}

	decision := scaling.Decide(now, scaling.Defaults(scaling.DoubleHalve), observation, nil)

	fmt.Println(decision.Direction, decision.From, "->", decision.Target)
	for _, reason := range decision.Reasons {
		fmt.Println(reason.Code, reason.Detail)
	}
	// Output:
	// up 4 -> 8
	// utilization_measured 0.97 of records
	// doubled
}
