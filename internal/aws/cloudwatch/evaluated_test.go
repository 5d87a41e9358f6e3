package cloudwatch_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// What an alarm tells of its last evaluation is read from what CloudWatch holds. Texts that it does not
// write itself tell nothing.
func TestStatusTellsWhatTheAlarmWasEvaluatedWith(t *testing.T) {
	const head = `{"version":"1.0","queryDate":"2026-11-23T12:00:29.591+0000","startDate":"2026-11-23T11:55:00.000+0000","period":60,"recentDatapoints":[0.8,0.9],"threshold":0.75,`
	when := time.Date(2026, 11, 23, 12, 0, 29, 591e6, time.UTC)
	for name, c := range map[string]struct {
		data string
		want scaling.Evaluation
	}{
		"two beyond, one at the threshold, one below, one missing": {
			head + `"evaluatedDatapoints":[{"timestamp":"2026-11-23T11:59:00.000+0000","value":0.9},{"value":0.8},{"value":0.75},{"value":0.7},{"timestamp":"2026-11-23T11:55:00.000+0000"}]}`,
			scaling.Evaluation{At: when, Beyond: 3},
		},
		"none evaluated":               {head + `"evaluatedDatapoints":[]}`, scaling.Evaluation{At: when}},
		"set by the reconciler":        {`{"by":"shardkeeper","stream":"orders"}`, scaling.Evaluation{}},
		"nothing":                      {"", scaling.Evaluation{}},
		"not JSON":                     {"threshold crossed", scaling.Evaluation{}},
		"a list":                       {"[1, 2]", scaling.Evaluation{}},
		"a time that cannot be read":   {`{"version":"1.0","queryDate":"yesterday","evaluatedDatapoints":[{"value":9}]}`, scaling.Evaluation{}},
		"a value that is not a number": {`{"version":"1.0","queryDate":"2026-11-23T12:00:29.591+0000","evaluatedDatapoints":[{"value":"9"}]}`, scaling.Evaluation{}},
		"a number beyond all":          {`{"version":"1.0","queryDate":"2026-11-23T12:00:29.591+0000","evaluatedDatapoints":[{"value":1e999}]}`, scaling.Evaluation{}},
	} {
		t.Run(name, func(t *testing.T) {
			f := after(t, wantOf(4))
			f.edit(up, func(a *types.MetricAlarm) {
				a.StateValue, a.StateReasonData = types.StateValueAlarm, aws.String(c.data)
			})
			got, err := f.client().Status(t.Context(), []scaling.AlarmWant{wantOf(4)})
			if err != nil || got["orders"].Up.Evaluated != c.want {
				t.Errorf("got %+v, %v; want %+v", got["orders"].Up.Evaluated, err, c.want)
			}
		})
	}
}

// Below is beyond for the scale-down alarm.
func TestTheScaleDownAlarmTellsWhatIsBelow(t *testing.T) {
	f := after(t, wantOf(4))
	f.edit(down, func(a *types.MetricAlarm) {
		a.StateReasonData = aws.String(`{"version":"1.0","queryDate":"2026-11-23T12:00:29.591+0000","evaluatedDatapoints":[{"value":0.1},{"value":0.25},{"value":0.3}]}`)
	})
	got, err := f.client().Status(t.Context(), []scaling.AlarmWant{wantOf(4)})
	if err != nil || got["orders"].Down.Evaluated.Beyond != 1 {
		t.Errorf("got %+v, %v; want 1 datapoint below 0.25", got["orders"].Down, err)
	}
}

// An alarm that somebody gave another operator is none of the two that are compared here: it tells of nothing.
func TestAnotherOperatorTellsNothing(t *testing.T) {
	f := after(t, wantOf(4))
	f.edit(up, func(a *types.MetricAlarm) {
		a.ComparisonOperator = types.ComparisonOperatorLessThanLowerOrGreaterThanUpperThreshold
		a.StateReasonData = aws.String(`{"version":"1.0","queryDate":"2026-11-23T12:00:29.591+0000","evaluatedDatapoints":[{"value":9}]}`)
	})
	got, err := f.client().Status(t.Context(), []scaling.AlarmWant{wantOf(4)})
	if err != nil || got["orders"].Up.Evaluated.Beyond != 0 || got["orders"].Up.InSync {
		t.Errorf("got %+v, %v; want no datapoint beyond, and an alarm to be repaired", got["orders"].Up, err)
	}
}
