package cloudwatch_test

// What was wrong with the predecessor's alarms. docs/predecessor.md has the whole list.

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/shardkeeper/shardkeeper/internal/aws/cloudwatch"
	"github.com/shardkeeper/shardkeeper/metricmath"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// After its first scaling every alarm had a period of five minutes, whatever was set.
func TestPredecessor06_ThePeriodChangesWithTheFirstScaling(t *testing.T) {
	three := func(s *scaling.Settings) {
		s.ScaleUpAlarm = scaling.AlarmWindow{PeriodMinutes: 3, EvaluationPeriods: 4, DatapointsToAlarm: 2}
	}
	f := after(t, wantOf(4, three))
	if err := f.client().Update(t.Context(), wantOf(8, three)); err != nil {
		t.Fatal(err)
	}
	a := f.alarms[up]
	if *a.EvaluationPeriods != 4 || *a.DatapointsToAlarm != 2 {
		t.Errorf("%d of %d datapoints, want 2 of 4", *a.DatapointsToAlarm, *a.EvaluationPeriods)
	}
	for _, q := range a.Metrics {
		if q.MetricStat != nil && *q.MetricStat.Period != 180 {
			t.Errorf("%s: period %d, want 180", *q.Id, *q.MetricStat.Period)
		}
	}
}

// It replaced the whole alarm, and whoever was to be paged was not.
func TestPredecessor08_OtherActionsAndTheDescriptionAreLost(t *testing.T) {
	const pager = "arn:aws:sns:eu-west-1:123456789012:pager"
	f := after(t, wantOf(4))
	description := "Page the orders team."
	f.edit(up, func(a *types.MetricAlarm) {
		a.AlarmActions, a.OKActions, a.InsufficientDataActions = append(a.AlarmActions, pager), []string{pager}, []string{pager}
		a.AlarmDescription = &description
	})
	if err := f.client().Update(t.Context(), wantOf(8)); err != nil {
		t.Fatal(err)
	}
	a := f.alarms[up]
	if !slices.Equal(a.AlarmActions, []string{topic, pager}) || !slices.Equal(a.OKActions, []string{pager}) || !slices.Equal(a.InsufficientDataActions, []string{pager}) {
		t.Errorf("actions %v, %v, %v", a.AlarmActions, a.OKActions, a.InsufficientDataActions)
	}
	if *a.AlarmDescription != description {
		t.Errorf("description %q", *a.AlarmDescription)
	}
}

// It took the quota of alarms for a throttle, and a throttle for good.
func TestPredecessor09_AThrottleIsNotKnownForOne(t *testing.T) {
	for code, want := range map[string]error{"Throttling": scaling.ErrThrottled, "LimitExceeded": scaling.ErrLimitExceeded} {
		client, _ := wire(t, ok(object{"MetricAlarms": list{}}), answer{status: 400, code: code})
		if err := client.Update(t.Context(), wantOf(4)); !errors.Is(err, want) || errors.Is(err, scaling.ErrThrottled) != (code == "Throttling") {
			t.Errorf("%s: %v, want %v", code, err, want)
		}
	}
}

// It filled the newest minute, which is often late, with 0, and wanted five of five. And since
// only what got in is counted, a stream that refuses records looked just full, or not even that.
func TestPredecessor23_LateOrThrottledTrafficLooksLikeLittle(t *testing.T) {
	t.Run("the newest minute is late", func(t *testing.T) {
		m := metrics{}
		for ago := 2; ago < 30; ago++ {
			m.put(bytesIn, ago, 0.9*4*60*scaling.BytesPerShard)
		}
		if r := evaluated(t, wantOf(4), scaling.Up, m); r.State != metricmath.InAlarm {
			t.Errorf("%s: %s", r.State, r.Reason)
		}
	})
	t.Run("one hot shard refuses records", func(t *testing.T) {
		m := metrics{}
		for ago := 1; ago < 30; ago++ {
			m.put(recordsIn, ago, 0.3*4*60*scaling.RecordsPerShard)
			m.put(throttled, ago, 0.1*4*60*scaling.RecordsPerShard)
		}
		if r := evaluated(t, wantOf(4), scaling.Up, m); r.State != metricmath.InAlarm {
			t.Errorf("%s: %s", r.State, r.Reason)
		}
	})
	t.Run("a spike of three minutes", func(t *testing.T) {
		m := metrics{}
		for ago := 1; ago < 30; ago++ {
			m.put(bytesIn, ago, 0.2*4*60*scaling.BytesPerShard)
		}
		for ago := 1; ago <= 3; ago++ {
			m.put(bytesIn, ago, 4*60*scaling.BytesPerShard)
		}
		if r := evaluated(t, wantOf(4), scaling.Up, m); r.State != metricmath.InAlarm {
			t.Errorf("%s: %s", r.State, r.Reason)
		}
	})
}

// It divided by a setting, and with 0 the expression broke: lag held nothing any more.
func TestPredecessor28_TheAlarmDividesByZero(t *testing.T) {
	want := wantOf(4, func(s *scaling.Settings) { s.IteratorAgeMinutes = 0 }) // the switch: never hold
	for _, open := range []int{-1, 0, 4} {
		want.OpenShards = open
		for _, dir := range directions() {
			d := cloudwatch.Definition(want, dir)
			if err := d.Validate(); err != nil {
				t.Errorf("%d open shards, %s: %v", open, dir, err)
			}
			for _, q := range d.Queries {
				if strings.Contains(q.Expression, "/ 0") || q.ID == "s1" && q.Expression == "0" {
					t.Errorf("%d open shards, %s: %s = %s", open, dir, q.ID, q.Expression)
				}
			}
		}
	}
	if err := after(t).client().Update(t.Context(), wantOf(0)); !errors.Is(err, scaling.ErrRefused) {
		t.Errorf("for no shards: %v", err)
	}
}

// It saw only consumers that share the throughput. Fan-out consumers lost shards while behind.
func TestPredecessor29_FanOutConsumersLoseShardsWhileBehind(t *testing.T) {
	want := wantOf(4, func(s *scaling.Settings) { s.FanOutConsumers, s.IteratorAgeMinutes = "billing search", 10 })
	for lag, state := range map[float64]metricmath.State{9: metricmath.InAlarm, 11: metricmath.OK} {
		m := metrics{}
		for ago := 1; ago < 120; ago++ {
			m.put(fanOut+"/search", ago, lag*60_000)
		}
		if r := evaluated(t, want, scaling.Down, m); r.State != state {
			t.Errorf("%s minutes behind: %s: %s", fmt.Sprint(lag), r.State, r.Reason)
		}
	}
}
