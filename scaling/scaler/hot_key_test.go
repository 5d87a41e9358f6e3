package scaler_test

import (
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// refusing is a bench whose stream uses little and refuses a fifth of its records.
func refusing(t *testing.T) *bench {
	t.Helper()
	b := newBench(t)
	b.enroll(orders, 16, 0.3)
	b.refuse()
	return b
}

func (b *bench) refuse() {
	traffic := b.load[orders]
	for i := range traffic.Samples {
		s := &traffic.Samples[i]
		s.Bytes, s.Records, s.Throttled = 0, 4000, 1000
	}
	b.load[orders] = traffic
}

// suspicions returns the history entries that tell of a hot key, and not of an alarm that was held for it.
func (b *bench) suspicions() []ledger.Entry {
	var found []ledger.Entry
	for _, e := range b.history() {
		if e.Alarm == "" && e.Reasons.Last() == scaling.HoldHotKey {
			found = append(found, e)
		}
	}
	return found
}

// A hot key that is suspected is told once: in the history and in the report, which log and metric are made of.
func TestASuspectedHotKeyIsToldOnce(t *testing.T) {
	b := refusing(t)
	r := b.handle(b.alarm(orders, scaling.Up))
	b.wantHold(r, scaling.HoldHotKey)
	if told := b.suspicions(); len(told) != 1 || told[0].Detail != scaling.Advice || !strings.Contains(r.HotKey, scaling.Advice) {
		t.Fatalf("history %+v, report %q", told, r.HotKey)
	}
	if !b.item().HotKey.Suspected() {
		t.Error("the item does not have it")
	}
	b.pass(30 * time.Minute)
	b.traffic(orders, 4.8)
	b.refuse()
	r = b.handle(b.alarm(orders, scaling.Up))
	b.wantHold(r, scaling.HoldHotKey)
	if told := b.suspicions(); len(told) != 1 || r.HotKey != "" {
		t.Errorf("at the next alarm: %d entries, report %q", len(told), r.HotKey)
	}
}

// The entry is written before the decision. When another writer was first then, the next attempt found the hot key suspected:
// log and metric were not told.
func TestASuspicionIsToldThoughTheDecisionIsTakenAnew(t *testing.T) {
	b := refusing(t)
	b.steps["Save"] = func() { // the entry; the next is the decision
		b.steps["Save"] = func() { b.change(func(s *ledger.Item) { s.SeenAt = noon().Add(-time.Second) }) }
	}
	r := b.handle(b.alarm(orders, scaling.Up))
	if told := b.suspicions(); r.Event != report.Hold || len(told) != 1 || r.HotKey == "" {
		t.Errorf("report %s, %q; %d entries", r.Event, r.HotKey, len(told))
	}
	b = refusing(t)
	b.steps["Save"] = func() { b.change(func(s *ledger.Item) { s.SeenAt = noon().Add(-time.Second) }) }
	r = b.handle(b.alarm(orders, scaling.Up))
	if told := b.suspicions(); len(told) != 1 || r.HotKey == "" {
		t.Errorf("when it is first in the entry's stead: report %q; %d entries", r.HotKey, len(told))
	}
}
