package scaler_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// A storm of alarms: the service takes ten calls a second, and says so to the rest.
func TestACallThatIsTooFastIsMadeAgainUnderTheSameClaim(t *testing.T) {
	for _, tooFast := range []error{scaling.ErrThrottled, scaling.ErrLimitExceeded} {
		b := newBench(t)
		b.enroll(orders, 4, 0.9)
		b.fail["UpdateShardCount"] = []error{tooFast, tooFast}
		waits := b.waits()
		b.want(b.handle(b.alarm(orders, scaling.Up)), report.Operation, 8)
		if s := b.item(); len(*waits) != 2 || (*waits)[0] < time.Second || (*waits)[1] < 2*time.Second || s.Fence != 1 || len(s.Operations) != 1 {
			t.Errorf("waited %v, fence %d, operations %d", *waits, s.Fence, len(s.Operations))
		}
	}
}

func TestALimitOfTheDayIsAskedForAFewTimesOnly(t *testing.T) {
	b := newBench(t)
	b.enroll(orders, 4, 0.9)
	for range 20 {
		b.fail["UpdateShardCount"] = append(b.fail["UpdateShardCount"], scaling.ErrLimitExceeded)
	}
	waits := b.waits()
	b.want(b.handle(b.alarm(orders, scaling.Up)), report.Refused, 8)
	if calls := len(b.called("UpdateShardCount")); calls < 5 || calls > 12 || len(*waits) != calls-1 {
		t.Errorf("%d calls with %v between them, want 5 to 12", calls, *waits)
	}
	if s := b.item(); s.InFlight != nil || len(s.Operations) > 0 {
		t.Errorf("item %+v", s)
	}
}

func TestOnlyARefusalForSpeedIsAskedAgain(t *testing.T) {
	for _, err := range []error{scaling.ErrOutcomeUnknown, scaling.ErrStreamBusy, scaling.ErrRefused, errors.New("odd")} {
		b := newBench(t)
		b.enroll(orders, 4, 0.9)
		b.fail["UpdateShardCount"] = []error{err}
		waits := b.waits()
		b.handle(b.alarm(orders, scaling.Up))
		if calls := len(b.called("UpdateShardCount")); calls != 1 || len(*waits) > 0 {
			t.Errorf("%v: %d calls, waited %v", err, calls, *waits)
		}
	}
}

// Who has waited longer waits less: the pauses are shares of the time that is left.
func TestWaitsGetShorter(t *testing.T) {
	b := newBench(t)
	b.enroll(orders, 4, 0.9)
	for range 7 {
		b.fail["UpdateShardCount"] = append(b.fail["UpdateShardCount"], scaling.ErrLimitExceeded)
	}
	waits := b.waits()
	b.want(b.handle(b.alarm(orders, scaling.Up)), report.Operation, 8)
	left := 55 * time.Second
	for i, wait := range *waits {
		if wait < left/5-time.Millisecond || wait > left*2/5 {
			t.Errorf("wait %d is %s of the %s left, want a fifth to two fifths", i+1, wait, left)
		}
		left -= wait
	}
}

// In a storm DescribeStreamSummary comes too fast too. It is asked again, under no claim.
func TestALookThatIsTooFastIsMadeAgain(t *testing.T) {
	b := newBench(t)
	b.enroll(orders, 4, 0.9)
	b.fail["Describe"] = []error{scaling.ErrThrottled, scaling.ErrThrottled}
	waits := b.waits()
	b.want(b.handle(b.alarm(orders, scaling.Up)), report.Operation, 8)
	if calls := len(b.called("Describe")); calls != 3 || len(*waits) != 2 {
		t.Errorf("%d looks with %v between them, want 3", calls, *waits)
	}
}

func TestNoCallIsMadeNearTheLeasesEnd(t *testing.T) {
	b := newBench(t)
	b.enroll(orders, 4, 0.9)
	b.fail["UpdateShardCount"] = []error{scaling.ErrThrottled, scaling.ErrThrottled, scaling.ErrThrottled}
	b.wait = func(context.Context, time.Duration) error { b.pass(40 * time.Second); return nil }
	b.want(b.handle(b.alarm(orders, scaling.Up)), report.Refused, 8)
	if calls := len(b.called("UpdateShardCount")); calls != 2 {
		t.Errorf("%d calls in a minute with 40 s between them, want 2", calls)
	}
}

// waits lets pauses pass on the bench's clock, and returns them.
func (b *bench) waits() *[]time.Duration {
	var waits []time.Duration
	b.wait = func(_ context.Context, d time.Duration) error {
		waits = append(waits, d)
		b.pass(d)
		return nil
	}
	return &waits
}
