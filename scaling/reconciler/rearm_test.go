package reconciler_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

func TestWhenAnAlarmIsArmedAgain(t *testing.T) {
	const minute = time.Minute
	tests := []struct {
		name    string
		state   scaling.AlarmState
		changed time.Duration // ago
		handled time.Duration // ago; 0: never
		retry   time.Duration // from now; 0: none
		want    bool
	}{
		{"deferred until now", scaling.StateAlarm, 20 * minute, 20 * minute, -time.Second, true},
		{"deferred until later", scaling.StateAlarm, 20 * minute, 20 * minute, minute, false},
		{"handled, nothing deferred", scaling.StateAlarm, 20 * minute, 20 * minute, 0, false},
		{"handled, though the times differ by seconds", scaling.StateAlarm, 20 * minute, 20*minute + 2*time.Second, 0, false},
		{"lost", scaling.StateAlarm, 6 * minute, 0, 0, true},
		{"lost, after one that was handled", scaling.StateAlarm, 6 * minute, 8 * minute, 0, true},
		{"on its way", scaling.StateAlarm, 4 * minute, 0, 0, false},
		{"lost, though an older decision is deferred", scaling.StateAlarm, 6 * minute, 60 * minute, 20 * minute, true},
		{"deferred, but quiet", scaling.StateOK, 6 * minute, 20 * minute, -time.Second, false},
		{"deferred, but without data", scaling.StateInsufficientData, 6 * minute, 20 * minute, -time.Second, false},
		{"quiet and never handled", scaling.StateOK, 6 * minute, 0, 0, false},
	}
	for _, tt := range tests {
		for _, dir := range []scaling.Direction{scaling.Up, scaling.Down} {
			t.Run(tt.name+" "+dir.String(), func(t *testing.T) {
				w := newWorld(t)
				w.enrolled(orders, 4, 2)
				a := w.of(dir)
				a.state, a.changed = tt.state, w.now.Add(-tt.changed)
				w.change(func(s *ledger.Item) {
					if s.DueAt = w.now; tt.handled > 0 {
						s.Watch(dir).Handled = w.now.Add(-tt.handled)
					}
					if tt.retry != 0 {
						s.Watch(dir).RetryAt = w.now.Add(tt.retry)
					}
				})
				r := w.run()[orders]
				if armed := len(w.called("Rearm")) == 1; armed != tt.want || armed != (r.Event == report.Repaired) {
					t.Errorf("calls %v, report %s", w.called("Rearm"), r.Event)
				}
				item := w.item()
				if due := tt.retry < 0 && !tt.want; due && !item.Watch(dir).RetryAt.IsZero() {
					t.Errorf("watch %+v: nothing is deferred any more", item.Watch(dir))
				}
			})
		}
	}
}

// Within a minute of a decision an alarm can be armed again and go off again, and that word may
// be lost. Its time alone does not tell it from the one that was handled.
func TestTheWordOfAnArmedAlarmMayBeLostToo(t *testing.T) {
	w := newWorld(t)
	w.enrolled(orders, 4, 2)
	w.rings(scaling.Up, 10*time.Second)
	w.change(func(s *ledger.Item) {
		s.Up = ledger.Watch{Handled: w.now.Add(-10 * time.Second), RetryAt: w.now}
		s.DueAt = w.now
	})
	w.run()
	w.now = w.now.Add(10 * time.Second)
	w.rings(scaling.Up, 0) // and nobody hears it
	for range 8 {
		w.now = w.now.Add(time.Minute)
		w.run()
	}
	if calls := w.called("Rearm"); len(calls) != 2 {
		t.Errorf("calls %v: the alarm is in ALARM for good", calls)
	}
}

// An alarm that was armed and stayed quiet needs no more.
func TestAnArmedAlarmThatStaysQuiet(t *testing.T) {
	w := newWorld(t)
	w.enrolled(orders, 4, 2)
	w.rings(scaling.Up, time.Hour)
	w.change(func(s *ledger.Item) { s.Up.RetryAt, s.DueAt = w.now, w.now })
	for range 20 {
		w.run()
		w.now = w.now.Add(time.Minute)
	}
	if calls := w.called("Rearm"); len(calls) != 1 || !w.item().Up.RetryAt.IsZero() {
		t.Errorf("calls %v, watch %+v", calls, w.item().Up)
	}
}

// An alarm whose actions somebody disabled tells nobody, however often it is armed.
func TestAnAlarmWithoutActionsIsArmedOnceOnly(t *testing.T) {
	w := newWorld(t)
	w.enrolled(orders, 4, 2)
	w.change(func(s *ledger.Item) { s.Up.RetryAt, s.DueAt = w.now, w.now })
	for range 20 {
		w.of(scaling.Up).state, w.of(scaling.Up).changed = scaling.StateAlarm, time.Time{}
		w.run()
		w.now = w.now.Add(time.Minute)
	}
	if calls := w.called("Rearm"); len(calls) != 1 {
		t.Errorf("calls %v", calls)
	}
}

func TestAnAlarmThatCannotBeArmedIsTriedAgain(t *testing.T) {
	w := newWorld(t)
	w.enrolled(orders, 4, 2)
	w.rings(scaling.Up, 6*time.Minute) // lost
	w.due()
	w.breaks("Rearm", scaling.ErrOutcomeUnknown)
	if r := w.run()[orders]; r.Event != report.Failed || len(r.Faults) != 1 {
		t.Errorf("report %+v", r)
	}
	w.now = w.now.Add(time.Minute)
	w.run()
	if calls := w.called("Rearm"); len(calls) != 2 || w.of(scaling.Up).state != scaling.StateOK {
		t.Errorf("calls %v", calls)
	}
}

// After an operation, and after a change of the settings, both alarms get a new chance.
func TestWhatMayHaveHeldADecisionArmsItsAlarm(t *testing.T) {
	tests := map[string]func(*world){
		"an operation ended": func(w *world) {
			w.flies(4, 8, 2*time.Minute, ledger.OutcomeAccepted)
			w.streams[orders].OpenShards = 8
		},
		"the settings changed": func(w *world) {
			w.kept.Override(orders, scaling.Layer{"max-shards": "9"})
		},
		"somebody resharded": func(w *world) { w.streams[orders].OpenShards = 8 },
		"the stream is provisioned again": func(w *world) {
			w.change(func(s *ledger.Item) { s.Status, s.StatusReason = ledger.Suspended, ledger.SuspendedOnDemand })
		},
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.enrolled(orders, 4, 2)
			change(w)
			w.rings(scaling.Up, 20*time.Minute)
			w.rings(scaling.Down, 20*time.Minute)
			w.change(func(s *ledger.Item) {
				s.Up, s.Down = ledger.Watch{Handled: w.of(scaling.Up).changed}, ledger.Watch{Handled: w.of(scaling.Up).changed}
				s.DueAt = w.now
			})
			w.run()
			if diff := cmp.Diff([]string{"Rearm orders-scale-up", "Rearm orders-scale-down"}, w.called("Rearm")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// While the stream is at work nothing is armed: the alarm would only be held again.
func TestNothingIsArmedBeforeActive(t *testing.T) {
	for _, ours := range []bool{true, false} {
		w := newWorld(t)
		s := w.enrolled(orders, 4, 2)
		if ours {
			w.flies(4, 8, 2*time.Minute, ledger.OutcomeAccepted)
		}
		s.Status = scaling.StatusUpdating
		w.rings(scaling.Up, 20*time.Minute)
		w.change(func(s *ledger.Item) { s.Up.RetryAt, s.DueAt = w.now, w.now })
		w.run()
		if calls := append(w.called("Rearm"), w.called("UpdateAlarms")...); len(calls) > 0 {
			t.Errorf("ours %v: called %v", ours, calls)
		}
		if due := w.item().DueAt; !due.Equal(w.now.Add(nextRun)) {
			t.Errorf("ours %v: due at %v, want at the next run", ours, due)
		}
	}
}

func TestTheNextLook(t *testing.T) {
	tests := []struct {
		name        string
		retry       time.Duration
		least, most time.Duration
	}{
		{"healthy", 0, 6 * time.Minute, 8 * time.Minute},
		{"deferred for a while", 3 * time.Minute, 3 * time.Minute, 3 * time.Minute},
		{"deferred for long", 5 * time.Hour, 6 * time.Minute, 8 * time.Minute},
	}
	for _, tt := range tests {
		w := newWorld(t)
		w.enrolled(orders, 4, 2)
		w.change(func(s *ledger.Item) {
			if s.DueAt = w.now; tt.retry > 0 {
				s.Down.RetryAt = w.now.Add(tt.retry)
			}
		})
		if r := w.run()[orders]; r.Event != report.Checked {
			t.Errorf("%s: report %+v", tt.name, r)
		}
		if in := w.item().DueAt.Sub(w.now); in < tt.least || in > tt.most {
			t.Errorf("%s: next look in %v, want between %v and %v", tt.name, in, tt.least, tt.most)
		}
	}
}

// People who hear of an alarm too are not paged each time that a decision was deferred for a few minutes:
// the alarm is armed at most once in ten minutes for up, once in an hour for down.
func TestAnAlarmThatOthersHearOfIsArmedSeldom(t *testing.T) {
	for _, c := range []struct {
		dir     scaling.Direction
		watched bool
		arms    int // in four hours in which it rings at once again and each decision is deferred
	}{{scaling.Up, true, 24}, {scaling.Down, true, 3}, {scaling.Down, false, 239}} {
		w := newWorld(t)
		w.enrolled(orders, 4, 2)
		w.rings(c.dir, 0)
		for range 4 * 60 {
			a := w.of(c.dir)
			a.watched = c.watched
			if a.state == scaling.StateOK {
				a.state, a.changed = scaling.StateAlarm, w.now
			}
			w.change(func(s *ledger.Item) {
				if s.Watch(c.dir).Handled = a.changed; s.Watch(c.dir).RetryAt.Sub(w.now) < 6*time.Minute {
					s.Watch(c.dir).RetryAt = w.now
				}
				s.DueAt = w.now
			})
			w.now = w.now.Add(time.Minute)
			w.run()
		}
		if arms := len(w.called("Rearm")); arms > c.arms+1 || arms < c.arms-1 {
			t.Errorf("%s, watched %t: armed %d times in four hours, want about %d", c.dir, c.watched, arms, c.arms)
		}
	}
}
