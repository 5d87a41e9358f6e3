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

// What was refused is asked for less and less, whatever the slots are: when no operation of ours is known, and when
// the fence went on from far above, as after a restore.
func TestRefusalsAreCountedWhateverTheSlotsAre(t *testing.T) {
	restored := enrolled(4)
	restored.Fence = 1_800_000_000
	restored.Operations = scaling.Operations{{At: noon().Add(-time.Hour), Direction: scaling.Up, From: 2, To: 4, Fence: 7}}
	for name, s := range map[string]ledger.Item{"no slot of ours": enrolled(4), "a fence that went on from far above": restored} {
		now := noon()
		for _, want := range []time.Duration{15 * time.Minute, 30 * time.Minute, time.Hour, time.Hour} {
			claimed, _, err := s.Claim(ledger.Claim{
				Decision: scaling.Decision{At: now, Direction: scaling.Down, From: 4, Target: 2, Reasons: scaling.Trail{{Code: scaling.Halved}}},
				Asked:    scaling.Down, Alarm: "orders-scale-down", TransitionAt: now, Owner: "scaler/1", LeaseUntil: now.Add(time.Minute),
			})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			s, _ = claimed.RefusedBy(fmt.Errorf("a quota: %w", scaling.ErrLimitExceeded), scaling.Down, now)
			if got := s.Down.RetryAt.Sub(now); got != want {
				t.Errorf("%s: rests %s, want %s", name, got, want)
			}
			now = now.Add(want)
		}
	}
}
