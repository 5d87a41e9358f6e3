package scaling_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

func TestDefaultsAreValid(t *testing.T) {
	for _, policy := range []scaling.Policy{scaling.DoubleHalve, scaling.TargetTracking} {
		s := scaling.Defaults(policy)
		if err := s.Validate(); err != nil {
			t.Errorf("%s: %v", policy, err)
		}
		equal(t, "policy", s.Policy, policy)
	}
	equal(t, "an unknown policy", scaling.Defaults("guess"), scaling.Defaults(scaling.DoubleHalve))
}

// Each setting is taken to its edges and beyond; the fault names the setting as its tag does.
func TestValidate(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*scaling.Settings)
		fault  string // the setting it must name; empty: none
	}{
		{"least and most shards", func(s *scaling.Settings) { s.MinShards, s.MaxShards = 1, scaling.MaxStreamShards }, ""},
		{"one size", func(s *scaling.Settings) { s.MinShards, s.MaxShards = 7, 7 }, ""},
		{"no mode", func(s *scaling.Settings) { s.Mode = "" }, "mode"},
		{"a mode of no kind", func(s *scaling.Settings) { s.Mode = "on" }, "mode"},
		{"a policy of no kind", func(s *scaling.Settings) { s.Policy = "guess" }, "policy"},
		{"no minimum", func(s *scaling.Settings) { s.MinShards = 0 }, "min-shards"},
		{"a minimum above the service's most", func(s *scaling.Settings) { s.MinShards, s.MaxShards = 10_001, 10_001 }, "min-shards"},
		{"no maximum", func(s *scaling.Settings) { s.MaxShards = 0 }, "max-shards"},
		{"a maximum above the service's most", func(s *scaling.Settings) { s.MaxShards = 10_001 }, "max-shards"},
		{"a minimum above the maximum", func(s *scaling.Settings) { s.MinShards, s.MaxShards = 8, 7 }, "min-shards"},
		{"a full threshold", func(s *scaling.Settings) { s.ScaleUpThreshold = 1 }, ""},
		{"a threshold above full", func(s *scaling.Settings) { s.ScaleUpThreshold = 1.01 }, "scale-up-threshold"},
		{"a threshold of nothing", func(s *scaling.Settings) { s.ScaleDownThreshold = 0 }, "scale-down-threshold"},
		{"a threshold that is no number", func(s *scaling.Settings) { s.ScaleDownThreshold = math.NaN() }, "scale-down-threshold"},
		{"no calm", func(s *scaling.Settings) { s.Calm = 0 }, ""},
		{"a day of it", func(s *scaling.Settings) { s.Calm = 24 * time.Hour }, ""},
		{"more than a day of it", func(s *scaling.Settings) { s.Calm = 24*time.Hour + time.Minute }, "calm-minutes"},
		{"negative calm", func(s *scaling.Settings) { s.Calm = -time.Minute }, "calm-minutes"},
		{"calm of no whole minutes", func(s *scaling.Settings) { s.Calm = 90 * time.Second }, "calm-minutes"},
		{"the lowest usable share", func(s *scaling.Settings) { s.UsableShare = 0.2 }, ""},
		{"a usable share that is learned", func(s *scaling.Settings) { s.UsableShare = 0 }, ""},
		{"a usable share below what is ever learned", func(s *scaling.Settings) { s.UsableShare = 0.02 }, "usable-share"},
		{"a usable share above all", func(s *scaling.Settings) { s.UsableShare = 1.01 }, "usable-share"},
		{"no target utilization", func(s *scaling.Settings) { s.TargetUtilization = 0 }, "target-utilization"},
		{"an endless target utilization", func(s *scaling.Settings) { s.TargetUtilization = math.Inf(1) }, "target-utilization"},
		{"no forecast utilization", func(s *scaling.Settings) { s.ForecastUtilization = 0 }, "forecast-utilization"},
		{"a forecast utilization above full", func(s *scaling.Settings) { s.ForecastUtilization = 1.01 }, "forecast-utilization"},
		{"any saving", func(s *scaling.Settings) { s.MinSaving = math.SmallestNonzeroFloat64 }, ""},
		{"no saving", func(s *scaling.Settings) { s.MinSaving = 0 }, "min-saving"},
		{"a saving that is no number", func(s *scaling.Settings) { s.MinSaving = math.NaN() }, "min-saving"},
		{"no growth", func(s *scaling.Settings) { s.MaxGrowth = 1 }, ""},
		{"growth that no stream can follow", func(s *scaling.Settings) { s.MaxGrowth = scaling.MaxStreamShards }, ""},
		{"growth beyond that", func(s *scaling.Settings) { s.MaxGrowth = scaling.MaxStreamShards + 0.5 }, "max-growth"},
		{"growth that shrinks", func(s *scaling.Settings) { s.MaxGrowth = 0.99 }, "max-growth"},
		{"growth that is no number", func(s *scaling.Settings) { s.MaxGrowth = math.NaN() }, "max-growth"},
		{"neither a hold nor a lead", func(s *scaling.Settings) { s.PeakHold, s.Lead = 0, 0 }, ""},
		{"a day of each", func(s *scaling.Settings) { s.PeakHold, s.Lead = 24*time.Hour, 24*time.Hour }, ""},
		{"a longer hold", func(s *scaling.Settings) { s.PeakHold = 24*time.Hour + time.Minute }, "peak-hold-minutes"},
		{"no confidence", func(s *scaling.Settings) { s.ForecastConfidence = 0 }, "forecast-confidence"},
		{"every confidence", func(s *scaling.Settings) { s.ForecastConfidence = 1 }, ""},
		{"more confidence than there is", func(s *scaling.Settings) { s.ForecastConfidence = 1.01 }, "forecast-confidence"},
		{"operations for nothing", func(s *scaling.Settings) { s.OperationPrice = 0 }, "operation-price"},
		{"a price that is no number", func(s *scaling.Settings) { s.OperationPrice = math.NaN() }, "operation-price"},
		{"a negative hold", func(s *scaling.Settings) { s.PeakHold = -time.Minute }, "peak-hold-minutes"},
		{"a lead of no whole minutes", func(s *scaling.Settings) { s.Lead = 90 * time.Second }, "lead-minutes"},
		{"no throttled share", func(s *scaling.Settings) { s.ThrottledShare = 0 }, "throttled-share"},
		{"thresholds swapped", func(s *scaling.Settings) { s.ScaleUpThreshold, s.ScaleDownThreshold = 0.25, 0.75 }, "scale-down-threshold"},
		{"thresholds alike", func(s *scaling.Settings) { s.Policy, s.ScaleDownThreshold = scaling.TargetTracking, 0.75 }, "scale-down-threshold"},
		{"halving reaches the other threshold", func(s *scaling.Settings) { s.ScaleDownThreshold = 0.375 }, ""},
		{"halving goes beyond it", func(s *scaling.Settings) { s.ScaleDownThreshold = 0.38 }, "scale-down-threshold"},
		{"which target tracking does not mind", func(s *scaling.Settings) { s.Policy, s.ScaleDownThreshold = scaling.TargetTracking, 0.6 }, ""},
		{"a period of nothing", func(s *scaling.Settings) { s.ScaleUpAlarm.PeriodMinutes = 0 }, "scale-up-period-minutes"},
		{"a period above an hour", func(s *scaling.Settings) { s.ScaleDownAlarm.PeriodMinutes = 61 }, "scale-down-period-minutes"},
		{"no datapoints", func(s *scaling.Settings) { s.ScaleUpAlarm.EvaluationPeriods = 0 }, "scale-up-evaluation-periods"},
		{"none to alarm", func(s *scaling.Settings) { s.ScaleUpAlarm.DatapointsToAlarm = 0 }, "scale-up-datapoints-to-alarm"},
		{"more than there are", func(s *scaling.Settings) { s.ScaleUpAlarm.DatapointsToAlarm = 6 }, "scale-up-datapoints-to-alarm"},
		{"a day", func(s *scaling.Settings) {
			s.ScaleDownAlarm = scaling.AlarmWindow{PeriodMinutes: 60, EvaluationPeriods: 24, DatapointsToAlarm: 24}
		}, ""},
		{"more than a day", func(s *scaling.Settings) {
			s.ScaleDownAlarm = scaling.AlarmWindow{PeriodMinutes: 60, EvaluationPeriods: 25, DatapointsToAlarm: 1}
		}, "scale-down-evaluation-periods"},
		{"periods beyond counting", func(s *scaling.Settings) {
			s.ScaleDownAlarm = scaling.AlarmWindow{PeriodMinutes: 4, EvaluationPeriods: math.MaxInt/4 + 1, DatapointsToAlarm: 1}
		}, "scale-down-evaluation-periods"},
		{"a cooldown of a day", func(s *scaling.Settings) { s.ScaleUpCooldown = 24 * time.Hour }, ""},
		{"a longer one", func(s *scaling.Settings) { s.ScaleUpCooldown = 24*time.Hour + time.Minute }, "scale-up-cooldown-minutes"},
		{"a negative one", func(s *scaling.Settings) { s.ScaleDownCooldown = -time.Minute }, "scale-down-cooldown-minutes"},
		{"one of no whole minutes, which no tag can say", func(s *scaling.Settings) { s.ScaleDownCooldown = 90 * time.Second }, "scale-down-cooldown-minutes"},
		{"no operations", func(s *scaling.Settings) { s.OperationLimit, s.ScaleUpReserve = 0, 0 }, "operation-limit"},
		{"too many operations", func(s *scaling.Settings) { s.OperationLimit = 101 }, "operation-limit"},
		{"all but one kept for scale-ups", func(s *scaling.Settings) { s.ScaleUpReserve = 9 }, ""},
		{"all kept for scale-ups", func(s *scaling.Settings) { s.ScaleUpReserve = 10 }, "scale-up-reserve"},
		{"a negative reserve", func(s *scaling.Settings) { s.ScaleUpReserve = -1 }, "scale-up-reserve"},
		{"any iterator age", func(s *scaling.Settings) { s.IteratorAgeMinutes = 0 }, ""},
		{"a negative iterator age", func(s *scaling.Settings) { s.IteratorAgeMinutes = -1 }, "iterator-age-minutes"},
		{"an iterator age above a week", func(s *scaling.Settings) { s.IteratorAgeMinutes = 10_081 }, "iterator-age-minutes"},
		{"five fan-out consumers", func(s *scaling.Settings) { s.FanOutConsumers = "a b c d e" }, ""},
		{"six", func(s *scaling.Settings) { s.FanOutConsumers = "a b c d e f" }, "fan-out-consumers"},
		{"no concurrency", func(s *scaling.Settings) { s.ConsumerConcurrencyPerShard = 0 }, "consumer-concurrency-per-shard"},
		{"more than Lambda gives a shard", func(s *scaling.Settings) { s.ConsumerConcurrencyPerShard = 11 }, "consumer-concurrency-per-shard"},
	} {
		s := halving()
		c.change(&s)
		err := s.Validate()
		switch {
		case c.fault == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.fault != "" && (err == nil || !strings.Contains("\n"+err.Error(), "\n"+c.fault+": ")):
			t.Errorf("%s: fault %v does not name %s", c.name, err, c.fault)
		}
	}
}

func TestAllowed(t *testing.T) {
	s := halving()
	equal(t, "scale-ups", s.Allowed(scaling.Up), 10)
	equal(t, "scale-downs", s.Allowed(scaling.Down), 7)
}

func TestConsumerConcurrency(t *testing.T) {
	s := halving()
	equal(t, "without a consumer", s.ConsumerConcurrency(8), 0)
	s.Consumer, s.ConsumerConcurrencyPerShard = "orders-reader", 2
	equal(t, "with one", s.ConsumerConcurrency(8), 16)
}

// A reservation never eats into what Lambda wants left, and never caps a function that had none below what
// it wants.
func TestAccountConsumerConcurrency(t *testing.T) {
	none, stopped := scaling.Reservation{}, scaling.Reservation{Set: true}
	has := func(n int) scaling.Reservation { return scaling.Reservation{Concurrency: n, Set: true} }
	for _, c := range []struct {
		name       string
		unreserved int // -1: not known
		least      int
		wanted     int
		has, gets  scaling.Reservation
	}{
		{"room enough", 900, 100, 40, has(10), has(40)},
		{"room for a part", 120, 100, 40, has(10), has(30)},
		{"no room", 100, 100, 40, has(10), has(10)},
		{"less than none", 60, 100, 40, has(10), has(10)},
		{"lower never needs room", 60, 100, 4, has(10), has(4)},
		{"unknown room is tried", -1, 0, 40, has(10), has(40)},
		{"unknown room is tried, with no reservation", -1, 0, 40, none, has(40)},
		{"what Lambda wants left is not known: it is asked", 60, 0, 40, has(10), has(40)},
		{"in a small account", 60, 50, 40, has(10), has(20)},
		{"no reservation, and room", 108, 100, 8, none, has(8)},
		{"no reservation, and room for a part", 107, 100, 8, none, none},
		{"stopped", 900, 100, 8, stopped, stopped},
		{"as it should be", 100, 100, 8, has(8), has(8)},
	} {
		a := scaling.Account{UnreservedConcurrency: c.unreserved, LeastUnreserved: c.least}
		if c.unreserved >= 0 {
			a.At = noon()
		}
		if got := a.ConsumerConcurrency(c.wanted, c.has); got != c.gets {
			t.Errorf("%s: got %+v, want %+v", c.name, got, c.gets)
		}
	}
}

func TestFanOutConsumerNames(t *testing.T) {
	equal(t, "names", scaling.Settings{FanOutConsumers: " one  two "}.FanOutConsumerNames(), []string{"one", "two"})
	equal(t, "no names", len(scaling.Settings{}.FanOutConsumerNames()), 0)
}

func TestAlarmWindowLength(t *testing.T) {
	equal(t, "length", scaling.AlarmWindow{PeriodMinutes: 5, EvaluationPeriods: 12, DatapointsToAlarm: 11}.Length(), time.Hour)
}
