package ledger_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// A limit of the day is asked for after a quarter of an hour, then half an hour, then once an hour.
// An operation that is made starts that anew.
func TestALimitOfTheDayIsAskedForLessAndLess(t *testing.T) {
	s, now := enrolled(4), noon()
	claim := func() {
		t.Helper()
		claimed, _, err := s.Claim(ledger.Claim{
			Decision: scaling.Decision{At: now, Direction: scaling.Up, From: 4, Target: 8, Reasons: scaling.Trail{{Code: scaling.Doubled}}},
			Asked:    scaling.Up, Alarm: "orders-scale-up", TransitionAt: now, Owner: "scaler/1", LeaseUntil: now.Add(time.Minute),
		})
		if err != nil {
			t.Fatal(err)
		}
		s = claimed
	}
	refused := func(want time.Duration) {
		t.Helper()
		claim()
		s, _ = s.RefusedBy(fmt.Errorf("ten calls: %w", scaling.ErrLimitExceeded), scaling.Up, now)
		if got := s.Up.RetryAt.Sub(now); got != want {
			t.Errorf("rests %s, want %s", got, want)
		}
		now = s.Up.RetryAt
	}
	operate := func() {
		t.Helper()
		claim()
		s, _ = s.Accepted(now)
		s, _ = s.Settled(ledger.OutcomeCompleted, "", now)
		now = now.Add(time.Minute)
	}
	operate()
	for _, want := range []time.Duration{15 * time.Minute, 30 * time.Minute, time.Hour, time.Hour} {
		refused(want)
	}
	operate()
	refused(15 * time.Minute)
}
