package simulate_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/scaling"
)

const fleet = 300

// crowded is a world of many streams that all need to double.
func crowded(t *testing.T, f simulate.Faults) *simulate.World {
	t.Helper()
	w := world(t, simulate.Options{Faults: f})
	for i := range fleet {
		create(t, w, simulate.StreamSpec{
			Name: fmt.Sprintf("stream-%03d", i), Shards: 2, Age: 4 * time.Hour, Tags: enabled(), Load: steady(1.9),
		})
	}
	pass(t, w, 60)
	return w
}

func TestManyStreams(t *testing.T) {
	w := crowded(t, simulate.Faults{})
	for _, o := range w.Operations() {
		if o.From != 2 || o.To != 4 {
			t.Errorf("%+v; every stream needs to double once", o)
		}
	}
	if grown := len(w.Operations()); grown != fleet {
		t.Errorf("%d of %d streams grew within an hour", grown, fleet)
	}
	if dead := w.DeadLetters(); len(dead) > 0 {
		t.Errorf("%d messages were given up, such as %v", len(dead), dead[0])
	}
}

// No second sees more accepted calls of an API than its quota and burst allow.
func TestQuotasHold(t *testing.T) {
	accepted := map[string][]time.Time{}
	crowded(t, simulate.Faults{After: func(c simulate.Call, err error) simulate.Fault {
		if !errors.Is(err, scaling.ErrThrottled) && !errors.Is(err, scaling.ErrLimitExceeded) {
			accepted[c.API] = append(accepted[c.API], c.At)
		}
		return simulate.Fault{}
	}})
	numbers := simulate.DefaultNumbers()
	for api, quota := range numbers.Quotas {
		calls := accepted[api]
		for i := range calls {
			in := 0
			for _, at := range calls[i:] {
				if at.Sub(calls[i]) >= time.Second {
					break
				}
				in++
			}
			if limit := int(quota.PerSecond + float64(quota.Burst)); in > limit {
				t.Errorf("%d %s within a second of %v, at most %d can be", in, api, calls[i], limit)
				break
			}
		}
	}
}

// The SDK's clients try a throttled call again, the enroller for longer. What CloudWatch allows only a few times a second the
// scaler tries once, for each of the two alarms.
func TestThrottledCallsAreTriedAgain(t *testing.T) {
	for _, test := range []struct {
		function, api string
		want          int
	}{
		{simulate.Enroller, "DescribeStreamSummary", 12}, // the scaler begins anew while its invocation lasts
		{simulate.Scaler, "GetMetricData", 4},
		{simulate.Scaler, "DescribeAlarms", 1},
		{simulate.Scaler, "PutMetricAlarm", 2},
		{simulate.Reconciler, "DescribeAlarms", 4},
	} {
		tries := map[string]int{} // by request
		risen(t, simulate.Faults{Before: func(c simulate.Call) simulate.Fault {
			if c.Function != test.function || c.API != test.api {
				return simulate.Fault{}
			}
			tries[c.Request]++
			return simulate.Fault{Err: scaling.ErrThrottled}
		}}, simulate.Hooks{})
		for request, got := range tries {
			if got != test.want {
				t.Errorf("%s tried %s %d times, want %d", request, test.api, got, test.want)
			}
		}
		if len(tries) == 0 {
			t.Errorf("no %s called %s", test.function, test.api)
		}
	}
}

// Alone, the reconciler is never throttled: it waits for its turn. And it always comes to its end:
// the fleet's item is saved, and the lease given back.
func TestTheReconcilerKeepsItsPace(t *testing.T) {
	throttled := 0
	last := map[string]string{} // by request, its calls
	w := world(t, simulate.Options{Faults: simulate.Faults{
		Route: func(simulate.Message) []time.Duration { return nil }, // no scaler, no enroller
		Before: func(c simulate.Call) simulate.Fault {
			last[c.Request] += " " + c.API
			return simulate.Fault{}
		},
		After: func(_ simulate.Call, err error) simulate.Fault {
			if errors.Is(err, scaling.ErrThrottled) {
				throttled++
			}
			return simulate.Fault{}
		},
	}})
	for i := range fleet {
		create(t, w, simulate.StreamSpec{Name: fmt.Sprintf("stream-%03d", i), Shards: 2, Age: 4 * time.Hour, Tags: enabled(), Load: steady(1)})
	}
	pass(t, w, 30)
	for request, calls := range last {
		if !strings.HasSuffix(calls, " SaveFleet SaveLease") {
			t.Errorf("%s called%s", request, calls)
		}
	}
	if throttled > 0 {
		t.Errorf("%d times throttled", throttled)
	}
}
