package scaling_test

import (
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// tester is what checks need of *testing.T and *rapid.T.
type tester interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// noon is "now" in every test that has no reason for another time.
func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

// input is everything that Decide looks at.
type input struct {
	now time.Time
	s   scaling.Settings
	o   scaling.Observation
	h   scaling.Operations
}

func (in input) decide() scaling.Decision { return scaling.Decide(in.now, in.s, in.o, in.h) }

// halving are settings of double-halve with numbers that the tests reckon with, whatever the
// defaults are.
func halving() scaling.Settings {
	return scaling.Settings{
		Mode: scaling.ModeEnabled, Policy: scaling.DoubleHalve, Pause: scaling.PausedNone, MinShards: 1, MaxShards: scaling.MaxStreamShards,
		ScaleUpThreshold: 0.75, ScaleDownThreshold: 0.25, ThrottledShare: 0.01, NominalThresholds: scaling.NominalNone,
		ScaleUpAlarm:      scaling.AlarmWindow{PeriodMinutes: 1, EvaluationPeriods: 5, DatapointsToAlarm: 3},
		ScaleDownAlarm:    scaling.AlarmWindow{PeriodMinutes: 5, EvaluationPeriods: 12, DatapointsToAlarm: 11},
		ScaleDownCooldown: 10 * time.Minute, ScaleUpReserve: 3, OperationLimit: 10,
		TargetUtilization: 0.8, ForecastUtilization: 1, ForecastConfidence: 0.9, OperationPrice: 0.01, PeakHold: 10 * time.Minute, MinSaving: 0.2, MaxGrowth: 8,
		IteratorAgeMinutes: 30, ConsumerConcurrencyPerShard: 1, ConsumerDrift: scaling.DriftRepair,
	}
}

// asked is a healthy stream of open shards at a steady utilization, whose alarm of a direction
// went off at noon, with no operation behind it.
func asked(dir scaling.Direction, open int, utilization float64) input {
	return input{
		now: noon(),
		s:   halving(),
		o: scaling.Observation{
			Alarm: dir,
			Stream: scaling.Summary{
				Name: "orders", ARN: "arn:aws:kinesis:eu-west-1:123456789012:stream/orders",
				Status: scaling.StatusActive, Mode: scaling.ModeProvisioned, OpenShards: open, CreatedAt: noon().AddDate(0, -1, 0),
			},
			Traffic: steady(open, utilization),
		},
	}
}

// with returns the input after a change to it.
func (in input) with(change func(*input)) input {
	change(&in)
	return in
}

// answered is the answer of CloudWatch at noon for the last 90 minutes, with these samples.
func answered(samples ...scaling.Sample) scaling.Traffic {
	return scaling.Traffic{Known: true, From: noon().Add(-90 * time.Minute), To: noon(), Samples: samples}
}

// steady is 90 minutes of traffic at one utilization of open shards; the newest minute is not
// published yet.
func steady(open int, utilization float64) scaling.Traffic {
	return answered(minutes(90, 2, func(s *scaling.Sample) {
		s.Bytes = utilization * float64(open) * scaling.BytesPerShard
		s.Records = s.Bytes / 2000
	})...)
}

// minutes is one sample for each minute from some minutes before noon to some minutes before
// noon, both included.
func minutes(from, to int, fill func(*scaling.Sample)) []scaling.Sample {
	var samples []scaling.Sample
	for ago := from; ago >= to; ago-- {
		s := scaling.Sample{At: noon().Add(-time.Duration(ago) * time.Minute)}
		fill(&s)
		samples = append(samples, s)
	}
	return samples
}

// operations are operations some time before noon, newest first.
func operations(ago ...time.Duration) scaling.Operations {
	var h scaling.Operations
	for _, d := range ago {
		h = append(h, scaling.Operation{At: noon().Add(-d), Direction: scaling.Up, From: 2, To: 4})
	}
	return h
}

// hoursAgo are count operations before noon, an hour apart, the newest first hours ago.
func hoursAgo(first, count int) scaling.Operations {
	var ago []time.Duration
	for i := range count {
		ago = append(ago, time.Duration(first+i)*time.Hour)
	}
	return operations(ago...)
}

// codes are the codes of a trail, in order.
func codes(trail scaling.Trail) []scaling.ReasonCode {
	var list []scaling.ReasonCode
	for _, r := range trail {
		list = append(list, r.Code)
	}
	return list
}

// equal fails the test with the difference between two values.
func equal[T any](t tester, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: got the + lines instead of the - lines:\n%s", what, diff)
	}
}
