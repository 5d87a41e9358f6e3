package reconciler_test

// What the predecessor left as it was. docs/predecessor.md has the whole list.

import (
	"context"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// Its alarm kept the old shard count when PutMetricAlarm failed, or when a stack update reset it.
// Every evaluation then saw twice the load, and the stream doubled on and on.
func TestPredecessor05_StaleAlarmCountDoesNotRunAway(t *testing.T) {
	tests := map[string]func(*world){
		"the update was throttled": func(w *world) {
			w.breaks("UpdateAlarms", scaling.ErrThrottled)
		},
		"a stack update reset the count": func(w *world) {
			w.of(scaling.Up).want.OpenShards, w.of(scaling.Down).want.OpenShards = 1, 1
		},
		"somebody resharded by hand": func(w *world) { w.streams[orders].OpenShards = 5 },
	}
	for name, goWrong := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			s := w.enrolled(orders, 4, 3.2)
			goWrong(w)
			w.minutes(90)
			if s.OpenShards > 8 || w.accepted > 1 {
				t.Errorf("%d open shards after %d operations\n%s", s.OpenShards, w.accepted, w.show())
			}
			if w.of(scaling.Up).want.OpenShards != s.OpenShards {
				t.Errorf("the alarm is for %d", w.of(scaling.Up).want.OpenShards)
			}
		})
	}
}

// It took a throttled PutMetricAlarm for good, since it tried again only for the alarms' quota;
// with no tries at all it said that all was well.
func TestPredecessor09_AThrottledAlarmStaysStale(t *testing.T) {
	w := newWorld(t)
	s := w.enrolled(orders, 4, 3.8)
	w.breaks("UpdateAlarms", scaling.ErrThrottled, scaling.ErrThrottled, scaling.ErrThrottled)
	w.minutes(10)
	if s.OpenShards != 8 || w.of(scaling.Up).want.OpenShards != 8 || !w.item().AlarmsInSync() {
		t.Errorf("alarm for %d, %d open\n%s", w.of(scaling.Up).want.OpenShards, s.OpenShards, w.show())
	}
}

// Its dry run left the alarm in ALARM. When it was switched off, nothing happened until the load
// fell and rose again.
func TestPredecessor10_AfterADryRunNothingScales(t *testing.T) {
	w := newWorld(t)
	s := w.enrolled(orders, 4, 3.8, "shardkeeper", "dry-run")
	w.minutes(10)
	if s.OpenShards != 4 || w.of(scaling.Up).state != scaling.StateAlarm {
		t.Fatalf("%d open, alarm %s\n%s", s.OpenShards, w.of(scaling.Up).state, w.show())
	}
	told := len(w.history(ledger.KindHold))
	w.minutes(70)
	if again := len(w.history(ledger.KindHold)); again <= told {
		t.Errorf("%d lines of history, then %d: a dry run tells more than once", told, again)
	}
	s.tags["shardkeeper"] = "enabled"
	w.event("AddTagsToStream")
	w.minutes(8)
	if s.OpenShards != 8 {
		t.Errorf("%d open shards\n%s", s.OpenShards, w.show())
	}
}

// After an error that was not AWS's own, such as a broken connection, it never armed the alarm
// again.
func TestPredecessor12_ABrokenConnectionLeavesTheAlarmStuck(t *testing.T) {
	for _, call := range []string{"Load", "Describe", "Claim", "UpdateShardCount"} {
		w := newWorld(t)
		s := w.enrolled(orders, 4, 3.8)
		w.breaks(call, context.DeadlineExceeded, context.DeadlineExceeded, context.DeadlineExceeded)
		w.minutes(20)
		if s.OpenShards != 8 {
			t.Errorf("%s: %d open shards\n%s", call, s.OpenShards, w.show())
		}
	}
}

// It logged an error when SetAlarmState worked, and passed over it when it did not.
func TestPredecessor13_AnAlarmThatIsNotArmedIsForgotten(t *testing.T) {
	w := newWorld(t)
	w.enrolled(orders, 4, 2)
	w.rings(scaling.Up, time.Hour)
	w.change(func(s *ledger.Item) { s.Up.RetryAt, s.DueAt = w.now, w.now })
	w.breaks("Rearm", scaling.ErrThrottled)
	if r := w.run()[orders]; r.Event != report.Failed || len(r.Faults) != 1 {
		t.Errorf("a failure is told as %+v", r)
	}
	w.now = w.now.Add(time.Minute)
	if r := w.run()[orders]; r.Event != report.Repaired || len(r.Faults) != 0 || w.of(scaling.Up).state != scaling.StateOK {
		t.Errorf("success is told as %+v", r)
	}
}

// It set the alarm to OK whatever the error. For a stream that is gone, on-demand, or not its
// own to change, the alarm came back at the next evaluation, for ever.
func TestPredecessor14_WhatCannotBeDoneIsTriedForEver(t *testing.T) {
	t.Run("on-demand", func(t *testing.T) {
		w := newWorld(t)
		w.enrolled(orders, 4, 3.8).Mode = scaling.ModeOnDemand
		w.minutes(60)
		if len(w.alarms) > 0 || w.item().Status != ledger.Suspended || len(w.called("UpdateShardCount")) > 0 {
			t.Errorf("%s\n%v", w.show(), w.called("UpdateShardCount"))
		}
	})
	t.Run("deleted", func(t *testing.T) {
		w := newWorld(t)
		w.enrolled(orders, 4, 0.1)
		delete(w.streams, orders)
		w.minutes(60)
		if len(w.alarms) > 0 || w.item().Status != ledger.Unenrolled || len(w.called("UpdateShardCount")) > 0 {
			t.Errorf("%s\n%v", w.show(), w.called("UpdateShardCount"))
		}
	})
	t.Run("forbidden", func(t *testing.T) {
		w := newWorld(t)
		w.enrolled(orders, 4, 3.8)
		for range 60 {
			w.breaks("UpdateShardCount", scaling.ErrRefused)
		}
		w.minutes(60)
		if calls := len(w.called("UpdateShardCount")); calls < 3 || calls > 5 {
			t.Errorf("%d calls in an hour, want one each quarter\n%s", calls, w.show())
		}
	})
}

// A function that died lost its event for good, and its alarm stayed in ALARM.
func TestPredecessor15_ALostEventIsLostForGood(t *testing.T) {
	t.Run("the notification never came", func(t *testing.T) {
		w := newWorld(t)
		s := w.enrolled(orders, 4, 3.8)
		lost := false
		w.lose = func(string) bool { first := !lost; lost = true; return first }
		w.minutes(20)
		if s.OpenShards != 8 {
			t.Errorf("%d open shards\n%s", s.OpenShards, w.show())
		}
	})
	for _, call := range []string{"Load", "Claim", "UpdateShardCount", "UpdateAlarms"} {
		for _, effect := range []bool{false, true} {
			w := newWorld(t)
			s := w.enrolled(orders, 4, 3.8)
			w.minute() // the alarm goes off
			w.fail[call] = []fault{{die: true, effect: effect}, {die: true, effect: effect}, {die: true, effect: effect}}
			w.minutes(25)
			if s.OpenShards != 8 || w.accepted != 1 {
				t.Errorf("dies in %s, effect %v: %d open shards after %d operations\n%s", call, effect, s.OpenShards, w.accepted, w.show())
			}
		}
	}
}

// It cut its consumers when it asked for fewer shards, not when they were gone; and when setting
// the reservation failed it deleted it.
func TestPredecessor22_ConsumersAreCutBeforeTheShardsAreGone(t *testing.T) {
	w := newWorld(t)
	s := w.enrolled(orders, 8, 0.5, "shardkeeper:consumer", "reader")
	w.functions["reader"] = 8
	w.breaks("Reserve", scaling.ErrLimitExceeded, scaling.ErrThrottled)
	for range 100 {
		open := s.OpenShards // of the minute before
		w.minute()
		reserved, set := w.functions["reader"]
		if least := min(open, s.OpenShards); !set || reserved < least || s.Status == scaling.StatusUpdating && reserved < s.OpenShards {
			t.Fatalf("reserved %d (%v) with %d open shards, %s\n%s", reserved, set, s.OpenShards, s.Status, w.show())
		}
	}
	if s.OpenShards >= 8 || w.functions["reader"] != s.OpenShards {
		t.Errorf("reserved %d with %d open shards", w.functions["reader"], s.OpenShards)
	}
}

// It armed the alarms as soon as it had asked. They went off again with the old shards still at
// work, were refused, and so on through a long resharding.
func TestPredecessor24_AlarmsAreArmedBeforeActive(t *testing.T) {
	w := newWorld(t)
	s := w.enrolled(orders, 4, 7.9) // more than double would take
	w.minute()
	w.minute()
	if s.Status != scaling.StatusUpdating {
		t.Fatalf("the stream is %s\n%s", s.Status, w.show())
	}
	s.ready = w.now.Add(40 * time.Minute) // a long resharding
	w.calls = nil
	w.minutes(39)
	if calls := append(w.called("Rearm"), w.called("UpdateShardCount")...); len(calls) > 0 {
		t.Errorf("called %v before ACTIVE", calls)
	}
	w.minutes(10)
	if s.OpenShards != 16 {
		t.Errorf("%d open shards: after ACTIVE the alarm is armed, and doubles again\n%s", s.OpenShards, w.show())
	}
}
