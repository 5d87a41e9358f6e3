package scaling_test

import (
	"math"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// anyRate draws a metric's value: mostly what a stream could have, else what none should.
func anyRate() *rapid.Generator[float64] {
	return rapid.OneOf(
		rapid.Float64Range(0, 1e4),
		rapid.Float64Range(0, 40*scaling.BytesPerShard),
		rapid.SampledFrom([]float64{
			0, 1, -1, math.NaN(), math.Inf(1), math.Inf(-1), 1e300, -1e300, math.MaxFloat64, math.SmallestNonzeroFloat64,
			scaling.RecordsPerShard, scaling.BytesPerShard, 0.75 * scaling.BytesPerShard, 0.25 * scaling.BytesPerShard,
		}),
	)
}

// anyOpen draws an open shard count: mostly a small one, else the service's edges and beyond.
func anyOpen() *rapid.Generator[int] {
	return rapid.OneOf(
		rapid.IntRange(1, 12), rapid.IntRange(1, 12), rapid.IntRange(1, scaling.MaxStreamShards),
		rapid.SampledFrom([]int{
			math.MinInt, -1, 0, 1, 4999, 5000, 5001, 9999, scaling.MaxStreamShards, scaling.MaxStreamShards + 1,
			2 * scaling.MaxStreamShards, math.MaxInt32, math.MaxInt - 1, math.MaxInt,
		}),
	)
}

// anySettings draws settings that Validate accepts, of whole minutes and clean names.
func anySettings() *rapid.Generator[scaling.Settings] {
	return rapid.Custom(func(t *rapid.T) scaling.Settings {
		s := scaling.Settings{
			Mode:              rapid.SampledFrom([]scaling.Mode{scaling.ModeEnabled, scaling.ModeEnabled, scaling.ModeDryRun, scaling.ModeDisabled}).Draw(t, "mode"),
			Policy:            rapid.SampledFrom([]scaling.Policy{scaling.DoubleHalve, scaling.TargetTracking}).Draw(t, "policy"),
			MinShards:         rapid.OneOf(rapid.IntRange(1, 8), rapid.IntRange(1, scaling.MaxStreamShards)).Draw(t, "min"),
			ScaleUpThreshold:  rapid.Float64Range(0.01, 1).Draw(t, "up threshold"),
			NominalThresholds: rapid.SampledFrom([]scaling.Nominal{scaling.NominalNone, scaling.NominalUp, scaling.NominalDown, scaling.NominalBoth}).Draw(t, "nominal"),
			UsableShare:       rapid.OneOf(rapid.Just(0.0), rapid.Float64Range(0.2, 1)).Draw(t, "usable share"),
			ThrottledShare:    rapid.Float64Range(0.001, 1).Draw(t, "throttled share"),
			ScaleUpAlarm:      anyWindow().Draw(t, "up alarm"),
			ScaleDownAlarm:    anyWindow().Draw(t, "down alarm"),
			ScaleUpCooldown:   time.Duration(rapid.IntRange(0, 1440).Draw(t, "up cooldown")) * time.Minute,
			ScaleDownCooldown: time.Duration(rapid.IntRange(0, 1440).Draw(t, "down cooldown")) * time.Minute,
			OperationLimit:    rapid.IntRange(1, 100).Draw(t, "operation limit"),
			Calm:              anyCalm().Draw(t, "calm"),

			IteratorAgeMinutes:          rapid.IntRange(0, 10_080).Draw(t, "iterator age"),
			FanOutConsumers:             strings.Join(rapid.SliceOfN(anyName(), 0, 5).Draw(t, "fan-out consumers"), " "),
			ConsumerConcurrencyPerShard: rapid.IntRange(1, 10).Draw(t, "concurrency per shard"),
			ConsumerDrift:               rapid.SampledFrom([]scaling.ConsumerDrift{scaling.DriftRepair, scaling.DriftTell}).Draw(t, "consumer drift"),
			Pause:                       rapid.SampledFrom([]scaling.Paused{scaling.PausedNone, scaling.PausedNone, scaling.PausedNone, scaling.PausedUp}).Draw(t, "pause"),
		}
		trackAnyhow(t, &s)
		s.MaxShards = rapid.OneOf(
			rapid.IntRange(s.MinShards, min(s.MinShards+20, scaling.MaxStreamShards)),
			rapid.IntRange(s.MinShards, scaling.MaxStreamShards),
		).Draw(t, "max")
		s.ScaleDownThreshold = s.ScaleUpThreshold * rapid.Float64Range(0.01, 0.5).Draw(t, "down threshold")
		s.ScaleUpReserve = rapid.IntRange(0, s.OperationLimit-1).Draw(t, "reserve")
		if rapid.Bool().Draw(t, "has a consumer") {
			s.Consumer = anyName().Draw(t, "consumer")
		}
		return s
	})
}

// anyCalm draws how long double-halve waits: not at all, as long as the drawn traffic, or longer.
func anyCalm() *rapid.Generator[time.Duration] {
	return rapid.Map(rapid.OneOf(rapid.Just(0), rapid.IntRange(0, 90), rapid.IntRange(0, 1440)), func(minutes int) time.Duration {
		return time.Duration(minutes) * time.Minute
	})
}

// trackAnyhow draws the settings of target-tracking.
func trackAnyhow(t *rapid.T, s *scaling.Settings) {
	ratio := rapid.Float64Range(0.01, 1)
	s.TargetUtilization, s.ForecastUtilization, s.MinSaving = ratio.Draw(t, "target utilization"), ratio.Draw(t, "forecast utilization"), ratio.Draw(t, "min saving")
	s.MaxGrowth = rapid.OneOf(rapid.Float64Range(1, 64), rapid.Float64Range(1, scaling.MaxStreamShards)).Draw(t, "max growth")
	minutes := func(most int, what string) time.Duration {
		return time.Duration(rapid.OneOf(rapid.IntRange(0, most), rapid.IntRange(0, 1440)).Draw(t, what)) * time.Minute
	}
	s.ForecastConfidence, s.OperationPrice = ratio.Draw(t, "forecast confidence"), ratio.Draw(t, "operation price")
	s.PeakHold, s.Lead = minutes(30, "peak hold"), minutes(60, "lead")
}

func anyWindow() *rapid.Generator[scaling.AlarmWindow] {
	return rapid.Custom(func(t *rapid.T) scaling.AlarmWindow {
		period := rapid.SampledFrom([]int{1, 1, 5, 5, 7, 60}).Draw(t, "period")
		periods := rapid.IntRange(1, min(60, 1440/period)).Draw(t, "periods")
		return scaling.AlarmWindow{PeriodMinutes: period, EvaluationPeriods: periods, DatapointsToAlarm: rapid.IntRange(1, periods).Draw(t, "datapoints")}
	})
}

func anyName() *rapid.Generator[string] { return rapid.StringMatching(`[a-zA-Z0-9_.-]{1,20}`) }

// anyTraffic draws what CloudWatch may answer at noon: nothing, no samples, samples with gaps,
// and now and then samples out of order.
func anyTraffic() *rapid.Generator[scaling.Traffic] {
	return rapid.Custom(func(t *rapid.T) scaling.Traffic {
		if rapid.IntRange(0, 9).Draw(t, "unknown") == 0 {
			return scaling.Traffic{}
		}
		traffic := answered()
		level := anyRate().Draw(t, "level") // most minutes are alike, so that alarms are confirmed often
		for ago := 90; ago > 0; {
			stretch := rapid.IntRange(1, 60).Draw(t, "stretch")
			kind := rapid.IntRange(0, 5).Draw(t, "kind")
			s := scaling.Sample{Bytes: level, Records: level / 1000}
			if kind == 1 {
				s = scaling.Sample{
					Bytes: anyRate().Draw(t, "bytes"), Records: anyRate().Draw(t, "records"), Throttled: anyRate().Draw(t, "throttled"),
					IteratorAge: time.Duration(rapid.Int64().Draw(t, "iterator age")),
				}
			}
			for ; stretch > 0 && ago > 0; stretch, ago = stretch-1, ago-1 {
				s.At = noon().Add(-time.Duration(ago) * time.Minute)
				if kind != 0 {
					traffic.Samples = append(traffic.Samples, s)
				}
			}
		}
		if rapid.IntRange(0, 19).Draw(t, "out of order") == 0 {
			slices.Reverse(traffic.Samples)
		}
		return traffic
	})
}

// anyHistory draws operations as the registry keeps them, newest first, some of them from a
// clock ahead of ours.
func anyHistory() *rapid.Generator[scaling.Operations] {
	return rapid.Custom(func(t *rapid.T) scaling.Operations {
		ago := rapid.SliceOfN(rapid.Int64Range(-60, 30*3600), 0, 14).Draw(t, "operations, seconds ago")
		slices.Sort(ago)
		var h scaling.Operations
		for _, seconds := range ago {
			h = append(h, scaling.Operation{At: noon().Add(-time.Duration(seconds) * time.Second)})
		}
		return h
	})
}

// anyInput draws everything that Decide looks at: half of it a healthy stream whose alarm has
// good reason, since what is drawn freely is nearly always held for one reason or another.
func anyInput() *rapid.Generator[input] {
	return rapid.OneOf(anyHealthyInput(), anyWildInput())
}

func anyHealthyInput() *rapid.Generator[input] {
	return rapid.Custom(func(t *rapid.T) input {
		dir, utilization := scaling.Up, rapid.Float64Range(0.75, 3).Draw(t, "high")
		if rapid.Bool().Draw(t, "down") {
			dir, utilization = scaling.Down, rapid.Float64Range(0, 0.24).Draw(t, "low")
		}
		in := asked(dir, rapid.OneOf(rapid.IntRange(2, 12), rapid.IntRange(2, scaling.MaxStreamShards)).Draw(t, "open"), utilization)
		in.s.Policy = rapid.SampledFrom([]scaling.Policy{scaling.DoubleHalve, scaling.TargetTracking}).Draw(t, "policy")
		in.s.Calm = anyCalm().Draw(t, "calm")
		trackAnyhow(t, &in.s)
		in.s.MinShards = rapid.IntRange(1, 4).Draw(t, "min")
		in.s.MaxShards = rapid.IntRange(max(in.o.Stream.OpenShards, in.s.MinShards), scaling.MaxStreamShards).Draw(t, "max")
		in.o.Account = scaling.Account{ShardLimit: rapid.IntRange(0, 20_000).Draw(t, "shard limit"), OpenShards: in.o.Stream.OpenShards}
		in.h = hoursAgo(1, rapid.IntRange(0, 11).Draw(t, "operations"))
		return in
	})
}

func anyWildInput() *rapid.Generator[input] {
	return rapid.Custom(func(t *rapid.T) input {
		mostly := func(usual, other string) string {
			if rapid.IntRange(0, 9).Draw(t, "unusual") == 0 {
				return other
			}
			return usual
		}
		in := input{
			now: noon().Add(time.Duration(rapid.IntRange(0, 90).Draw(t, "seconds past noon")) * time.Second),
			s:   anySettings().Draw(t, "settings"),
			h:   anyHistory().Draw(t, "history"),
		}
		in.o = scaling.Observation{
			Alarm: rapid.SampledFrom([]scaling.Direction{scaling.Up, scaling.Up, scaling.Down, scaling.Down, scaling.Hold}).Draw(t, "alarm"),
			Stream: scaling.Summary{
				Status: scaling.StreamStatus(mostly("ACTIVE", "UPDATING")), Mode: scaling.CapacityMode(mostly("PROVISIONED", "ON_DEMAND")),
				OpenShards: anyOpen().Draw(t, "open"),
				CreatedAt:  noon().Add(-time.Duration(rapid.IntRange(0, 48).Draw(t, "age in hours")) * time.Hour),
			},
			Traffic: anyTraffic().Draw(t, "traffic"),
			Account: scaling.Account{ShardLimit: anyOpen().Draw(t, "shard limit"), OpenShards: anyOpen().Draw(t, "shards in use")},
		}
		if rapid.Bool().Draw(t, "the alarm tells") {
			saysFull(&in)
			in.o.Status.Evaluated.Beyond = rapid.IntRange(0, 20).Draw(t, "beyond")
			in.o.Status.Evaluated.At = noon().Add(time.Duration(rapid.IntRange(-20, 20).Draw(t, "evaluated")) * time.Minute)
		}
		return in
	})
}

func anyDuration() *rapid.Generator[time.Duration] {
	return rapid.Custom(func(t *rapid.T) time.Duration { return time.Duration(rapid.Int64().Draw(t, "duration")) })
}
