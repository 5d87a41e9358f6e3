package scaler_test

// What the predecessor did wrong when an alarm came. docs/predecessor.md has the whole list.

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// It halved 3 to 1, which is below half: refused, and asked for again every few minutes.
func TestPredecessor01_OddShardCountsAreHalvedTooFar(t *testing.T) {
	for open, want := range map[int]int{3: 2, 5: 3, 7: 4, 9: 5, 99: 50} {
		b := newBench(t)
		b.enroll(orders, open, 0.1)
		b.want(b.handle(b.alarm(orders, scaling.Down)), report.Operation, want)
	}
}

// It doubled whatever the account, the service or the owner's purse could bear.
func TestPredecessor02_DoublesPastEveryLimit(t *testing.T) {
	tests := []struct {
		name     string
		open     int
		settings scaling.Layer
		account  scaling.Account
		want     int // open for a hold
	}{
		{"a maximum cuts the step", 4, scaling.Layer{"max-shards": "6"}, scaling.Account{}, 6},
		{"at the maximum", 4, scaling.Layer{"max-shards": "4"}, scaling.Account{}, 4},
		{"the service's most cuts the step", 6000, nil, scaling.Account{}, 10_000},
		{"at the service's most", 10_000, nil, scaling.Account{}, 10_000},
		{"the account's quota cuts the step", 100, nil, scaling.Account{ShardLimit: 1000, OpenShards: 950}, 150},
		{"at the account's quota", 100, nil, scaling.Account{ShardLimit: 1000, OpenShards: 1000}, 100},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t)
			b.enroll(orders, tt.open, 0.9, tt.settings)
			if err := b.kept.SaveFleet(t.Context(), ledger.Fleet{Account: tt.account}); err != nil {
				t.Fatal(err)
			}
			b.handle(b.alarm(orders, scaling.Up))
			var want []string
			if tt.want != tt.open {
				want = []string{fmt.Sprintf("UpdateShardCount orders %d", tt.want)}
			}
			if calls := b.called("UpdateShardCount"); !slices.Equal(calls, want) {
				t.Errorf("called %v, want %v", calls, want)
			}
		})
	}
}

// At one shard it asked for one shard, was refused, and asked again.
func TestPredecessor03_AsksForTheCountThatIsThere(t *testing.T) {
	b := newBench(t)
	b.enroll(orders, 1, 0.1)
	r := b.handle(b.alarm(orders, scaling.Down))
	b.wantHold(r, scaling.HoldAtMinShards)
	if !r.RetryAt.IsZero() {
		t.Errorf("retry at %v: nothing will change by itself", r.RetryAt)
	}
}

// It did not count its calls. After the tenth it called about once a minute for the rest of the
// day; and scale-downs had spent what the next spike needed.
func TestPredecessor04_SpendsTheDayOnRefusedCalls(t *testing.T) {
	spent := func(n int) func(*ledger.Item) {
		return func(s *ledger.Item) {
			for i := range n {
				s.Operations = append(s.Operations, scaling.Operation{At: noon().Add(-time.Duration(i+1) * time.Hour), From: 2, To: 4, Direction: scaling.Up})
			}
		}
	}
	b := newBench(t)
	b.enroll(orders, 4, 0.9)
	b.change(spent(10))
	r := b.handle(b.alarm(orders, scaling.Up))
	b.wantHold(r, scaling.HoldBudgetExhausted)
	if free := noon().Add(14*time.Hour + time.Minute); !r.RetryAt.Equal(free) {
		t.Errorf("retry at %v, want %v, when the oldest leaves the window", r.RetryAt, free)
	}

	b = newBench(t)
	b.enroll(orders, 4, 0.1)
	b.change(spent(7))
	b.wantHold(b.handle(b.alarm(orders, scaling.Down)), scaling.HoldReserveKept)
	b.traffic(orders, 3.8)
	b.want(b.handle(b.alarm(orders, scaling.Up)), report.Operation, 8)
}

// With one invocation for all streams, queued alarms were acted on up to six hours later, for a
// load that was long gone.
func TestPredecessor16_ActsOnAlarmsThatAreHoursOld(t *testing.T) {
	b := newBench(t)
	b.enroll(orders, 4, 0.4)
	alarm := b.alarm(orders, scaling.Up)
	alarm.TransitionAt = noon().Add(-6 * time.Hour)
	b.wantHold(b.handle(alarm), scaling.HoldUtilizationLow)
}

// And a stream that was throttled held up all others.
func TestPredecessor16_OneStreamHoldsUpAllOthers(t *testing.T) {
	b := newBench(t)
	b.enroll(orders, 4, 0.9)
	b.enroll("clicks", 4, 0.9)
	b.steps["UpdateShardCount"] = func() { // while the one is at it, the other is done
		b.want(b.handle(b.alarm("clicks", scaling.Up)), report.Operation, 8)
	}
	b.fail["UpdateShardCount"] = []error{scaling.ErrThrottled}
	b.want(b.handle(b.alarm(orders, scaling.Up)), report.Refused, 8)
}

// Its guard was a tag, read first and written last. A notification delivered twice doubled
// twice; a tag that was not written left no guard.
func TestPredecessor17_TheSameNotificationDoublesTwice(t *testing.T) {
	b := newBench(t)
	b.enroll(orders, 4, 0.9)
	alarm := b.alarm(orders, scaling.Up)
	b.steps["UpdateShardCount"] = func() { // the second copy comes while the first is at work
		if r := b.handle(alarm); r.Event != report.Duplicate {
			t.Errorf("got %s, want a duplicate", r.Event)
		}
	}
	b.fail["Save"] = slices.Repeat([]error{scaling.ErrThrottled}, 3) // what is written last is lost
	b.handle(alarm)
	if r := b.handle(alarm); r.Event != report.Duplicate {
		t.Errorf("got %s, want a duplicate", r.Event)
	}
	if calls := b.called("UpdateShardCount"); len(calls) != 1 {
		t.Errorf("calls %v", calls)
	}
}

// It wrote local time and called it UTC.
func TestPredecessor18_TimesDependOnTheZone(t *testing.T) {
	b := newBench(t)
	b.enroll(orders, 4, 0.9)
	s := b.scaler()
	s.Now = func() time.Time { return b.clock().In(time.FixedZone("far east", 14*60*60)) }
	alarm := b.alarm(orders, scaling.Up)
	alarm.TransitionAt = alarm.TransitionAt.In(time.FixedZone("far west", -12*60*60))
	if r, err := s.Handle(t.Context(), alarm); err != nil || r.Event != report.Operation {
		t.Fatalf("report %+v, %v", r, err)
	}
	if r := b.handle(b.alarm(orders, scaling.Up)); r.Event != report.Duplicate {
		t.Errorf("got %s for the same transition in UTC", r.Event)
	}
	if item := b.item(); !item.Operations[0].At.Equal(noon()) || !item.Up.Handled.Equal(noon()) {
		t.Errorf("item %+v", item)
	}
}

// It read the stream's name out of the alarm's metrics, by position, and panicked on others.
func TestPredecessor19_OtherAlarmsArePanicsOrTheWrongStream(t *testing.T) {
	b := newBench(t)
	b.enroll(orders, 4, 0.9)
	for _, name := range []string{"", "-scale-up", "orders", "orders-scale-sideways", "cpu of orders", "-scale-up-scale-down", "orders-scale-up "} {
		alarm := b.alarm(orders, scaling.Up)
		alarm.Name = name
		if r := b.handle(alarm); r.Event != report.BadInput && r.Event != report.NotEnrolled {
			t.Errorf("%q: %s", name, r.Event)
		}
	}
	if len(b.called("Describe")) > 0 {
		t.Errorf("calls %v", b.calls)
	}
}

// It never looked at the new state.
func TestPredecessor20_AnOKNotificationScales(t *testing.T) {
	b := newBench(t)
	b.enroll(orders, 4, 0.9)
	for _, state := range []scaling.AlarmState{scaling.StateOK, scaling.StateInsufficientData} {
		alarm := b.alarm(orders, scaling.Up)
		alarm.State = state
		if r := b.handle(alarm); r.Event != report.Ignored {
			t.Errorf("%s: %s", state, r.Event)
		}
	}
	if calls := b.called("UpdateShardCount"); len(calls) > 0 {
		t.Errorf("called %v", calls)
	}
}

// It had one consumer for all streams: the stream scaled last decided for it.
func TestPredecessor22_TheStreamScaledLastSetsEveryConsumer(t *testing.T) {
	b := newBench(t)
	b.held["orders-reader"], b.held["clicks-reader"] = 4, 50
	b.enroll(orders, 4, 0.9, scaling.Layer{"consumer": "orders-reader"})
	b.enroll("clicks", 50, 0.1, scaling.Layer{"consumer": "clicks-reader"})
	b.handle(b.alarm(orders, scaling.Up))
	b.handle(b.alarm("clicks", scaling.Down))
	if b.held["orders-reader"] != 8 || b.held["clicks-reader"] != 50 {
		t.Errorf("reserved %v", b.held)
	}
}

// It took 0.25 and 0.075 where a variable was missing, a third of what its template says.
func TestPredecessor27_AMissingVariableIsAnotherThreshold(t *testing.T) {
	b := newBench(t)
	b.enroll(orders, 4, 0.3) // without any layer
	b.wantHold(b.handle(b.alarm(orders, scaling.Up)), scaling.HoldUtilizationLow)
}
