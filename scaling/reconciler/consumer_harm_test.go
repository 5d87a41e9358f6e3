package reconciler_test

import (
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// reads is a world with a stream of 8 open shards whose consumer has a reservation, or none below 0, and was looked at.
func reads(t *testing.T, reserved int, tags ...string) *world {
	t.Helper()
	w := newWorld(t)
	w.enrolled(orders, 8, 2, append([]string{"shardkeeper:consumer", "reader"}, tags...)...)
	if reserved >= 0 {
		w.functions["reader"] = reserved
	}
	w.due()
	w.run()
	return w
}

// later lets minutes pass.
func (w *world) later(minutes int) {
	for range minutes {
		w.now = w.now.Add(time.Minute)
		w.run()
	}
}

// told returns how often a word is in the history's lines of the consumer.
func (w *world) told(word string) int {
	n := 0
	for _, e := range w.history(ledger.KindFailure) {
		if strings.HasPrefix(e.Detail, "consumer reader: ") && strings.Contains(e.Detail, word) {
			n++
		}
	}
	return n
}

// A function that has reserved none can use all that the account has left. Less than it wants would cap it.
func TestWithoutAReservationAllOrNothing(t *testing.T) {
	for left, want := range map[int]int{101: -1, 102: -1, 107: -1, 108: 8, 900: 8} {
		w := newWorld(t)
		w.enrolled(orders, 8, 4, "shardkeeper:consumer", "reader")
		w.account.UnreservedConcurrency = left
		w.due()
		w.later(60)
		got, set := w.functions["reader"]
		if !set {
			got = -1
		}
		if got != want {
			t.Errorf("%d unreserved: reserved %d, want %d (-1: none)", left, got, want)
		}
		if once := map[bool]int{true: 1}[want < 0]; w.told("account") != once {
			t.Errorf("%d unreserved: told %d times, want %d", left, w.told("account"), once)
		}
	}
}

// What Lambda wants left is learned from its refusals: 100, and 50 or 10 in young accounts.
func TestWhatLambdaWantsLeftIsLearned(t *testing.T) {
	for least, want := range map[int]int{10: 4, 50: 4, 57: -1, 100: -1} {
		w := newWorld(t)
		w.enrolled(orders, 4, 2, "shardkeeper:consumer", "reader")
		w.account.UnreservedConcurrency, w.account.LeastUnreserved = 60, least
		w.due()
		w.later(30)
		got, set := w.functions["reader"]
		if set != (want > 0) || set && got != want {
			t.Errorf("least %d: reserved %d (%t), want %d", least, got, set, want)
		}
		fleet, err := w.kept.Fleet(t.Context())
		if refused := want < 0; err != nil || refused && fleet.Account.LeastUnreserved != least || len(w.called("Reserve ")) > 1 {
			t.Errorf("least %d: known %+v, %v, calls %v; want it known after one refusal", least, fleet.Account, err, w.called("Reserve "))
		}
	}
}

// A reservation of 0 is how people stop a function. It is never started again, and told once.
func TestAStoppedConsumerStaysStopped(t *testing.T) {
	for name, w := range map[string]*world{"from the start": reads(t, 0), "later": reads(t, 8)} {
		w.functions["reader"] = 0
		w.later(20)
		w.streams[orders].OpenShards = 16
		w.later(60)
		if n := w.functions["reader"]; n != 0 || w.told("stopped") != 1 {
			t.Errorf("%s: reserved %d, told %d times", name, n, w.told("stopped"))
		}
		w.functions["reader"] = 1 // started again
		w.later(10)
		if n := w.functions["reader"]; n != 16 {
			t.Errorf("%s: reserved %d after it was started, want 16", name, n)
		}
	}
}

// Somebody changes the reservation: it is noticed within the drift interval, and set back or told.
func TestAChangedReservationIsNoticed(t *testing.T) {
	for _, changed := range []int{1, 20, -1} {
		for _, drift := range []string{"repair", "tell"} {
			w := reads(t, 8, "shardkeeper:consumer-drift", drift)
			if w.functions["reader"] = changed; changed < 0 {
				delete(w.functions, "reader")
			}
			w.later(8)
			got, set := w.functions["reader"]
			if !set {
				got = -1
			}
			if want := map[string]int{"repair": 8, "tell": changed}[drift]; got != want || w.told("somebody changed") != 1 {
				t.Errorf("changed to %d, %s: reserved %d, want %d; told %d times", changed, drift, got, want, w.told("somebody changed"))
			}
			w.later(60)
			if w.told("somebody changed") != 1 {
				t.Errorf("changed to %d, %s: told %d times", changed, drift, w.told("somebody changed"))
			}
		}
	}
}

// Fewer shards want less, but not while the consumer is behind: each closed shard that is unread wants an
// invocation too.
func TestTheConsumerIsLoweredOnlyWhenItHasCaughtUp(t *testing.T) {
	for _, c := range []struct {
		name  string
		lag   time.Duration // below 0: no metric tells
		tags  []string
		want  int
		after time.Duration // since the resharding
	}{
		{"caught up", time.Second, nil, 4, 8 * time.Minute},
		{"behind", 5 * time.Minute, nil, 8, 30 * time.Minute},
		{"closed shards unread: its lag reaches back to the resharding", 3 * time.Minute, nil, 8, 2 * time.Minute},
		{"the same lag, long after", 3 * time.Minute, nil, 4, 30 * time.Minute},
		{"nobody knows", -1, nil, 8, 30 * time.Minute},
		{"lag is nobody's concern", -1, []string{"shardkeeper:iterator-age-minutes", "0"}, 4, 30 * time.Minute},
	} {
		w := reads(t, 8, c.tags...)
		w.lag = c.lag
		w.flies(8, 4, c.after, ledger.OutcomeAccepted)
		w.streams[orders].OpenShards = 4
		w.due()
		w.run()
		if got := w.functions["reader"]; got != c.want {
			t.Errorf("%s: reserved %d, want %d", c.name, got, c.want)
		}
		if unknown := w.told("no metric tells"); unknown != map[bool]int{true: 1}[c.want == 8 && c.lag < 0] {
			t.Errorf("%s: told %d times that nobody knows", c.name, unknown)
		}
		w.lag = 0
		w.later(10)
		if got := w.functions["reader"]; got != 4 {
			t.Errorf("%s: reserved %d once it has caught up, want 4", c.name, got)
		}
	}
}

// A function that two streams name is the consumer of the first. The second is told that its settings are
// at fault, and gets it when the first one gives it up.
func TestAFunctionIsTheConsumerOfOneStream(t *testing.T) {
	w := newWorld(t)
	w.enrolled("a", 8, 4, "shardkeeper:consumer", "reader")
	w.changeItem("a", func(s *ledger.Item) { s.DueAt = w.now })
	w.run()
	w.enrolled(orders, 2, 1, "shardkeeper:consumer", "reader")
	w.later(60)
	if n := w.functions["reader"]; n != 8 || w.told("stream a too") != 1 {
		t.Errorf("reserved %d, want the 8 of the first; told %d times", n, w.told("stream a too"))
	}
	w.streams["a"].tags = map[string]string{"shardkeeper": "enabled"}
	w.later(90)
	if n := w.functions["reader"]; n != 2 || w.told("") != 1 {
		t.Errorf("reserved %d after the first gave it up, want 2; told %d times", n, w.told(""))
	}
	if owner, err := w.kept.ConsumerOwner(t.Context(), "reader"); owner != orders || err != nil {
		t.Errorf("owner %q, %v", owner, err)
	}
}
