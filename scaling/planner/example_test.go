package planner_test

import (
	"fmt"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling/planner"
)

// A shop's stream needs 8 shards by day and 2 by night. At ten to seven in the morning of the fourth
// day it has 5: enough for now, but not for the half-hour that begins soon.
func ExampleChoose() {
	now := time.Date(2026, 11, 26, 6, 50, 0, 0, time.UTC)
	past := planner.NewPast(now)
	for minute := now.AddDate(0, 0, -3); minute.Before(now); minute = minute.Add(time.Minute) {
		load := 2.0
		if minute.Hour() >= 7 && minute.Hour() < 19 {
			load = 8
		}
		past.Add(minute, load)
	}
	config := planner.Config{
		MinShards: 1, MaxShards: 100, TargetUtilization: 0.8, ForecastUtilization: 0.9, ForecastConfidence: 0.85,
		MaxGrowth: 8, OperationPrice: 0.02, Lead: 15 * time.Minute, OperationLimit: 10,
	}

	size := planner.Choose(config, past, planner.Stream{Now: now, OpenShards: 5, Load: 2})

	fmt.Println("shards:", size.Shards)
	fmt.Println("for the forecast:", size.Reason == planner.ForForecast)
	fmt.Printf("expected until seven: %.1f, then %.1f, at most %.2f times that\n", size.Forecast.Peak[0], size.Forecast.Peak[1], size.Forecast.Margin)
	// Output:
	// shards: 10
	// for the forecast: true
	// expected until seven: 2.0, then 8.0, at most 1.03 times that
}
